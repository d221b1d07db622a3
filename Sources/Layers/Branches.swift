import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// Layers that are applied last to first, as functions are composed: `f ∘ g`.
///
/// It is for names that stand in another order than the computation: a residual branch's `layer_scale` before its
/// `block`, a `class_token` before the patches.
public struct Compose: PlainContainer {
  /// The layers, outermost first.
  public var layers = NodeList()
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Compose>(ordered: [])
  /// Gives back its input.
  public init() {}
  /// `Compose`.
  public var kind: LayerKind { .compose }
  /// `Compose(`.
  public var code: String { "Compose(" }
}

/// The largest of what branches make of one input, element by element (Goodfellow et al., "Maxout networks", 2013).
public struct Maxout: PlainContainer {
  /// The branches.
  public var layers = NodeList()
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Maxout>(ordered: [])
  /// No branches.
  public init() {}
  /// `Maxout`.
  public var kind: LayerKind { .maxout }
  /// `Maxout(`.
  public var code: String { "Maxout(" }
}

/// Branches of one input, each of which gives a result of its own.
public struct Split: PlainContainer {
  /// The branches.
  public var layers = NodeList()
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Split>(ordered: [])
  /// No branches.
  public init() {}
  /// `Split`.
  public var kind: LayerKind { .split }
  /// `Split(`.
  public var code: String { "Split(" }
}

/// Layers of training, such as auxiliary classifiers: a forward pass goes around them.
public struct Auxiliary: PlainContainer {
  /// The layers.
  public var layers = NodeList()
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Auxiliary>(ordered: [])
  /// No layers.
  public init() {}
  /// `Auxiliary`.
  public var kind: LayerKind { .auxiliary }
  /// `Auxiliary(`.
  public var code: String { "Auxiliary(" }
}

/// Branches of several inputs, one for each, whose results are joined; without branches, the inputs are.
public struct Join: JoiningContainer {
  /// How the branches' results are joined.
  public var connection: Connection
  /// The branches.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Join>(ordered: [])
  /// Branches that were checked.
  public init(_ connection: Connection, checked layers: NodeList) {
    (self.connection, self.layers) = (connection, layers)
  }
  /// `Join`.
  public var kind: LayerKind { .join }
  /// `Join(.add, `.
  public var code: String { "Join(\(connection), " }
}

/// Layers each of which gets an input of its own joined with the result before.
///
/// `y₁ = f₁(x₁)`, `yᵢ = fᵢ(yᵢ₋₁ ⊕ xᵢ)`; each gives a result. One input is meant for all; inputs
/// for which there is no layer are results as they are.
public struct PairwiseFusion: JoiningContainer {
  /// How an input and the result before are joined.
  public var connection: Connection
  /// The layers.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<PairwiseFusion>(ordered: [])
  /// Layers that were checked.
  public init(_ connection: Connection, checked layers: NodeList) {
    (self.connection, self.layers) = (connection, layers)
  }
  /// `PairwiseFusion`.
  public var kind: LayerKind { .pairwiseFusion }
  /// `PairwiseFusion(.add, `.
  public var code: String { "PairwiseFusion(\(connection), " }
}
