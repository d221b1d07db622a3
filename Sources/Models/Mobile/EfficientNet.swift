import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Tan, Le, "EfficientNet: rethinking model scaling", 2019, and "EfficientNetV2: smaller models and faster training",
/// 2021.
public struct EfficientNet: Sendable {
  /// The blocks of one stage.
  public struct Stage: Sendable {
    var isFused = false
    var expansion: Int
    var kernel = 3
    var stride: Int
    var outputs: Int
    var count: Int
  }
  /// The stages.
  public var stages: [Stage]
  /// The channels of the stem.
  public var stem: Int
  /// The channels before the classifier.
  public var last: Int
  /// What norms add to the variance.
  public var eps: Double
  /// The part of a new batch in norms' statistics.
  public var momentum: Double
  /// The part that is dropped before the classifier.
  public var dropout: Double

  /// The network as a chain: `features` and `classifier`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let (eps, momentum) = (eps, momentum)
    let conv = ConvBlock(norm: { BatchNorm($0, eps: eps, momentum: momentum) }, activation: .silu)
    var features: [any Layer] = [try conv.numbered(options.channels, stem, 3, stride: 2)]
    var (channels, done) = (stem, 0)
    for stage in stages {
      features.append(try blocks(stage, channels, done, conv))
      channels = stage.outputs
      done += stage.count
    }
    features.append(try conv.numbered(channels, last, 1))
    return try Chain(
      [("features", try Numbered.chain(features))] + Head.pooled + [
        ("classifier", Chain(Dropout(dropout), Dense(in: last, out: options.classes)))
      ])
  }

  private func blocks(_ stage: Stage, _ inputs: Int, _ done: Int, _ conv: ConvBlock) throws(Diagnostic) -> Chain {
    let all = stages.reduce(0) { $0 + $1.count }
    var blocks: [any Layer] = []
    for index in 0..<stage.count {
      let channels = index == 0 ? inputs : stage.outputs
      var block = InvertedResidual(
        inputs: channels, expanded: Channels.divisible(Double(channels * stage.expansion)), outputs: stage.outputs,
        kernel: stage.kernel, stride: index == 0 ? stage.stride : 1)
      block.squeezed = max(1, channels / 4)
      block.isFused = stage.isFused
      block.dropRate = 0.2 * Double(done + index) / Double(all)
      blocks.append(try block.build(conv, squeezeActivation: .silu))
    }
    return try Numbered.chain(blocks)
  }
}

extension EfficientNet {
  /// The first version, scaled in width and depth.
  private init(width: Double, depth: Double, dropout: Double, isTensorFlow: Bool) {
    stages = EfficientNet.first.map { stage in
      var stage = stage
      stage.outputs = Channels.divisible(Double(stage.outputs) * width)
      stage.count = Int(clamping: (Double(stage.count) * depth).rounded(.up))
      return stage
    }
    stem = Channels.divisible(32 * width)
    last = 4 * stages[stages.count - 1].outputs
    (eps, momentum) = isTensorFlow ? (0.001, 0.01) : (1e-5, 0.1)
    self.dropout = dropout
  }

  /// The second version; its first three stages are fused.
  private init(_ rows: [(Int, Int, Int, Int)], stem: Int, dropout: Double) {
    stages = rows.enumerated().map { index, row in
      Stage(isFused: index < 3, expansion: row.0, stride: row.1, outputs: row.2, count: row.3)
    }
    (self.stem, last, eps, momentum, self.dropout) = (stem, 1280, 0.001, 0.1, dropout)
  }

  private static let first = [
    Stage(expansion: 1, stride: 1, outputs: 16, count: 1), Stage(expansion: 6, stride: 2, outputs: 24, count: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, outputs: 40, count: 2),
    Stage(expansion: 6, stride: 2, outputs: 80, count: 3),
    Stage(expansion: 6, kernel: 5, stride: 1, outputs: 112, count: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, outputs: 192, count: 4),
    Stage(expansion: 6, stride: 1, outputs: 320, count: 1),
  ]

  /// The named configurations.
  static let models: [ModelDescriptor] =
    [
      (1.0, 1.0, 0.2, 224), (1.0, 1.1, 0.2, 240), (1.1, 1.2, 0.3, 260), (1.2, 1.4, 0.3, 300), (1.4, 1.8, 0.4, 380),
      (1.6, 2.2, 0.4, 456), (1.8, 2.6, 0.5, 528), (2.0, 3.1, 0.5, 600),
    ].enumerated().map { index, sizes in
      let network = EfficientNet(width: sizes.0, depth: sizes.1, dropout: sizes.2, isTensorFlow: index >= 5)
      return model("efficientnet_b\(index)", network, sizes.3)
    } + [
      model(
        "efficientnet_v2_s",
        EfficientNet(
          [(1, 1, 24, 2), (4, 2, 48, 4), (4, 2, 64, 4), (4, 2, 128, 6), (6, 1, 160, 9), (6, 2, 256, 15)], stem: 24,
          dropout: 0.2), 384),
      model(
        "efficientnet_v2_m",
        EfficientNet(
          [
            (1, 1, 24, 3), (4, 2, 48, 5), (4, 2, 80, 5), (4, 2, 160, 7), (6, 1, 176, 14), (6, 2, 304, 18),
            (6, 1, 512, 5),
          ], stem: 24, dropout: 0.3), 480),
      model(
        "efficientnet_v2_l",
        EfficientNet(
          [
            (1, 1, 32, 4), (4, 2, 64, 7), (4, 2, 96, 7), (4, 2, 192, 10), (6, 1, 224, 19), (6, 2, 384, 25),
            (6, 1, 640, 7),
          ], stem: 32, dropout: 0.4), 480),
    ]

  private static func model(_ name: String, _ network: EfficientNet, _ size: Int) -> ModelDescriptor {
    let family = ModelFamily("EfficientNet", "Tan, Le, EfficientNet, 2019", recipe: "torchvision-efficientnet")
    return ModelDescriptor(name, family, imageSize: size) { (settings) throws(Diagnostic) in
      try network.build(try settings.options)
    }
  }
}
