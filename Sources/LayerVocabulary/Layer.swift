import Functors
import Tensors

/// What a layer is called: in rules, in summaries, in `reinit list layers`.
public struct LayerKind: Sendable, Hashable {
  /// The name that is printed: `Conv`, or a plugin's `org.example.se/SqueezeExcite`.
  public let name: String
  /// Other frameworks' names for the same layer, accepted in rules.
  public let aliases: [String]

  /// A kind with its other names.
  public init(_ name: String, aliases: [String] = []) {
    self.name = name
    self.aliases = aliases
  }

  /// Whether a rule's type name means this kind.
  public func matches(_ name: some StringProtocol) -> Bool {
    self.name == name || aliases.contains { $0 == name }
  }

  /// Kinds are the same if their names are.
  public static func == (a: LayerKind, b: LayerKind) -> Bool { a.name == b.name }
  /// Hashes the name alone.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A node that knows what its own parameters mean: their geometry, and how they begin.
///
///     struct Gate: Layer {
///       var weight: Tensor
///       static let fields = FieldList(scales: \Self.weight)
///     }
public protocol Layer: Structure {
  /// What the layer is called; its type's name unless it says otherwise.
  var kind: LayerKind { get }

  /// What the axes of a field mean, for fields that are linear maps; nil where nothing has a fan.
  func geometry(of field: String) -> Geometry?

  /// What a file's names and shapes told, for a node that stands for a layer of another type; nil for a layer proper.
  var recognition: Recognition? { get }

  /// How the layer itself initializes a field when it is new; nil where it does not say.
  func fresh(_ field: String) -> (any Initializer)?

  /// How parameters of the layers nested in this one begin, by their paths from here, where that is otherwise than by
  /// themselves: the last norm of a residual branch at 0.
  ///
  /// Of several enclosing layers that speak of one parameter the outermost has the word; of a tied parameter, those
  /// around its canonical path. Absent parameters may be named.
  ///
  ///     var nestedBeginnings: [TreePath: any Initializer] { ["norm.weight": .zeros] }
  var nestedBeginnings: [TreePath: any Initializer] { get }
}

extension Layer {
  /// The name of the type.
  public var kind: LayerKind { LayerKind("\(Self.self)") }
  /// No field has a fan.
  public func geometry(of field: String) -> Geometry? { nil }
  /// A layer knows what it is.
  public var recognition: Recognition? { nil }
  /// A field is initialized by its role: biases and buffers at 0, scales at 1; weights are not known.
  public func fresh(_ field: String) -> (any Initializer)? { nil }
  /// What is nested begins by itself.
  public var nestedBeginnings: [TreePath: any Initializer] { [:] }
}

/// What is known of a layer by a file's names and shapes alone.
public struct Recognition: Sendable {
  /// The layer's type.
  package let type: any Layer.Type
  /// Whether another type is as likely.
  package let isGuess: Bool
  /// What the axes of fields may mean.
  package let geometries: [FieldGeometry]

  /// What the axes of a field mean; the first is the likeliest.
  package struct FieldGeometry: Sendable {
    package let field: String
    package let choices: [Geometry]

    package init(field: String, choices: [Geometry]) { (self.field, self.choices) = (field, choices) }
  }

  package init(type: any Layer.Type, isGuess: Bool, geometries: [FieldGeometry]) {
    (self.type, self.isGuess, self.geometries) = (type, isGuess, geometries)
  }

  /// Meanings that are as likely as the layer's own, where the file does not tell its layout.
  package func otherGeometries(of field: String) -> [Geometry] { Array((choices(of: field) ?? []).dropFirst()) }

  /// All meanings of a field's axes; nil where the layer's type says them.
  package func choices(of field: String) -> [Geometry]? { geometries.first { $0.field == field }?.choices }
}
