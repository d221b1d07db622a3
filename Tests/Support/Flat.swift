import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A parameter of a tree with all that its owner says of it.
package struct FlatLeaf {
  package let path: String
  package let role: ParameterRole
  package let owner: String
  package let field: String
  package let tensor: Tensor
  package let geometry: Geometry?
  package let others: [Geometry]
  package let fresh: (any Initializer)?

  /// `in/out`, or `none`.
  package var fans: String {
    geometry?.fans(of: tensor.shape).map { "\($0.fanIn)/\($0.fanOut)" } ?? "none"
  }

  /// How the layer begins, with all numbers resolved.
  package func draw() throws -> Draw? {
    try fresh?.draw(
      for: ParameterContext(
        name: path, shape: tensor.shape, dtype: tensor.dtype, role: role, geometry: geometry, fresh: fresh))
  }
}

private struct Flattener: Visitor {
  var leaves: [FlatLeaf] = []
  private var owners: [(any Layer)?] = []

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    if visit.node is Absent { return .skip }
    if let tensor = visit.tensor, visit.node is Tensor {
      let owner = owners.last.flatMap { $0 }
      leaves.append(
        FlatLeaf(
          path: visit.path.description, role: visit.role ?? .weight, owner: owner?.kind.name ?? "none",
          field: visit.field, tensor: tensor, geometry: owner?.geometry(of: visit.field),
          others: owner?.recognition?.otherGeometries(of: visit.field) ?? [], fresh: owner?.fresh(visit.field)))
      return .handled
    }
    owners.append((visit.node as? any Layer) ?? owners.last.flatMap { $0 })
    return .descend
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) -> any Node {
    owners.removeLast()
    return rebuilt
  }
}

/// All parameters and buffers in order.
package func flatten(_ root: some Node) throws -> [FlatLeaf] {
  var flattener = Flattener()
  try root.walk(&flattener)
  return flattener.leaves
}
