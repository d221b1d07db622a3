import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// What can be put into a residual network in place of what is there.
public struct ResidualHooks: Sendable {
  /// Makes what a block's input goes through where it does not fit its result: of `inputs` and `outputs` channels.
  public typealias Downsample =
    @Sendable (_ inputs: Int, _ outputs: Int, _ stride: Int, _ norm: LayerHook) throws(Diagnostic) -> any Layer
  /// Makes the layers before the blocks, of that many channels.
  public typealias Stem =
    @Sendable (_ inputs: Int, _ outputs: Int, _ hooks: ResidualHooks) throws(Diagnostic) -> [(PathKey, any Node)]

  /// The norm of that many channels.
  public var norm: LayerHook = { BatchNorm($0) }
  /// What follows each norm, and each sum.
  public var activation = Activation.Function.relu
  /// What a block's result goes through before the sum, of that many channels; nil for nothing.
  public var attention: LayerHook?
  /// How a block's result and its input are joined.
  public var connection = Connection.add
  /// How often the last block is left out in training; for those before it, less and less (Huang et al., 2016).
  public var dropPath = 0.0
  /// What makes a block's input fit.
  public var downsample: Downsample = Shortcut.convolution
  /// The layers before the blocks.
  public var stem: Stem = ResidualStem.standard

  /// The network as it was first described.
  public init() {}
}

/// What makes a block's input fit its result.
public enum Shortcut {
  /// A 1×1 convolution with the block's stride.
  public static let convolution: ResidualHooks.Downsample = { (inputs, outputs, stride, norm) throws(Diagnostic) in
    Chain(ConvNorm.conv(inputs, outputs, 1, stride: stride), try norm(outputs))
  }

  /// A mean over 2×2 places, then a 1×1 convolution (He et al., "Bag of tricks", 2019).
  public static let pooled: ResidualHooks.Downsample = { (inputs, outputs, stride, norm) throws(Diagnostic) in
    let pool: any Layer =
      stride == 1 ? PassThrough() : Pool(.mean, kernel: [2, 2], stride: [stride, stride], ceilMode: true)
    return Chain(pool, ConvNorm.conv(inputs, outputs, 1), try norm(outputs))
  }
}

/// The layers before the blocks.
public enum ResidualStem {
  /// A 7×7 convolution with stride 2, and the largest of 3×3 places.
  public static let standard: ResidualHooks.Stem = { (inputs, outputs, hooks) throws(Diagnostic) in
    let conv = Conv(in: inputs, out: outputs, kernel: [7, 7], stride: [2, 2], padding: [3, 3], bias: false)
    return [("conv1", conv), ("bn1", try hooks.norm(outputs)), ("", Activation(hooks.activation)), ("", pool)]
  }

  /// Three 3×3 convolutions in place of the one (He et al., "Bag of tricks", 2019).
  public static let deep: ResidualHooks.Stem = { (inputs, outputs, hooks) throws(Diagnostic) in
    let block = ConvBlock(norm: hooks.norm, activation: hooks.activation)
    let half = outputs / 2
    let layers: [any Layer] =
      try block.flat(inputs, half, 3, stride: 2) + block.flat(half, half, 3) + [ConvNorm.conv(half, outputs, 3)]
    return [
      ("conv1", try Numbered.chain(layers)), ("bn1", try hooks.norm(outputs)), ("", Activation(hooks.activation)),
      ("", pool),
    ]
  }

  private static let pool = Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])
}
