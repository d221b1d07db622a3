import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Chollet, "Xception: deep learning with depthwise separable convolutions", 2017, as Metalhead has it: separable
/// convolutions within blocks have offsets, and the last two have norms of their own.
public enum Xception {
  /// The network as a chain: `conv1`, `bn1`, `conv2`, `bn2`, `block1` … `block12`, `conv3`, `conv4`, `fc`.
  public static func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var layers: [(PathKey, any Node)] = [
      ("conv1", Conv(in: options.channels, out: 32, kernel: [3, 3], stride: [2, 2], bias: false)),
      ("bn1", BatchNorm(32)), ("", Activation(.relu)), ("conv2", Conv(in: 32, out: 64, kernel: [3, 3], bias: false)),
      ("bn2", BatchNorm(64)), ("", Activation(.relu)),
    ]
    for (index, sizes) in table.enumerated() {
      layers.append(
        (
          PathKey("block\(index + 1)"),
          try block(
            sizes, stride: sizes[0] == sizes[sizes.count - 1] ? 1 : 2,
            startsWithActivation: index > 0)
        ))
    }
    layers += [("conv3", try separable(1024, 1536)), ("conv4", try separable(1536, 2048))]
    return try Chain(layers + Head.pooled + [("fc", Dense(in: 2048, out: options.classes))])
  }

  /// The channels before, between and behind the convolutions of each block.
  private static let table: [[Int]] =
    [[64, 128, 128], [128, 256, 256], [256, 728, 728]] + Array(repeating: [728, 728, 728, 728], count: 8)
    + [[728, 728, 1024]]

  private static func block(_ sizes: [Int], stride: Int, startsWithActivation: Bool) throws(Diagnostic) -> any Layer {
    var layers: [any Layer] = []
    for (index, (inputs, outputs)) in zip(sizes, sizes.dropFirst()).enumerated() {
      if index > 0 || startsWithActivation { layers.append(Activation(.relu)) }
      layers += [
        Conv(in: inputs, out: inputs, kernel: [3, 3], padding: [1, 1], groups: inputs), Activation(.relu),
        Conv(in: inputs, out: outputs, kernel: [1, 1]), Activation(.relu), BatchNorm(outputs),
      ]
    }
    layers.append(Pool(.max, kernel: [3, 3], stride: [stride, stride], padding: [1, 1]))
    let (inputs, outputs) = (sizes[0], sizes[sizes.count - 1])
    let skip: any Layer =
      inputs == outputs
      ? PassThrough() : Chain(ConvNorm.conv(inputs, outputs, 1, stride: stride), BatchNorm(outputs))
    return try Parallel(
      .add, [(inputs == outputs ? "" : "skip", skip), ("rep", try Numbered.chain(layers))])
  }

  private static func separable(_ inputs: Int, _ outputs: Int) throws(Diagnostic) -> Chain {
    try Numbered.chain(
      ConvBlock().flat(inputs, inputs, 3, groups: inputs) + ConvBlock().flat(inputs, outputs, 1))
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor(
      "xception",
      ModelFamily("Xception", "Chollet, Xception, 2017", recipe: "torchvision-resnet"), imageSize: 299
    ) { (settings) throws(Diagnostic) in try Xception.build(try settings.options) }
  ]
}
