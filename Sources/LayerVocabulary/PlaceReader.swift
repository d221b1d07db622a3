import Functors
import Synchronization
import Tensors

/// Looks up a parameter's place for initializers, and notes whether one asked.
///
/// What an initializer resolves without asking holds for every parameter that is otherwise alike.
package final class PlaceReader: Sendable {
  private let places: any ParameterPlaces
  private let prefix: TreePath
  private let isAsked = Atomic<Bool>(false)

  /// A reader of places; `prefix` stands before every path.
  package init(_ places: any ParameterPlaces, prefix: TreePath) {
    self.places = places
    self.prefix = prefix
  }

  /// Whether anything was asked since the last call.
  package func wasAsked() -> Bool {
    guard isAsked.load(ordering: .relaxed) else { return false }
    isAsked.store(false, ordering: .relaxed)
    return true
  }

  package func name(_ leaf: Int) -> String {
    isAsked.store(true, ordering: .relaxed)
    return prefix.appending(places.path(ofLeaf: leaf)).description
  }

  package func block(_ leaf: Int) -> (index: Int, count: Int)? {
    isAsked.store(true, ordering: .relaxed)
    return places.block(ofLeaf: leaf)
  }

  package func weight(_ leaf: Int) -> (shape: Shape, geometry: Geometry)? {
    isAsked.store(true, ordering: .relaxed)
    return places.weight(besideLeaf: leaf)
  }
}
