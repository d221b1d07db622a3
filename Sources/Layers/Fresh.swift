import Initializers
import LayerVocabulary
import Tensors

/// How new layers begin: torch's own defaults, unless a layer says otherwise.
enum Fresh {
  /// All zeros.
  static let zeros: any Initializer = Constant(0)
  /// All ones.
  static let ones: any Initializer = Constant(1)
  /// `kaiming_uniform(slope: √5)`, which is uniform within ±1/√fan_in.
  static let weight: any Initializer = TorchLayer()
  /// The same by the fan that torch reads from the shape.
  static let weightByShape: any Initializer = TorchLayer(fans: .shape)
  /// Uniform within ±√(6/(fan_in + fan_out)), by the fans that torch reads from the shape.
  static let glorotByShape: any Initializer = Glorot.glorotUniform(fans: .shape)
  /// Standard normal.
  static let standardNormal: any Initializer = Normal(mean: 0, std: 1)

  /// All one value.
  static func constant(_ value: Double) -> any Initializer { Constant(value) }

  /// Normal with mean 0.
  static func normal(std: Double) -> any Initializer { Normal(mean: 0, std: std) }

  /// Uniform within ±1/√size; zeros where there is nothing to count.
  static func uniform(overRootOf size: Int) -> any Initializer {
    guard size > 0 else { return zeros }
    let bound = 1 / Double(size).squareRoot()
    return Uniform(low: -bound, high: bound)
  }

  /// Uniform within ±1/√fan_in; zeros where there is nothing to count.
  static func torch(fanIn: Int) -> any Initializer { fanIn > 0 ? TorchLayer(fanIn: Double(fanIn)) : zeros }

  /// What a bias begins with beside a weight: uniform within ±1/√fan_in of the weight.
  static func bias(beside weight: Tensor, _ geometry: Geometry?) -> any Initializer {
    guard weight.count > 0, let fans = geometry?.fans(of: weight.shape) else { return zeros }
    return torch(fanIn: fans.fanIn)
  }
}
