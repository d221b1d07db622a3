/// What is said of a layer.
public protocol LayerDescription: Sendable {
  /// `[A-Z][A-Za-z0-9]*`, unique within the plugin.
  static var name: String { get }
  /// One line.
  static var summary: String { get }
  /// Paper.
  static var reference: String { get }
  /// From 1.
  static var version: Int { get }
  /// What users may set.
  static var parameters: [Parameter] { get }
  /// How many layers may be nested in it.
  static var nestedLayers: ClosedRange<Int> { get }
  /// Whether calls must come one at a time, over all instances.
  static var isExclusive: Bool { get }
}

/// A layer that makes its children itself: a value that holds them, made again with others, and never changed.
///
/// The host names, walks, fills and ties the children.
public protocol PluginLayer: LayerDescription {
  /// A new layer, its tensors without contents: `fresh` says what they begin with.
  init(_ build: Build) throws(PluginError)

  /// The children, in one order; asked for once for each instance.
  ///
  /// How many there are, their names and kinds may depend on the arguments, but not on what is absent.
  var children: [Child] { get }

  /// The same layer with other children. Refuse those that do not fit.
  func replacing(_ parts: Parts) throws(PluginError) -> Self

  /// Parameters that are no longer as at the creation, such as `bias` where the bias was taken away.
  var overrides: [String: Argument] { get }
}

/// A layer that computes.
public protocol ForwardLayer: PluginLayer {
  /// How many inputs it takes.
  static var inputs: ClosedRange<Int> { get }
  /// How many outputs it has.
  static var outputs: Int { get }

  /// Makes the outputs without writing them; refuses inputs that do not fit, whose elements cannot be read.
  func infer(_ pass: Pass) throws(PluginError)

  /// Makes the outputs and writes each of their elements.
  func forward(_ pass: Pass) throws(PluginError)
}

extension LayerDescription {
  /// None.
  public static var reference: String { "" }
  /// The first.
  public static var version: Int { 1 }
  /// None.
  public static var parameters: [Parameter] { [] }
  /// None.
  public static var nestedLayers: ClosedRange<Int> { 0...0 }
  /// Any number of calls at once.
  public static var isExclusive: Bool { false }
}

extension PluginLayer {
  /// None.
  public var overrides: [String: Argument] { [:] }
}

extension ForwardLayer {
  /// One.
  public static var inputs: ClosedRange<Int> { 1...1 }
  /// One.
  public static var outputs: Int { 1 }
}
