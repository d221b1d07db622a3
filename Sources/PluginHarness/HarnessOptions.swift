import PluginHost
import Tensors

/// What is tested, and how.
public struct HarnessOptions: Sendable {
  /// The plugin's file.
  public var plugin: String
  /// How much is asked.
  public var tier = Tier.honest
  /// What all random choices are made from: the same seed makes the same ones.
  public var seed: UInt64 = 0
  /// Names of tests, or of tests and subjects (`init.shards:gabor`), that alone are run; empty for all.
  public var only: [String] = []
  /// Names that are left out.
  public var leavingOut: [String] = []
  /// The one case of a fuzzing test that is run, as its finding named it.
  public var fuzzCase: String?
  /// How long one call of the plugin's may take.
  public var callLimit = Duration.seconds(10)
  /// How many tests are run at once.
  public var jobs = Workers.available
  /// Findings that are known and accepted, each with its reason.
  public var expectations = Expectations()
  /// Other plugins that this one's layers are made of.
  public var others: [String] = []
  /// Texts that make a layer or an initializer as it is meant, for what the harness cannot guess: `Gate(size: 8)`.
  public var examples: [String] = []
  /// Shapes of inputs for a layer, or of tensors that an initializer is offered, by its name.
  public var inputs: [String: [[Int]]] = [:]
  /// The program that runs the tests' processes: `reinit`; nil finds it as ``PluginHost/PluginScanner/standard`` does.
  public var executable: String?

  /// The usual tests of a plugin.
  public init(_ plugin: String) { self.plugin = plugin }
}
