import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Tan et al., "MnasNet: platform-aware neural architecture search for mobile", 2019; the variant B1.
public enum MNASNet {
  /// The network as a chain: `layers` and `classifier`.
  /// - Parameter width: the factor of all numbers of channels.
  public static func build(
    width: Double = 1, _ options: ModelOptions = ModelOptions()
  ) throws(Diagnostic) -> Chain {
    let sizes = [32, 16, 24, 40, 80, 96, 192, 320].map { Channels.divisible($0 * width) }
    var layers =
      try conv.flat(options.channels, sizes[0], 3, stride: 2) + conv.flat(sizes[0], sizes[0], 3, groups: sizes[0])
      + conv.flat(sizes[0], sizes[1], 1, activated: false)
    for (index, (kernel, stride, expansion, count)) in table.enumerated() {
      var blocks: [any Layer] = []
      for block in 0..<count {
        let inputs = block == 0 ? sizes[index + 1] : sizes[index + 2]
        blocks.append(
          try self.block(inputs, sizes[index + 2], kernel, stride: block == 0 ? stride : 1, expansion: expansion))
      }
      layers.append(try Numbered.chain(blocks))
    }
    layers += try conv.flat(sizes[7], 1280, 1)
    return try Chain(
      [("layers", try Numbered.chain(layers))] + Head.pooled + [
        ("classifier", Chain(Dropout(0.2), Dense(in: 1280, out: options.classes)))
      ])
  }

  private static let conv = ConvBlock(norm: { BatchNorm($0, momentum: 0.0003) })
  /// Kernel, stride of the first block, expansion, blocks.
  private static let table = [(3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1)]

  private static func block(
    _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int, expansion: Int
  ) throws(Diagnostic) -> any Layer {
    let hidden = inputs * expansion
    let layers = try Numbered.chain(
      conv.flat(inputs, hidden, 1) + conv.flat(hidden, hidden, kernel, stride: stride, groups: hidden)
        + conv.flat(hidden, outputs, 1, activated: false))
    let isResidual = stride == 1 && inputs == outputs
    return isResidual ? try SkipConnection(.add, [("layers", layers)]) : try Chain([("layers", layers)])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [("0_5", 0.5), ("0_75", 0.75), ("1_0", 1), ("1_3", 1.3)].map { name, width in
    let family = ModelFamily(
      "MNASNet", "Tan et al., MnasNet, 2019", recipe: "torchvision-mnasnet", parameters: [.width(width)])
    return ModelDescriptor("mnasnet" + name, family) { (settings) throws(Diagnostic) in
      try MNASNet.build(width: try settings.factor("width"), try settings.options)
    }
  }
}
