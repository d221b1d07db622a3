import Diagnostics
import Functors
import Initializers

/// How the results of branches are joined.
public enum Connection: Sendable, Equatable, CustomStringConvertible {
  /// Their sum.
  case add
  /// Their elementwise product.
  case multiply
  /// One after the other along an axis; channels are axis 1.
  case concatenate(axis: Int)

  /// The Swift text of it.
  public var description: String {
    switch self {
    case .add: ".add"
    case .multiply: ".multiply"
    case .concatenate(let axis): ".concatenate(axis: \(axis))"
    }
  }
}

/// Branches that get the same input, and whose results are joined.
public struct Parallel: Container {
  /// How the branches' results are joined.
  public var connection: Connection
  /// The branches.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = Fields<Parallel>(ordered: [])

  /// Branches named by their positions.
  public init(_ connection: Connection, _ layers: any Layer...) {
    self.connection = connection
    self.layers = NodeList(indexing: layers)
  }

  /// Named branches; an empty name lends.
  /// - Throws: ``Diagnostics/Code/lentNameTwice``.
  public init(_ connection: Connection, _ layers: KeyValuePairs<Key, any Node>) throws(Diagnostic) {
    try self.init(connection, layers.array)
  }

  /// Named branches; an empty name lends.
  /// - Throws: ``Diagnostics/Code/lentNameTwice``.
  public init(_ connection: Connection, _ layers: [(Key, any Node)]) throws(Diagnostic) {
    self.connection = connection
    self.layers = try NodeList(checking: layers)
  }

  /// `Parallel`.
  public var kind: LayerKind { .parallel }
  /// `Parallel(.add, `.
  public var code: String { "Parallel(\(connection), " }
}

/// Layers whose result is joined with their input.
public struct SkipConnection: Container {
  /// How input and result are joined.
  public var connection: Connection
  /// The layers, applied one after the other.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = Fields<SkipConnection>(ordered: [])

  /// Layers named by their positions.
  public init(_ connection: Connection, _ layers: any Layer...) {
    self.connection = connection
    self.layers = NodeList(indexing: layers)
  }

  /// Named layers; an empty name lends.
  /// - Throws: ``Diagnostics/Code/lentNameTwice``.
  public init(_ connection: Connection, _ layers: KeyValuePairs<Key, any Node>) throws(Diagnostic) {
    try self.init(connection, layers.array)
  }

  /// Named layers; an empty name lends.
  /// - Throws: ``Diagnostics/Code/lentNameTwice``.
  public init(_ connection: Connection, _ layers: [(Key, any Node)]) throws(Diagnostic) {
    self.connection = connection
    self.layers = try NodeList(checking: layers)
  }

  /// `SkipConnection`.
  public var kind: LayerKind { .skipConnection }
  /// `SkipConnection(.add, `.
  public var code: String { "SkipConnection(\(connection), " }
}
