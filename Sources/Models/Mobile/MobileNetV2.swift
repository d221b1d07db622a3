import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018.
public enum MobileNetV2 {
  /// The network as a chain: `features` and `classifier`.
  /// - Parameter width: the factor of all numbers of channels.
  public static func build(
    width: Double = 1, _ options: ModelOptions = ModelOptions()
  ) throws(Diagnostic) -> Chain {
    let block = ConvBlock(activation: .relu6)
    var channels = Channels.divisible(32 * width)
    var features: [any Layer] = [try block.numbered(options.channels, channels, 3, stride: 2)]
    for (expansion, outputs, count, stride) in table {
      for index in 0..<count {
        let next = Channels.divisible(Double(outputs) * width)
        features.append(
          try inverted(block, channels, next, stride: index == 0 ? stride : 1, expansion: expansion))
        channels = next
      }
    }
    let last = Channels.divisible(1280 * max(1, width))
    features.append(try block.numbered(channels, last, 1))
    return try Chain(
      [("features", try Numbered.chain(features))] + Head.pooled + [
        ("classifier", Chain(Dropout(0.2), Dense(in: last, out: options.classes)))
      ])
  }

  /// Expansion, channels, blocks, stride of the first.
  private static let table = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  private static func inverted(
    _ block: ConvBlock, _ inputs: Int, _ outputs: Int, stride: Int, expansion: Int
  ) throws(Diagnostic) -> any Layer {
    let hidden = inputs * expansion
    var layers: [any Layer] = []
    if expansion != 1 { layers.append(try block.numbered(inputs, hidden, 1)) }
    layers.append(try block.numbered(hidden, hidden, 3, stride: stride, groups: hidden))
    layers += try block.flat(hidden, outputs, 1, activated: false)
    let conv = try Numbered.chain(layers)
    let isResidual = stride == 1 && inputs == outputs
    return isResidual ? try SkipConnection(.add, [("conv", conv)]) : try Chain([("conv", conv)])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [("", 1), ("_0_5", 0.5), ("_0_75", 0.75), ("_1_3", 1.3)].map { name, width in
    let family = ModelFamily(
      "MobileNet", "Sandler et al., MobileNetV2, 2018", recipe: "torchvision-mobilenet", parameters: [.width(width)])
    return ModelDescriptor("mobilenet_v2" + name, family) { (settings) throws(Diagnostic) in
      try MobileNetV2.build(width: try settings.factor("width"), try settings.options)
    }
  }
}
