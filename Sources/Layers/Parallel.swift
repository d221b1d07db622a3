import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// How the results of branches are joined.
public enum Connection: Sendable, Equatable, CustomStringConvertible {
  /// Their sum.
  case add
  /// Their elementwise product.
  case multiply
  /// The largest of each element.
  case maximum
  /// One after the other along an axis; channels are axis 1.
  case concatenate(axis: Int)

  /// The Swift text of it.
  public var description: String {
    switch self {
    case .add: ".add"
    case .multiply: ".multiply"
    case .maximum: ".maximum"
    case .concatenate(let axis): ".concatenate(axis: \(axis))"
    }
  }
}

/// A container that joins results in one of the ways of ``Connection``.
public protocol JoiningContainer: Container {
  /// How results are joined.
  var connection: Connection { get }
  /// A container of children that were checked.
  init(_ connection: Connection, checked layers: NodeList)
}

extension JoiningContainer {
  /// Branches named by their positions.
  public init(_ connection: Connection, _ layers: any Layer...) {
    self.init(connection, checked: NodeList(indexing: layers))
  }

  /// Named branches; an empty name lends.
  /// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``.
  public init(_ connection: Connection, _ layers: KeyValuePairs<PathKey, any Node>) throws(Diagnostic) {
    try self.init(connection, layers.array)
  }

  /// Named branches; an empty name lends.
  /// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``.
  public init(_ connection: Connection, _ layers: [(PathKey, any Node)]) throws(Diagnostic) {
    self.init(connection, checked: try NodeList(checking: layers))
  }
}

/// Branches that get the same input, and whose results are joined.
public struct Parallel: JoiningContainer {
  /// How the branches' results are joined.
  public var connection: Connection
  /// The branches.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<Parallel>(ordered: [])

  /// Branches that were checked.
  public init(_ connection: Connection, checked layers: NodeList) {
    (self.connection, self.layers) = (connection, layers)
  }

  /// `Parallel`.
  public var kind: LayerKind { .parallel }
  /// `Parallel(.add, `.
  public var code: String { "Parallel(\(connection), " }
}

/// Layers whose result is joined with their input.
public struct SkipConnection: JoiningContainer {
  /// How input and result are joined.
  public var connection: Connection
  /// The layers, applied one after the other.
  public var layers: NodeList
  /// None of its own: the children are ``layers``.
  public static let fields = FieldList<SkipConnection>(ordered: [])

  /// Layers that were checked.
  public init(_ connection: Connection, checked layers: NodeList) {
    (self.connection, self.layers) = (connection, layers)
  }

  /// `SkipConnection`.
  public var kind: LayerKind { .skipConnection }
  /// `SkipConnection(.add, `.
  public var code: String { "SkipConnection(\(connection), " }
}
