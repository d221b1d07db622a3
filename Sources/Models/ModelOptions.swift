/// What every model of the zoo can be asked for.
public struct ModelOptions: Sendable, Equatable {
  /// The outputs of the classifier.
  public var classes = 1000
  /// The channels of the input.
  public var channels = 3

  /// A thousand classes of pictures in color.
  public init() {}

  /// Those sizes.
  public init(classes: Int, channels: Int = 3) { (self.classes, self.channels) = (classes, channels) }
}
