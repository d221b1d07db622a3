import Initializers
import LayerVocabulary

/// Everything that a plugin says of itself and registers, as plain data: no code, nothing of the process.
public struct PluginDescription: Sendable, Equatable {
  /// Reverse DNS, lower case.
  public var id: String
  /// The plugin's version.
  public var version: String
  /// SPDX.
  public var license: String
  /// One line.
  public var summary: String
  /// Compiler and options, as the plugin says.
  public var build: String
  /// The version of the ABI that it was compiled with.
  public var abi: (major: Int, minor: Int)
  /// What it cannot do without.
  package var required = PluginRequirements()
  /// What fills tensors, in the order of registration.
  public var initializers: [InitializerDescription]
  /// What makes layers, in the order of registration.
  public var layers: [LayerDescription]

  /// A description from its parts.
  public init(
    id: String, version: String, license: String = "", summary: String = "", build: String = "",
    abi: (major: Int, minor: Int), initializers: [InitializerDescription] = [], layers: [LayerDescription] = []
  ) {
    (self.id, self.version, self.license) = (id, version, license)
    (self.summary, self.build, self.abi) = (summary, build, abi)
    (self.initializers, self.layers) = (initializers, layers)
  }

  /// Equal where everything said is.
  public static func == (a: PluginDescription, b: PluginDescription) -> Bool {
    a.id == b.id && a.version == b.version && a.license == b.license && a.summary == b.summary && a.build == b.build
      && a.abi == b.abi && a.required == b.required && a.initializers == b.initializers && a.layers == b.layers
  }
}

/// A plugin's initializer, as it was declared.
public struct InitializerDescription: Sendable, Equatable {
  /// How its values come about.
  public enum Form: String, Sendable {
    /// The plugin says the distribution; the host draws.
    case distribution
    /// The plugin fills any range.
    case ranges
    /// The plugin fills the tensor as a whole.
    case whole
  }

  /// The name within the plugin.
  public var name: String
  /// One line.
  public var summary: String
  /// The definition.
  public var formula: String
  /// Paper and equation.
  public var reference: String
  /// The version of the algorithm.
  public var version: Int
  /// How its values come about.
  public var form: Form
  /// Whether it is an error for what has no fan.
  public var needsFans: Bool
  /// Whether its calls must not overlap.
  public var isExclusive: Bool
  /// Whether a rule with it reaches every role.
  public var reachesEveryRole: Bool
  /// Whether infinite elements, and those that are not numbers, are values as others.
  public var givesNonFinite = false
  /// The element types that it writes itself, as the ABI's mask; 0 for f32 alone.
  public var dtypes: UInt32
  /// How far another machine may be off; 0 for equal bits.
  public var tolerance: Double
  /// The C prototype, for a plain function.
  public var prototype: String?
  /// Its parameters.
  public var parameters: [PluginParameter]
  /// What it reads.
  public var sources: [SourceDescription] = []
}

/// A plugin's layer type, as it was declared.
public struct LayerDescription: Sendable, Equatable {
  /// The name within the plugin.
  public var name: String
  /// One line.
  public var summary: String
  /// Paper.
  public var reference: String
  /// The version of its structure.
  public var version: Int
  /// How many inputs its forward pass takes.
  public var inputs: ClosedRange<Int>
  /// How many outputs it has.
  public var outputs: Int
  /// How many layers may be nested in it.
  public var nested: ClosedRange<Int>
  /// Whether its calls must not overlap.
  public var isExclusive: Bool
  /// Which of the optional functions it has: `forward`, `infer`, `config`.
  public var abilities: [String]
  /// Its parameters.
  public var parameters: [PluginParameter]
}

extension PluginDescription {
  /// The name that is the plugin's own wherever several plugins are: `org.example.gabor/gabor`.
  public func fullName(of name: String) -> String { "\(id)/\(name)" }

  /// What a receipt keeps of the plugin.
  func stamp(digest: String) -> PluginStamp { PluginStamp(id: id, version: version, build: digest) }
}
