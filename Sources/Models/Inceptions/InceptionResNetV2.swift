import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Szegedy et al., "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2017, as
/// Metalhead has it: a norm and a rectifier follow each convolution of the residual branches too.
public enum InceptionResNetV2 {
  /// The network as a chain: `stem`, `mixed_5b`, `repeat`, …, `conv2d_7b`, `classif`.
  public static func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    try Chain(
      [
        ("stem", try stem(options.channels)), ("mixed_5b", try mixed5()),
        ("repeat", try repeated(10) { () throws(Diagnostic) in try block35() }), ("mixed_6a", try reduction35()),
        ("repeat_1", try repeated(20) { () throws(Diagnostic) in try block17() }), ("mixed_7a", try reduction17()),
        ("repeat_2", try repeated(9) { () throws(Diagnostic) in try block8(scale: 0.2) }),
        ("block8", try block8(scale: 1)), ("conv2d_7b", try Inception.conv(2080, 1536, 1)),
      ] + Head.pooled + [("classif", Dense(in: 1536, out: options.classes))])
  }

  private static func repeated(
    _ count: Int, _ block: () throws(Diagnostic) -> any Layer
  ) throws(Diagnostic) -> Chain {
    var blocks: [any Layer] = []
    for _ in 0..<count { blocks.append(try block()) }
    return try Numbered.chain(blocks)
  }

  private static func stem(_ channels: Int) throws(Diagnostic) -> Chain {
    Chain(
      try Inception.conv(channels, 32, 3, stride: 2), try Inception.conv(32, 32, 3),
      try Inception.conv(32, 64, 3, padding: 1), Inception.halved, try Inception.conv(64, 80, 3),
      try Inception.conv(80, 192, 3), Inception.halved)
  }

  private static func mixed5() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(192, 96, 1)),
      ("branch1", try Branch(192).then(48, 1).around(64, [5, 5]).chain),
      ("branch2", try Branch(192).then(64, 1).around(96, [3, 3]).around(96, [3, 3]).chain),
      ("branch3", Chain(Inception.mean, try Inception.conv(192, 64, 1))),
    ])
  }

  /// Branches whose channels a 1×1 convolution brings back to those of the input, scaled down.
  private static func residual(
    _ inputs: Int, _ mixed: Int, scale: Double, _ branches: [(PathKey, any Node)]
  ) throws(Diagnostic) -> any Layer {
    try SkipConnection(
      .add,
      [
        ("", try Inception.mixed(branches)), ("conv2d", try Inception.conv(mixed, inputs, 1)),
        ("", Rescale(scale)),
      ])
  }

  private static func block35() throws(Diagnostic) -> any Layer {
    try residual(
      320, 128, scale: 0.17,
      [
        ("branch0", try Inception.conv(320, 32, 1)),
        ("branch1", try Branch(320).then(32, 1).around(32, [3, 3]).chain),
        ("branch2", try Branch(320).then(32, 1).around(48, [3, 3]).around(64, [3, 3]).chain),
      ])
  }

  private static func reduction35() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(320, 384, 3, stride: 2)),
      ("branch1", try Branch(320).then(256, 1).around(256, [3, 3]).then(384, [3, 3], stride: 2).chain),
      ("", Inception.halved),
    ])
  }

  private static func block17() throws(Diagnostic) -> any Layer {
    try residual(
      1088, 384, scale: 0.1,
      [
        ("branch0", try Inception.conv(1088, 192, 1)),
        ("branch1", try Branch(1088).then(128, 1).around(160, [1, 7]).around(192, [7, 1]).chain),
      ])
  }

  private static func reduction17() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Branch(1088).then(256, 1).then(384, [3, 3], stride: 2).chain),
      ("branch1", try Branch(1088).then(256, 1).then(288, [3, 3], stride: 2).chain),
      ("branch2", try Branch(1088).then(256, 1).around(288, [3, 3]).then(320, [3, 3], stride: 2).chain),
      ("", Inception.halved),
    ])
  }

  private static func block8(scale: Double) throws(Diagnostic) -> any Layer {
    try residual(
      2080, 448, scale: scale,
      [
        ("branch0", try Inception.conv(2080, 192, 1)),
        ("branch1", try Branch(2080).then(192, 1).around(224, [1, 3]).around(256, [3, 1]).chain),
      ])
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor(
      "inception_resnet_v2",
      ModelFamily("Inception", "Szegedy et al., Inception-v4, 2017", recipe: "torchvision-inception"), imageSize: 299
    ) { (settings) throws(Diagnostic) in try InceptionResNetV2.build(try settings.options) }
  ]
}
