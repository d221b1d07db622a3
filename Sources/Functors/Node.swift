import Diagnostics
import Tensors

/// What a parameter is for; rules are typed by it, so that a scheme for weights never reaches a norm.
public enum ParameterRole: String, Sendable, Hashable, CaseIterable {
  /// A linear map's coefficients: what schemes are made for.
  case weight
  /// An additive offset; fresh at 0.
  case bias
  /// A multiplicative factor of a norm or a gate; fresh at 1 or as its layer says.
  case scale
  /// State that is not trained: running statistics, counters, position indices.
  case buffer
  /// Trained, and no scheme's business: a decay, a temperature; reached by name, by `default`, by `@other`.
  case other
}

/// What makes two occurrences in one tree the same value.
public struct NodeIdentity: Sendable, Hashable {
  private enum Value: Hashable { case tie(TieID), object(ObjectIdentifier) }
  private let value: Value

  /// The identity of a declared tie.
  public init(_ tie: TieID) { value = .tie(tie) }
  /// The identity of a reference.
  public init(_ object: AnyObject) { value = .object(ObjectIdentifier(object)) }
}

/// A value in a tree: a tensor, a layer, a list of them, or anything that has children and can be rebuilt.
///
/// This is the functor: take a value apart into children, and make the same kind of value of other children.
/// Walks, maps and rules know nothing else. Layers rarely write it by hand: they declare ``FieldList``.
public protocol Node: Sendable {
  /// The parts, in declaration order; none for a leaf.
  var children: [NodeChild] { get }

  /// The same value with other parts, in the order of ``children``.
  /// - Throws: ``Diagnostics/ErrorCode/rebuildMismatch`` if the parts are not of the fields' types.
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Self

  /// Whether ``rebuilt(from:)`` may refuse parts of the same types and shapes as the present ones.
  ///
  /// Structures that declare ``FieldList`` and the containers here never do. Where a node may, re-initialization
  /// works on copies, so that a refusal leaves the model as it was.
  var mayRefuseParts: Bool { get }

  /// What makes two occurrences the same; nil for a plain value.
  var identity: NodeIdentity? { get }

  /// Whether rules leave what is below alone unless they name it; see ``Frozen``.
  var isFreezing: Bool { get }

  /// The tensor, if this is a leaf that holds one.
  var tensor: Tensor? { get }

  /// What stands in the tree for this value: itself, or what an optional or a box holds.
  var presented: any Node { get }

  /// The value that presents itself so, or nil if it is of another type.
  init?(presenting node: any Node)

  /// The key path from this value to one of its children, where there is one.
  func keyPath(ofChild index: Int) -> AnyKeyPath?
}

extension Node {
  /// Nothing is known of a node in general.
  public var mayRefuseParts: Bool { true }
  /// A plain value has no identity.
  public var identity: NodeIdentity? { nil }
  /// Most nodes freeze nothing.
  public var isFreezing: Bool { false }
  /// Most nodes are not tensors.
  public var tensor: Tensor? { nil }
  /// Most nodes stand for themselves.
  public var presented: any Node { self }
  /// Most nodes have no typed key paths to their children.
  public func keyPath(ofChild index: Int) -> AnyKeyPath? { nil }

  /// A value of exactly this type.
  public init?(presenting node: any Node) {
    guard let value = node as? Self else { return nil }
    self = value
  }
}

/// One part of a node.
public struct NodeChild: Sendable {
  /// The name or index in a path; empty for a child that lends its children's names.
  public var key: PathKey
  /// The field's own name, where it is not the key.
  var givenField: String?
  /// The role of a parameter; nil where the parent's declaration holds (inside of ties) or for a layer.
  public var role: ParameterRole?
  /// The part itself.
  public var node: any Node

  /// A part with its name and role.
  public init(_ key: PathKey, field: String? = nil, role: ParameterRole? = nil, _ node: any Node) {
    self.key = key
    givenField = field
    self.role = role
    self.node = node
  }

  /// The field's own name (`weight`), which can differ from the key in a foreign file (`kernel`).
  public var field: String {
    get { givenField ?? key.text }
    set { givenField = newValue }
  }

  /// Another part under the same name.
  func holding(_ node: any Node) -> NodeChild {
    var copy = self
    copy.node = node
    return copy
  }
}

/// Nothing: what stands for an optional field without a value (`bias: nil`).
public struct Absent: Node {
  /// The one value.
  public init() {}
  /// No children.
  public var children: [NodeChild] { [] }
  /// Itself.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Absent { self }
  /// Never.
  public var mayRefuseParts: Bool { false }
}

extension Node {
  /// Whether this is nothing.
  package var isAbsent: Bool { Self.self == Absent.self }
  /// Whether this is a tensor itself.
  package var isTensor: Bool { Self.self == Tensor.self }
}

extension Tensor: Node {
  /// No children: a leaf.
  public var children: [NodeChild] { [] }
  /// Itself.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Tensor { self }
  /// Never.
  public var mayRefuseParts: Bool { false }
  /// Itself.
  public var tensor: Tensor? { self }
}
