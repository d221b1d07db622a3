import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Szegedy et al., "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2017.
public enum InceptionV4 {
  /// The network as a chain: `features`, numbered, and `last_linear`.
  public static func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var features: [any Layer] = [
      try Inception.conv(options.channels, 32, 3, stride: 2), try Inception.conv(32, 32, 3),
      try Inception.conv(32, 64, 3, padding: 1), try stem3(), try stem4(), try stem5(),
    ]
    for _ in 0..<4 { features.append(try block35()) }
    features.append(try reduction35())
    for _ in 0..<7 { features.append(try block17()) }
    features.append(try reduction17())
    for _ in 0..<3 { features.append(try block8()) }
    return try Chain(
      [("features", try Numbered.chain(features))] + Head.pooled + [
        ("last_linear", Dense(in: 1536, out: options.classes))
      ])
  }

  private static func stem3() throws(Diagnostic) -> any Layer {
    try Inception.mixed([("", Inception.halved), ("conv", try Inception.conv(64, 96, 3, stride: 2))])
  }

  private static func stem4() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Branch(160).then(64, 1).then(96, [3, 3]).chain),
      ("branch1", try Branch(160).then(64, 1).around(64, [1, 7]).around(64, [7, 1]).then(96, [3, 3]).chain),
    ])
  }

  private static func stem5() throws(Diagnostic) -> any Layer {
    try Inception.mixed([("conv", try Inception.conv(192, 192, 3, stride: 2)), ("", Inception.halved)])
  }

  private static func pooled(_ inputs: Int, _ outputs: Int) throws(Diagnostic) -> Chain {
    Chain(Inception.mean, try Inception.conv(inputs, outputs, 1))
  }

  private static func block35() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(384, 96, 1)), ("branch1", try Branch(384).then(64, 1).around(96, [3, 3]).chain),
      ("branch2", try Branch(384).then(64, 1).around(96, [3, 3]).around(96, [3, 3]).chain),
      ("branch3", try pooled(384, 96)),
    ])
  }

  private static func reduction35() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(384, 384, 3, stride: 2)),
      ("branch1", try Branch(384).then(192, 1).around(224, [3, 3]).then(256, [3, 3], stride: 2).chain),
      ("", Inception.halved),
    ])
  }

  private static func block17() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(1024, 384, 1)),
      ("branch1", try Branch(1024).then(192, 1).around(224, [1, 7]).around(256, [7, 1]).chain),
      (
        "branch2",
        try Branch(1024).then(192, 1).around(192, [7, 1]).around(224, [1, 7]).around(224, [7, 1])
          .around(256, [1, 7]).chain
      ), ("branch3", try pooled(1024, 128)),
    ])
  }

  private static func reduction17() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Branch(1024).then(192, 1).then(192, [3, 3], stride: 2).chain),
      (
        "branch1",
        try Branch(1024).then(256, 1).around(256, [1, 7]).around(320, [7, 1]).then(320, [3, 3], stride: 2).chain
      ), ("", Inception.halved),
    ])
  }

  private static func block8() throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch0", try Inception.conv(1536, 256, 1)),
      (
        "branch1",
        try Chain([("0", try Inception.conv(1536, 384, 1)), ("1", try crossed(384))])
      ),
      (
        "branch2",
        try Chain([
          ("0", try Branch(1536).then(384, 1).around(448, [3, 1]).around(512, [1, 3]).chain), ("1", try crossed(512)),
        ])
      ), ("branch3", try pooled(1536, 256)),
    ])
  }

  private static func crossed(_ inputs: Int) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("a", try Inception.conv(inputs, 256, [1, 3], padding: [0, 1])),
      ("b", try Inception.conv(inputs, 256, [3, 1], padding: [1, 0])),
    ])
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor(
      "inception_v4",
      ModelFamily("Inception", "Szegedy et al., Inception-v4, 2017", recipe: "torchvision-inception"), imageSize: 299
    ) { (settings) throws(Diagnostic) in try InceptionV4.build(try settings.options) }
  ]
}

/// Convolutions one after the other, each with its norm.
struct Branch {
  private var layers: [any Layer] = []
  private var channels: Int

  /// Of that many channels.
  init(_ inputs: Int) { channels = inputs }

  /// The convolutions, numbered.
  var chain: Chain { get throws(Diagnostic) { try Numbered.chain(layers) } }

  /// With a 1×1 convolution behind.
  func then(_ outputs: Int, _ kernel: Int) throws(Diagnostic) -> Branch { try then(outputs, [kernel, kernel]) }

  /// With a convolution behind that has no margin.
  func then(_ outputs: Int, _ kernel: [Int], stride: Int = 1) throws(Diagnostic) -> Branch {
    try adding(outputs, try Inception.conv(channels, outputs, kernel, stride: stride))
  }

  /// With a convolution behind that keeps the size.
  func around(_ outputs: Int, _ kernel: [Int]) throws(Diagnostic) -> Branch {
    try adding(outputs, try Inception.conv(channels, outputs, kernel, padding: kernel.map { $0 / 2 }))
  }

  private func adding(_ outputs: Int, _ layer: any Layer) throws(Diagnostic) -> Branch {
    var copy = self
    copy.layers.append(layer)
    copy.channels = outputs
    return copy
  }
}
