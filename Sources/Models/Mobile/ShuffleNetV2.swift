import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN architecture design", 2018.
public enum ShuffleNetV2 {
  /// The network as a chain: `conv1`, `stage2` … `stage4`, `conv5`, `fc`.
  /// - Parameter widths: the channels of the five stages.
  public static func build(
    _ widths: [Int], _ options: ModelOptions = ModelOptions()
  ) throws(Diagnostic) -> Chain {
    var layers: [(PathKey, any Node)] = [
      ("conv1", try Numbered.chain(conv.flat(options.channels, widths[0], 3, stride: 2))),
      ("", Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])),
    ]
    for (stage, depth) in [4, 8, 4].enumerated() {
      let width = widths[stage + 1]
      var units: [any Layer] = [try halving(widths[stage], width)]
      for _ in 1..<depth { units.append(try unit(width)) }
      layers.append((PathKey("stage\(stage + 2)"), try Numbered.chain(units)))
    }
    layers.append(("conv5", try Numbered.chain(conv.flat(widths[3], widths[4], 1))))
    return try Chain(layers + Head.pooled + [("fc", Dense(in: widths[4], out: options.classes))])
  }

  private static let conv = ConvBlock()

  /// Half of the channels go around the branch.
  private static func unit(_ width: Int) throws(Diagnostic) -> any Layer {
    let joined = try Join(
      .concatenate(axis: 1), [("", PassThrough()), ("branch2", try branch(width / 2, width / 2, stride: 1))])
    return try Chain([("", Chunk(2)), ("", joined), ("", ChannelShuffle(groups: 2))])
  }

  private static func halving(_ inputs: Int, _ width: Int) throws(Diagnostic) -> any Layer {
    let short = try Numbered.chain(
      conv.flat(inputs, inputs, 3, stride: 2, groups: inputs, activated: false) + conv.flat(inputs, width / 2, 1))
    let joined = try Parallel(
      .concatenate(axis: 1), [("branch1", short), ("branch2", try branch(inputs, width / 2, stride: 2))])
    return try Chain([("", joined), ("", ChannelShuffle(groups: 2))])
  }

  private static func branch(_ inputs: Int, _ width: Int, stride: Int) throws(Diagnostic) -> Chain {
    try Numbered.chain(
      conv.flat(inputs, width, 1) + conv.flat(width, width, 3, stride: stride, groups: width, activated: false)
        + conv.flat(width, width, 1))
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    ("0_5", [24, 48, 96, 192, 1024]), ("1_0", [24, 116, 232, 464, 1024]), ("1_5", [24, 176, 352, 704, 1024]),
    ("2_0", [24, 244, 488, 976, 2048]),
  ].map { name, widths in
    ModelDescriptor("shufflenet_v2_x" + name, family) { (settings) throws(Diagnostic) in
      try ShuffleNetV2.build(widths, try settings.options)
    }
  }

  private static let family = ModelFamily("ShuffleNet", "Ma et al., ShuffleNet V2, 2018", recipe: "torch")
}
