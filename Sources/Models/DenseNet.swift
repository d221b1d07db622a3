import CallText
import Diagnostics
import Functors
import Initializers
import Layers

/// Densely connected networks: Huang et al., "Densely connected convolutional networks", 2017.
public struct DenseNet: Sendable {
  /// The layers of each block.
  public var depths: [Int]
  /// The channels that each layer adds.
  public var growthRate = 32
  /// The channels of the stem.
  public var stem = 64
  /// The channels between a layer's two convolutions, in growth rates.
  public var bottleneck = 4

  /// A network of that many layers in each block.
  public init(_ depths: [Int]) { self.depths = depths }

  /// The network as a chain: `features` with `conv0`, `norm0`, `denseblock1` … `norm5`, then `classifier`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var features: [(PathKey, any Node)] = [
      ("conv0", Conv(in: options.channels, out: stem, kernel: [7, 7], stride: [2, 2], padding: [3, 3], bias: false)),
      ("norm0", BatchNorm(stem)), ("relu0", Activation(.relu)),
      ("pool0", Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])),
    ]
    var channels = stem
    for (index, depth) in depths.enumerated() {
      features.append((PathKey("denseblock\(index + 1)"), try block(depth, channels)))
      channels += depth * growthRate
      guard index < depths.count - 1 else { continue }
      features.append((PathKey("transition\(index + 1)"), try transition(channels)))
      channels /= 2
    }
    features.append(("norm5", BatchNorm(channels)))
    return try Chain([
      ("features", try Chain(features)), ("", Activation(.relu)), ("", Pool(.mean, output: [1, 1])), ("", Flatten()),
      ("classifier", Dense(in: channels, out: options.classes)),
    ])
  }

  /// Each layer sees the input and what all layers before it have added.
  private func block(_ depth: Int, _ channels: Int) throws(Diagnostic) -> Chain {
    let inner = bottleneck * growthRate
    var layers: [(PathKey, any Node)] = []
    for index in 0..<depth {
      let inputs = channels + index * growthRate
      let layer = try SkipConnection(
        .concatenate(axis: 1),
        [
          ("norm1", BatchNorm(inputs)), ("relu1", Activation(.relu)), ("conv1", ConvNorm.conv(inputs, inner, 1)),
          ("norm2", BatchNorm(inner)), ("relu2", Activation(.relu)), ("conv2", ConvNorm.conv(inner, growthRate, 3)),
        ])
      layers.append((PathKey("denselayer\(index + 1)"), layer))
    }
    return try Chain(layers)
  }

  /// Half of the channels, a quarter of the places.
  private func transition(_ channels: Int) throws(Diagnostic) -> Chain {
    try Chain([
      ("norm", BatchNorm(channels)), ("relu", Activation(.relu)), ("conv", ConvNorm.conv(channels, channels / 2, 1)),
      ("pool", Pool(.mean, kernel: [2, 2])),
    ])
  }

  /// The named configurations; 161 with growth rate 48 and 96 channels in the stem, as in the paper.
  static let models: [ModelDescriptor] = [
    model("densenet121", [6, 12, 24, 16]), model("densenet161", [6, 12, 36, 24], growthRate: 48, stem: 96),
    model("densenet169", [6, 12, 32, 32]), model("densenet201", [6, 12, 48, 32]),
  ]

  private static func model(
    _ name: String, _ depths: [Int], growthRate: Int = 32, stem: Int = 64
  ) -> ModelDescriptor {
    let family = ModelFamily(
      "DenseNet", "Huang et al., Densely connected convolutional networks, 2017", recipe: "torchvision-densenet",
      parameters: [
        .init("growth_rate", .number(Double(growthRate)), "the channels that each layer adds"),
        .init("stem", .number(Double(stem)), "the channels of the stem"),
        .init("bottleneck", .number(4), "the channels between a layer's convolutions, in growth rates"),
      ])
    return ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      var network = DenseNet(depths)
      network.growthRate = try settings.size("growth_rate")
      network.stem = try settings.size("stem")
      network.bottleneck = try settings.size("bottleneck")
      return try network.build(try settings.options)
    }
  }
}
