import CallText
import Diagnostics
import Functors
import Tensors

/// A way to fill a tensor, as a value: it has a name, typed arguments, and prints as the text that makes it.
public protocol Initializer: Sendable, CustomStringConvertible {
  /// Name, formula, parameters, paper.
  var descriptor: InitializerDescriptor { get }

  /// The arguments that differ from their defaults, in the order of the parameters.
  var arguments: [InitializerArgument] { get }

  /// Whether a rule with it reaches every role and buffers, as `default` does.
  var reachesEveryRole: Bool { get }

  /// Whether its numbers depend on fans.
  var usesFans: Bool { get }

  /// Resolves every number for one tensor; whatever can go wrong goes wrong here, before a byte is written.
  func draw(for context: ParameterContext) throws(Diagnostic) -> Draw
}

extension Initializer {
  /// Most initializers fill weights.
  public var reachesEveryRole: Bool { false }
  /// Whether it has a parameter for them.
  public var usesFans: Bool { descriptor.usesFans }

  /// The text that makes it: `kaiming_normal(mode: fan_out)`.
  public var description: String {
    let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return list.isEmpty ? descriptor.name : "\(descriptor.name)(\(list))"
  }
}

/// A named argument.
public struct InitializerArgument: Sendable, Equatable {
  /// The parameter's name.
  public var name: String
  /// Its value.
  public var value: ArgumentValue

  /// A named value.
  public init(_ name: String, _ value: ArgumentValue) {
    self.name = name
    self.value = value
  }
}

/// What `reinit explain` prints of an initializer.
public struct InitializerDescriptor: Sendable {
  /// One parameter.
  public typealias Parameter = CallParameter

  /// The canonical name, in snake case.
  public let name: String
  /// Other accepted names.
  public let aliases: [String]
  /// One line.
  public let summary: String
  /// The definition, in plain Unicode.
  public let formula: String
  /// The parameters, in the order of positional arguments.
  public let parameters: [Parameter]
  /// Paper and equation, or the framework whose convention it is.
  public let reference: String
  /// What it reads besides its random stream; empty for most.
  public let reads: [String]
  /// Where it comes from: `built in`, or a plugin's id.
  public let origin: String

  /// Whether its numbers depend on fans.
  public var usesFans: Bool { parameters.contains { $0.name == "fans" } }

  /// Describes an initializer.
  public init(
    _ name: String, aliases: [String] = [], summary: String, formula: String, parameters: [Parameter] = [],
    reference: String, reads: [String] = [], origin: String = "built in"
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.formula = formula
    self.parameters = parameters
    self.reference = reference
    self.reads = reads
    self.origin = origin
  }
}
