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
///       static let fields = Fields(scales: \Self.weight)
///     }
public protocol Layer: Structure {
  /// What the layer is called; its type's name unless it says otherwise.
  var kind: LayerKind { get }

  /// What the axes of a field mean, for fields that are linear maps; nil where nothing has a fan.
  func geometry(of field: String) -> Geometry?

  /// Other meanings that are as likely, where a layer was inferred from a file that does not tell its layout.
  func otherGeometries(of field: String) -> [Geometry]

  /// The layer proper: itself, unless this stands for a layer of another type.
  var base: any Layer { get }

  /// Whether the type of the layer was guessed from names and shapes.
  var isGuess: Bool { get }

  /// How the layer itself initializes a field when it is new; nil where it does not say.
  func fresh(_ field: String) -> (any Initializer)?
}

extension Layer {
  /// The name of the type.
  public var kind: LayerKind { LayerKind("\(Self.self)") }
  /// No field has a fan.
  public func geometry(of field: String) -> Geometry? { nil }
  /// The axes mean one thing.
  public func otherGeometries(of field: String) -> [Geometry] { [] }
  /// Itself.
  public var base: any Layer { self }
  /// A layer knows what it is.
  public var isGuess: Bool { false }
  /// A field is initialized by its role: biases and buffers at 0, scales at 1; weights are not known.
  public func fresh(_ field: String) -> (any Initializer)? { nil }
}
