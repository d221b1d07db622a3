import Functors
import LayerVocabulary
import Layers
import Tensors

/// A layer that was made from its text, taken apart: which tensors it has, and what lies in it under a name.
struct BaseLayer: Sendable {
  /// A tensor of the layer, or of one in it that has no name of its own.
  struct Field: Sendable {
    let field: String
    let role: ParameterRole
    let shape: Shape
    /// The layer that it is of: the outer one, or the unnamed one of that index.
    let inner: Int?
  }
  let layer: any Layer
  private(set) var fields: [ByteKey: Field] = [:]
  private(set) var inner: [any Layer] = []
  private(set) var named: [ByteKey: any Node] = [:]

  /// A key by its bytes.
  typealias ByteKey = PathKey

  init(_ layer: any Layer) {
    self.layer = layer
    collect(layer.children, inner: nil)
    if layer is any RecurrentLayer { addCell() }
  }

  /// The names that torch's cells have: those of a network without the number of the layer.
  private mutating func addCell() {
    for (key, field) in fields where key.text.hasSuffix("_l0") {
      let name = String(key.text.dropLast("_l0".count))
      fields[.name(name)] = Field(field: name, role: field.role, shape: field.shape, inner: field.inner)
    }
  }

  /// A node below a name, where that is a layer.
  init?(below node: any Node) {
    guard let layer = node as? any Layer else { return nil }
    self.init(layer)
  }

  private mutating func collect(_ children: [NodeChild], inner index: Int?) {
    for child in children {
      let node = child.node.presented
      if node.isAbsent { continue }
      if let tensor = node.tensor {
        fields[child.key] = Field(
          field: child.field, role: child.role ?? .weight, shape: tensor.shape, inner: index)
      } else if !child.key.isUnnamed {
        named[child.key] = node
      } else if let layer = node as? any Layer {
        inner.append(layer)
        collect(node.children, inner: inner.count - 1)
      } else {
        collect(node.children, inner: index)
      }
    }
  }
}
