import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A layer that was inferred from names and shapes: a real one, with the file's names for its fields.
///
/// It may hold more than the real layer has: tensors that belong to no field, and branches.
public struct InferredLayer: Layer {
  /// The real layer, of the inferred sizes in its own layout; its tensors have no bytes.
  package let base: any Layer
  private let known: Recognition
  private let beginning: LayerGuess.Beginning
  /// How fields begin that were told.
  private let beginnings: [(field: String, initializer: any Initializer)]
  private var list: NodeList

  /// None that a key path could lead to.
  public static let fields = FieldList<InferredLayer>(ordered: [])

  init(
    _ base: any Layer, isGuess: Bool, geometries: [Recognition.FieldGeometry] = [],
    beginning: LayerGuess.Beginning = .layer,
    beginnings: [(field: String, initializer: any Initializer)] = [], children: [NodeChild]
  ) {
    self.base = base
    self.beginning = beginning
    self.beginnings = beginnings
    known = Recognition(type: type(of: base), isGuess: isGuess, geometries: geometries)
    list = NodeList(children)
  }

  /// What the file told.
  public var recognition: Recognition? { known }

  /// The real layer's kind.
  public var kind: LayerKind { base.kind }

  /// The tensors under the file's names, and what else lies below.
  public var children: [NodeChild] { list.children }

  /// The same layer with other tensors.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> InferredLayer {
    var copy = self
    copy.list = try list.rebuilt(from: parts)
    return copy
  }

  /// What the axes mean in the file's layout.
  public func geometry(of field: String) -> Geometry? {
    guard let choices = known.choices(of: field) else { return base.geometry(of: field) }
    return choices.first
  }

  /// As it was told, or the real layer says; where the weight's fan-in is open, the bias's is, too.
  public func fresh(_ field: String) -> (any Initializer)? {
    if !beginnings.isEmpty,
      let told = beginnings.last(where: { $0.field == field || field.isEmpty && $0.field == "weight" })
    {
      return told.initializer
    }
    switch beginning {
    case .zeros: return Constant(0)
    case .unknown: return nil
    case .layer: break
    }
    let isOpen = field == "bias" && (known.choices(of: "weight")?.count ?? 0) > 1
    if isOpen, let shape = (base as? Dense)?.weight.shape, shape[0] != shape[1] { return TorchLayer() }
    return base.fresh(field)
  }
}
