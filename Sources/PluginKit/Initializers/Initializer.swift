import CReinit

/// What the host must know before it calls an initializer.
public struct InitializerOptions: OptionSet, Sendable {
  /// The bits that cross.
  public let rawValue: UInt32

  /// The options of those bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Each tensor is filled in one call, from its first element to its last: no shard law.
  public static let wholeTensor = InitializerOptions(rawValue: UInt32(RI_INITIALIZER_WHOLE))
  /// What has no fan is refused, and users get the parameter `fans`: `fanIn` and `fanOut` are numbers.
  public static let needsFans = InitializerOptions(rawValue: UInt32(RI_INITIALIZER_NEEDS_FANS))
  /// One call at a time.
  public static let exclusive = InitializerOptions(rawValue: UInt32(RI_INITIALIZER_EXCLUSIVE))
  /// A rule that ends at a layer reaches biases, scales and buffers as well.
  public static let everyRole = InitializerOptions(rawValue: UInt32(RI_INITIALIZER_EVERY_ROLE))
  /// Elements may be infinite or NaN; without it such an element is an error.
  public static let nonFinite = InitializerOptions(rawValue: UInt32(RI_INITIALIZER_NON_FINITE))
}

/// A way to fill a tensor: a value made of what the user set.
///
/// The shard law: filling the tensor at once, and in any partition, order and number of threads, gives the same
/// bits. So let element i depend on i, the arguments and the tensor's random numbers alone.
public protocol PluginInitializer: Sendable {
  /// `[a-z][a-z0-9_]*`, unique within the plugin.
  static var name: String { get }
  /// One line.
  static var summary: String { get }
  /// The definition, in plain Unicode: `w ~ N(0, σ²), σ = gain / √fan_in`.
  static var formula: String { get }
  /// Paper and equation.
  static var reference: String { get }
  /// From 1; add 1 whenever the numbers change.
  static var version: Int { get }
  /// What users may set.
  static var parameters: [Parameter] { get }
  /// What `fill` reads: the values are then a function of those too, and there is no distribution.
  static var sources: [Source] { get }
  /// What the host must know before.
  static var options: InitializerOptions { get }
  /// 0 for equal bits everywhere; else how far another machine may be off, relative to the largest element.
  static var tolerance: Double { get }

  /// The initializer of these arguments; made anew for each call, so keep it small.
  /// - Throws: for combinations that bounds cannot express.
  init(_ arguments: Arguments) throws(PluginError)

  /// Writes one range.
  func fill(_ range: Fill) throws(PluginError)

  /// Refuses tensors that it is not for; called while the host plans.
  func check(_ tensor: Fill) throws(PluginError)

  /// What the elements are drawn from; the host's tests hold `fill` against it.
  func distribution(of tensor: Fill) throws(PluginError) -> Distribution
}

/// An initializer whose elements the host draws: all there is to say is from what.
public protocol DistributionInitializer: PluginInitializer {
  /// What the elements are drawn from; never ``Distribution/unknown``.
  func distribution(of tensor: Fill) throws(PluginError) -> Distribution
}

extension PluginInitializer {
  /// None.
  public static var formula: String { "" }
  /// None.
  public static var reference: String { "" }
  /// The first.
  public static var version: Int { 1 }
  /// None.
  public static var parameters: [Parameter] { [] }
  /// None.
  public static var sources: [Source] { [] }
  /// None.
  public static var options: InitializerOptions { [] }
  /// Equal bits everywhere.
  public static var tolerance: Double { 0 }

  /// Accepts every tensor.
  public func check(_ tensor: Fill) throws(PluginError) {}

  /// Does not say.
  public func distribution(of tensor: Fill) throws(PluginError) -> Distribution { .unknown }
}

extension DistributionInitializer {
  /// Draws what the distribution says.
  public func fill(_ range: Fill) throws(PluginError) { try range.draw(try distribution(of: range)) }
}
