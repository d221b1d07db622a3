import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// A layer made of other nodes, each with a name, a position, or no name at all.
///
/// A child without a name lends the names of its own children, so that grouping leaves no trace in paths.
/// Names that would then occur twice are refused where the container is made. However deeply containers are
/// nested, they can be walked, printed and destroyed.
public protocol Container: PrintableLayer {
  /// The children.
  var layers: NodeList { get set }
}

extension Container {
  /// The children, in order.
  public var children: [NodeChild] { layers.children }

  /// The same container of other children.
  /// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``, ``Diagnostics/ErrorCode/rebuildMismatch``.
  public func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Self {
    var copy = self
    copy.layers = try layers.rebuilt(from: parts)
    try checkLentNames(copy.layers.children)
    return copy
  }

  /// The child of that name.
  public subscript(key: PathKey) -> (any Node)? { layers[key.normalized] }
}

extension NodeList {
  /// A list whose names, lent ones included, are checked; names that are decimal numbers become positions.
  init(checking nodes: [(PathKey, any Node)]) throws(Diagnostic) {
    self.init(nodes.map { ($0.0.normalized, $0.1) })
    try checkLentNames(children)
  }
}

extension PathKey {
  /// The key that a path's text gives: `"0"` is a position.
  var normalized: PathKey {
    guard case .name(let name) = self, !name.isEmpty else { return self }
    return PathKey(name)
  }
}

extension KeyValuePairs {
  var array: [(Self.Key, Value)] { map { ($0.key, $0.value) } }
}

/// A container that is made of its children alone.
public protocol PlainContainer: Container {
  /// A container without children.
  init()
}

extension PlainContainer {
  /// Layers named by their positions.
  public init(_ layers: any Layer...) {
    self.init()
    self.layers = NodeList(indexing: layers)
  }

  /// Named layers; an empty name lends.
  /// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``.
  public init(_ layers: KeyValuePairs<PathKey, any Node>) throws(Diagnostic) { try self.init(layers.array) }

  /// Named layers; an empty name lends.
  /// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``.
  public init(_ layers: [(PathKey, any Node)]) throws(Diagnostic) {
    self.init()
    self.layers = try NodeList(checking: layers)
  }
}

/// Layers that are applied one after the other.
///
///     let stem = try Chain(["conv1": Conv(in: 3, out: 64, kernel: [7, 7]), "bn1": BatchNorm(64)])
public struct Chain: PlainContainer {
  /// The layers, first to last.
  public var layers = NodeList()
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Chain>(ordered: [])
  /// Gives back its input.
  public init() {}
  /// `Chain`, or `Sequential`.
  public var kind: LayerKind { .chain }
  /// `Chain(`.
  public var code: String { "Chain(" }
}
