import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Howard et al., "Searching for MobileNetV3", 2019.
public struct MobileNetV3: Sendable {
  /// One block.
  public struct Row: Sendable {
    let kernel, expanded, outputs: Int
    let isSqueezed, isHard: Bool
    let stride: Int
  }
  /// The blocks.
  public var rows: [Row]
  /// The size between the classifier's two maps.
  public var last: Int

  /// The network as a chain: `features` and `classifier`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let hard = conv(.hardswish)
    var channels = 16
    var features: [any Layer] = [try hard.numbered(options.channels, channels, 3, stride: 2)]
    for row in rows {
      var block = InvertedResidual(
        inputs: channels, expanded: row.expanded, outputs: row.outputs, kernel: row.kernel, stride: row.stride)
      if row.isSqueezed { block.squeezed = Channels.divisible(Double(row.expanded / 4)) }
      block.gate = .hardsigmoid
      features.append(try block.build(conv(row.isHard ? .hardswish : .relu)))
      channels = row.outputs
    }
    features.append(try hard.numbered(channels, 6 * channels, 1))
    let classifier = Chain(
      Dense(in: 6 * channels, out: last), Activation(.hardswish), Dropout(0.2), Dense(in: last, out: options.classes))
    return try Chain(
      [("features", try Numbered.chain(features))] + Head.pooled + [("classifier", classifier)])
  }

  private func conv(_ activation: Activation.Function) -> ConvBlock {
    ConvBlock(norm: { BatchNorm($0, eps: 0.001, momentum: 0.01) }, activation: activation)
  }

  /// Kernel, channels within, channels out, squeezed, hard swish, stride.
  private static let large = rows([
    (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1),
    (5, 72, 40, true, false, 2), (5, 120, 40, true, false, 1), (5, 120, 40, true, false, 1),
    (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1), (3, 184, 80, false, true, 1),
    (3, 184, 80, false, true, 1), (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1),
    (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
  ])
  private static let small = rows([
    (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1),
    (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
    (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2),
    (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
  ])

  private static func rows(_ table: [(Int, Int, Int, Bool, Bool, Int)]) -> [Row] {
    table.map { Row(kernel: $0, expanded: $1, outputs: $2, isSqueezed: $3, isHard: $4, stride: $5) }
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    ("mobilenet_v3_large", MobileNetV3(rows: large, last: 1280)),
    ("mobilenet_v3_small", MobileNetV3(rows: small, last: 1024)),
  ].map { name, network in
    ModelDescriptor(name, family) { (settings) throws(Diagnostic) in try network.build(try settings.options) }
  }

  private static let family = ModelFamily(
    "MobileNet", "Howard et al., Searching for MobileNetV3, 2019", recipe: "torchvision-mobilenet")
}
