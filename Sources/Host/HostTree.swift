import Diagnostics
import Functors
import Initializers
import JSONText
import LayerVocabulary
import Reinitialization
import Tensors

/// A described tree with what can be named in it.
package final class HostTree: Sendable {
  package let tree: DescribedTree
  let session: HostSession

  /// Reads a description and makes the tree.
  /// - Throws: what ``TreeDescription`` and ``DescribedTree`` say.
  package init(parsing bytes: UnsafeRawBufferPointer, _ session: HostSession) throws(Diagnostic) {
    self.session = session
    tree = try DescribedTree(
      try TreeDescription(parsing: bytes), layers: session.layers, initializers: session.initializers)
  }

  /// How many tensors there are.
  package var count: Int { tree.leaves.count }

  /// What was understood, in the order of the description.
  package var json: JSONValue {
    let inventory = tree.inventory
    let tensors = tree.leaves.map { leaf -> JSONValue in
      let value = inventory.leaves[leaf]
      var object: JSONObject = [
        "path": .string(inventory.path(ofLeaf: leaf).description),
        "shape": .array(value.shape.sizes.map { .integer(Int64($0)) }), "dtype": .string(value.dtype.rawValue),
        "role": .string(value.role.rawValue),
      ]
      let layer = inventory.outermostLayer(ofLeaf: leaf).flatMap { inventory.kind(of: $0)?.name }
      object.append("layer", layer.map { .string($0) } ?? .null)
      if let fans = value.geometry?.fans(of: value.shape) {
        object.append("fanIn", .integer(Int64(fans.fanIn)))
        object.append("fanOut", .integer(Int64(fans.fanOut)))
      }
      if Int(value.tie) != leaf {
        object.append("tied", .string(inventory.path(ofLeaf: Int(value.tie)).description))
      }
      return .object(object)
    }
    return ["schema": "reinit.tree/1", "tensors": .array(tensors)]
  }
}
