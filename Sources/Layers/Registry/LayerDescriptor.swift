import Initializers
import LayerVocabulary

/// What `reinit explain` prints of a kind of layer.
public struct LayerDescriptor: Sendable {
  /// One parameter of the text that makes the layer.
  public typealias Parameter = InitializerDescriptor.Parameter

  /// Name and aliases.
  public let kind: LayerKind
  /// One line.
  public let summary: String
  /// The names of parameters and buffers, as paths have them.
  public let fields: [String]
  /// What its text takes, in the order of positional arguments.
  public let parameters: [Parameter]
  /// Paper, or the framework whose convention it is; empty where there is none.
  public let reference: String
  /// Where it comes from: `built in`, or a plugin's id.
  public let origin: String
  /// How many layers may be nested in it.
  public let children: ClosedRange<Int>

  /// Describes a kind of layer.
  public init(
    _ kind: LayerKind, summary: String, fields: [String] = [], parameters: [Parameter] = [],
    reference: String = "", origin: String = "built in", children: ClosedRange<Int> = 0...0
  ) {
    self.kind = kind
    self.summary = summary
    self.fields = fields
    self.parameters = parameters
    self.reference = reference
    self.origin = origin
    self.children = children
  }
}
