import Diagnostics
import Functors
import Synchronization
import Tensors

/// What a tensor was in another checkpoint that this one is made of.
package struct Predecessor: Sendable {
  /// The tensor there: it stands for the old values; nil where there is none.
  package let source: DrawSource?
  /// Whether the part that both shapes have was taken over.
  package let isKept: Bool

  package init(_ source: DrawSource?, isKept: Bool) { (self.source, self.isKept) = (source, isKept) }
}

/// Looks up a parameter's place for initializers, and notes whether one asked.
///
/// What an initializer resolves without asking holds for every parameter that is otherwise alike.
package final class PlaceReader: Sendable {
  private let places: any ParameterPlaces
  private let prefix: TreePath
  private let library: (any SourceLibrary)?
  private let predecessors: [ByteName: Predecessor]?
  private let isAsked = Atomic<Bool>(false)

  /// A reader of places; `prefix` stands before every path.
  ///
  /// - Parameter predecessors: by paths, what tensors were that are not as they were in another checkpoint; nil where there is none.
  package init(
    _ places: any ParameterPlaces, prefix: TreePath, library: (any SourceLibrary)? = nil,
    predecessors: [ByteName: Predecessor]? = nil
  ) {
    self.places = places
    self.prefix = prefix
    self.library = library
    self.predecessors = predecessors
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

  package func repeatedBlock(_ leaf: Int) -> (index: Int, count: Int)? {
    isAsked.store(true, ordering: .relaxed)
    return places.repeatedBlock(ofLeaf: leaf)
  }

  package var mostBlocks: Int? { places.mostBlocks }

  package var embeddingWidth: Int? { places.embeddingWidth }

  package func weight(_ leaf: Int) -> (shape: Shape, geometry: Geometry)? {
    isAsked.store(true, ordering: .relaxed)
    return places.weight(besideLeaf: leaf)
  }
}

extension PlaceReader {
  /// Whether the tree is made of another checkpoint, so that something is new.
  package var isFitted: Bool { predecessors != nil }

  /// What a parameter was in another checkpoint; nil where it is as it was, or new.
  package func predecessor(of leaf: Int) -> Predecessor? {
    guard let predecessors, !predecessors.isEmpty else { return nil }
    return predecessors[ByteName(name(leaf))]
  }

  /// What stands for the old values of a parameter; nil for its own.
  func predecessor(of leaf: Int, called name: String) -> DrawSource? {
    guard let source = predecessor(of: leaf)?.source else { return nil }
    return DrawSource(name: name, place: source.place, shape: source.shape, dtype: source.dtype)
  }

  /// A tensor of the tree, by a path that may begin at a parameter.
  func source(_ name: String, _ path: String, _ leaf: Int) throws(Diagnostic) -> DrawSource {
    let path = self.path(path, from: leaf)
    let inside = prefix.isPrefix(of: path) ? TreePath(Array(path.keys.dropFirst(prefix.keys.count))) : nil
    guard let tensor = inside.flatMap(places.tensor) else {
      throw Diagnostic.sourceMissing(
        path.description, at: self.name(leaf), expected: "a tensor of the model, for its source '\(name)'")
    }
    return DrawSource(
      name: name, place: .tensor(path: path.description, stored: nil), shape: tensor.shape, dtype: tensor.dtype)
  }

  /// A tensor of another checkpoint, by a path that may begin at the parameter of that name.
  func source(_ name: String, _ path: String, in file: String, _ leaf: Int) throws(Diagnostic) -> DrawSource {
    let tensorName = (path.isEmpty ? TreePath(self.name(leaf)) : self.path(path, from: leaf)).description
    guard let library else {
      throw Diagnostic.sourceMissing(
        "\(tensorName) of \(file)", at: self.name(leaf), expected: "a way to open checkpoints",
        hints: ["reinitialize(seed: …, reading: .checkpoints) { … }"])
    }
    let tensor: Tensor
    do { tensor = try library.tensor(tensorName, in: file) } catch { throw error.at(self.name(leaf)) }
    return DrawSource(
      name: name, place: .file(file, tensor: tensorName), shape: tensor.shape, dtype: tensor.dtype)
  }

  /// A path with dots in front counts from the parameter outwards, others from the root.
  private func path(_ text: String, from leaf: Int) -> TreePath {
    let dots = text.utf8.prefix { $0 == UInt8(ascii: ".") }.count
    guard dots > 0 else { return TreePath(text) }
    let keys = TreePath(name(leaf)).keys
    return TreePath(Array(keys.dropLast(min(dots, keys.count)))).appending(TreePath(text.dropFirst(dots)))
  }
}
