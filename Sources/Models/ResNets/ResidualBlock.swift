import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// What the stages of a residual network are made of.
public struct ResidualBlock: Sendable {
  /// Where a block stands.
  public struct Place: Sendable {
    /// Channels of what it is given.
    public let inputs: Int
    /// Channels of its stage: 64, 128, 256, 512.
    public let planes: Int
    /// The step of its first convolution that has one.
    public let stride: Int
    /// Whether it is the first of its stage.
    public let isFirst: Bool
    /// How often it is left out in training.
    public let dropRate: Double
  }

  /// Channels out of a block for each of its planes.
  public let expansion: Int
  /// Makes the layers whose result is joined with the block's input.
  public let residual: @Sendable (Place, ResidualHooks) throws(Diagnostic) -> [(PathKey, any Node)]

  /// A block of one's own.
  public init(
    expansion: Int,
    residual: @escaping @Sendable (Place, ResidualHooks) throws(Diagnostic) -> [(PathKey, any Node)]
  ) {
    self.expansion = expansion
    self.residual = residual
  }

  /// Two 3×3 convolutions.
  public static let basic = ResidualBlock(expansion: 1) { (place, hooks) throws(Diagnostic) in
    let planes = place.planes
    return [
      ("conv1", ConvNorm.conv(place.inputs, planes, 3, stride: place.stride)), ("bn1", try hooks.norm(planes)),
      ("", Activation(hooks.activation)), ("conv2", ConvNorm.conv(planes, planes, 3)),
      ("bn2", try hooks.norm(planes)),
    ]
  }

  /// 1×1, 3×3 in `groups`, 1×1 with four times the channels; `width` channels for each group of 64 planes.
  public static func bottleneck(groups: Int = 1, width: Int = 64) -> ResidualBlock {
    ResidualBlock(expansion: 4) { (place, hooks) throws(Diagnostic) in
      let inner = place.planes * width / 64 * groups
      let act = Activation(hooks.activation)
      return [
        ("conv1", ConvNorm.conv(place.inputs, inner, 1)), ("bn1", try hooks.norm(inner)), ("", act),
        ("conv2", ConvNorm.conv(inner, inner, 3, stride: place.stride, groups: groups)),
        ("bn2", try hooks.norm(inner)), ("", act), ("conv3", ConvNorm.conv(inner, place.planes * 4, 1)),
        ("bn3", try hooks.norm(place.planes * 4)),
      ]
    }
  }

  /// A bottleneck whose 3×3 convolutions each see a part of the channels and the result before (Gao et al.,
  /// "Res2Net", 2019); the first block of a stage has them side by side.
  public static func bottle2neck(groups: Int = 1, width: Int = 26, scale: Int = 4) -> ResidualBlock {
    ResidualBlock(expansion: 4) { (place, hooks) throws(Diagnostic) in
      let part = place.planes * width / 64 * groups
      let act = Activation(hooks.activation)
      let middle = try MultiScale(part: part, scale: scale, groups: groups).build(place, hooks)
      return [
        ("conv1", ConvNorm.conv(place.inputs, part * scale, 1)), ("bn1", try hooks.norm(part * scale)), ("", act),
        ("", Chunk(scale)), ("convs", middle), ("", Join(.concatenate(axis: 1))),
        ("conv3", ConvNorm.conv(part * scale, place.planes * 4, 1)),
        ("bn3", try hooks.norm(place.planes * 4)),
      ]
    }
  }

  /// A block: what is computed, beside the input or what makes the input fit; their sum; the activation.
  func build(_ place: Place, _ hooks: ResidualHooks) throws(Diagnostic) -> Chain {
    let outputs = place.planes * expansion
    var residual = try residual(place, hooks)
    if let attention = hooks.attention { residual.append(("attention", try attention(outputs))) }
    if place.dropRate > 0 { residual.append(("", StochasticDepth(place.dropRate))) }
    let fits = place.inputs == outputs && place.stride == 1
    let shortcut: any Layer =
      fits ? PassThrough() : try hooks.downsample(place.inputs, outputs, place.stride, hooks.norm)
    let sum = try Parallel(
      hooks.connection, [("", try Chain(residual)), (fits ? "" : "downsample", shortcut)])
    return try Chain([("", sum), ("", Activation(hooks.activation))])
  }
}

/// The 3×3 convolutions of a Res2Net block: one for each part of the channels but the last, which goes around them.
private struct MultiScale {
  let part, scale, groups: Int

  func build(_ place: ResidualBlock.Place, _ hooks: ResidualHooks) throws(Diagnostic) -> any Layer {
    var convolutions: [(PathKey, any Node)] = []
    for index in 0..<max(1, scale - 1) {
      let conv = try Chain([
        ("conv", ConvNorm.conv(part, part, 3, stride: place.stride, groups: groups)), ("bn", try hooks.norm(part)),
        ("", Activation(hooks.activation)),
      ])
      convolutions.append((PathKey("\(index)"), conv))
    }
    guard place.isFirst, scale > 1 else { return try PairwiseFusion(.add, convolutions) }
    let stride = [place.stride, place.stride]
    let pool = Pool(.mean, kernel: [3, 3], stride: stride, padding: [1, 1])
    return try Join(.concatenate(axis: 1), convolutions + [("", pool)])
  }
}
