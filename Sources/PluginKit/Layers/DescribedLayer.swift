/// A layer whose children follow from its parameters: it lists them, and the host creates, counts, rebuilds, checks and
/// ties.
public protocol DescribedLayer: LayerDescription {
  /// The children, in order.
  static var children: [ChildRow] { get }
}

/// A described layer that computes: a value made of what the user set, for each pass.
public protocol DescribedForwardLayer: DescribedLayer {
  /// How many inputs it takes.
  static var inputs: ClosedRange<Int> { get }
  /// How many outputs it has.
  static var outputs: Int { get }

  /// The layer of these arguments; keep it small.
  init(_ arguments: Arguments) throws(PluginError)

  /// Makes the outputs and writes each of their elements; ``Pass/childFloats(_:)`` has the children's.
  func forward(_ pass: Pass) throws(PluginError)

  /// Makes the outputs without writing them. Where this is not written, `forward` runs, as far as its last output.
  func infer(_ pass: Pass) throws(PluginError)
}

extension DescribedForwardLayer {
  /// One.
  public static var inputs: ClosedRange<Int> { 1...1 }
  /// One.
  public static var outputs: Int { 1 }

  /// The forward pass, as far as its last output.
  public func infer(_ pass: Pass) throws(PluginError) { try forward(pass) }
}
