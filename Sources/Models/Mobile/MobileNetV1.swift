import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017.
public enum MobileNetV1 {
  /// The network as a chain: `features`, numbered, and `classifier`.
  /// - Parameter width: the factor of all numbers of channels.
  public static func build(
    width: Double = 1, _ options: ModelOptions = ModelOptions()
  ) throws(Diagnostic) -> Chain {
    let block = ConvBlock(activation: .relu6)
    var channels = Channels.divisible(32 * width)
    var features: [any Layer] = [try block.numbered(options.channels, channels, 3, stride: 2)]
    for (outputs, stride, count) in [(64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 2, 6), (1024, 2, 2)] {
      for index in 0..<count {
        let next = Channels.divisible(Double(outputs) * width)
        features.append(
          Chain(
            try block.numbered(channels, channels, 3, stride: index == 0 ? stride : 1, groups: channels),
            try block.numbered(channels, next, 1)))
        channels = next
      }
    }
    return try Chain(
      [("features", try Numbered.chain(features))] + Head.pooled + [
        ("classifier", Dense(in: channels, out: options.classes))
      ])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [("", 1), ("_0_5", 0.5), ("_0_75", 0.75), ("_1_3", 1.3)].map { name, width in
    let family = ModelFamily(
      "MobileNet", "Howard et al., MobileNets, 2017", recipe: "torchvision-mobilenet", parameters: [.width(width)])
    return ModelDescriptor("mobilenet_v1" + name, family) { (settings) throws(Diagnostic) in
      try MobileNetV1.build(width: try settings.factor("width"), try settings.options)
    }
  }
}
