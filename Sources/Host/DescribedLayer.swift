import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A layer of a described tree: a real one, whose tensors have the described names, types and meanings.
struct DescribedLayer: Layer {
  /// What the description says of a field besides its name.
  struct Told: Sendable {
    /// The layer's name of it; nil for its only one.
    let field: String?
    let geometry: Geometry?
    let begins: (any Initializer)?
  }
  /// What nothing is known of but its kind has no base.
  private let base: (any Layer)?
  private let told: [Told]
  private var list: NodeList
  let kind: LayerKind

  static let fields = FieldList<DescribedLayer>(ordered: [])

  init(_ base: any Layer, told: [Told] = [], children: [NodeChild]) {
    (self.base, self.told, kind) = (base, told, base.kind)
    list = NodeList(children)
  }

  init(kind: LayerKind, told: [Told] = [], children: [NodeChild]) {
    (base, self.told, self.kind) = (nil, told, kind)
    list = NodeList(children)
  }

  var children: [NodeChild] { list.children }

  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> DescribedLayer {
    var copy = self
    copy.list = try list.rebuilt(from: parts)
    return copy
  }

  func geometry(of field: String) -> Geometry? {
    told.last { $0.field == nil || $0.field == field }?.geometry ?? base?.geometry(of: field)
  }

  func fresh(_ field: String) -> (any Initializer)? {
    told.last { $0.field == nil || $0.field == field }?.begins ?? base?.fresh(field)
  }

  var nestedBeginnings: [TreePath: any Initializer] { base?.nestedBeginnings ?? [:] }
}
