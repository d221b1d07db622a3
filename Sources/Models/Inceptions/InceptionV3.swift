import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.
public enum InceptionV3 {
  /// The network as a chain: `Conv2d_1a_3x3` …, `Mixed_5b` … `Mixed_7c`, `fc`.
  public static func build(
    _ options: ModelOptions = ModelOptions(), auxLogits: Bool = false
  ) throws(Diagnostic) -> Chain {
    var heads: [(PathKey, any Node)] = []
    if auxLogits { heads.append(("AuxLogits", try Auxiliary(auxiliary(options.classes)))) }
    return try Chain(
      stem(options.channels) + large() + middle() + heads + small() + Head.pooled + [
        ("", Dropout(0.5)), ("fc", Dense(in: 2048, out: options.classes)),
      ])
  }

  private static func stem(_ channels: Int) throws(Diagnostic) -> [(PathKey, any Node)] {
    [
      ("Conv2d_1a_3x3", try Inception.conv(channels, 32, 3, stride: 2)),
      ("Conv2d_2a_3x3", try Inception.conv(32, 32, 3)),
      ("Conv2d_2b_3x3", try Inception.conv(32, 64, 3, padding: 1)), ("", Inception.halved),
      ("Conv2d_3b_1x1", try Inception.conv(64, 80, 1)), ("Conv2d_4a_3x3", try Inception.conv(80, 192, 3)),
      ("", Inception.halved),
    ]
  }

  /// Blocks of 35×35 places.
  private static func large() throws(Diagnostic) -> [(PathKey, any Node)] {
    var blocks: [(PathKey, any Node)] = []
    for (name, inputs, pooled) in [("5b", 192, 32), ("5c", 256, 64), ("5d", 288, 64)] {
      blocks.append((PathKey("Mixed_\(name)"), try block35(inputs, pooled)))
    }
    return blocks
  }

  /// Blocks of 17×17 places.
  private static func middle() throws(Diagnostic) -> [(PathKey, any Node)] {
    var blocks: [(PathKey, any Node)] = [("Mixed_6a", try reduction35(288))]
    for (name, inner) in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)] {
      blocks.append((PathKey("Mixed_\(name)"), try block17(768, inner)))
    }
    return blocks
  }

  /// Blocks of 8×8 places.
  private static func small() throws(Diagnostic) -> [(PathKey, any Node)] {
    [
      ("Mixed_7a", try reduction17(768)), ("Mixed_7b", try block8(1280)), ("Mixed_7c", try block8(2048)),
    ]
  }

  private static func block35(_ inputs: Int, _ pooled: Int) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch1x1", try Inception.conv(inputs, 64, 1)),
      (
        "",
        try Chain([
          ("branch5x5_1", try Inception.conv(inputs, 48, 1)),
          ("branch5x5_2", try Inception.conv(48, 64, 5, padding: 2)),
        ])
      ), ("", try doubled(inputs, stride: 1)),
      ("", try Chain([("", Inception.mean), ("branch_pool", try Inception.conv(inputs, pooled, 1))])),
    ])
  }

  /// 1×1 and two 3×3 convolutions, one after the other.
  private static func doubled(_ inputs: Int, stride: Int) throws(Diagnostic) -> Chain {
    try Chain([
      ("branch3x3dbl_1", try Inception.conv(inputs, 64, 1)),
      ("branch3x3dbl_2", try Inception.conv(64, 96, 3, padding: 1)),
      ("branch3x3dbl_3", try Inception.conv(96, 96, 3, stride: stride, padding: stride == 1 ? 1 : 0)),
    ])
  }

  private static func reduction35(_ inputs: Int) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch3x3", try Inception.conv(inputs, 384, 3, stride: 2)), ("", try doubled(inputs, stride: 2)),
      ("", Inception.halved),
    ])
  }

  private static func block17(_ inputs: Int, _ inner: Int) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch1x1", try Inception.conv(inputs, 192, 1)),
      ("", try factored("branch7x7", inputs, inner, [1, 7], [inner, 192])),
      ("", try factored("branch7x7dbl", inputs, inner, [7, 1], [inner, inner, inner, 192])),
      ("", try Chain([("", Inception.mean), ("branch_pool", try Inception.conv(inputs, 192, 1))])),
    ])
  }

  /// A 1×1 convolution, then ones along height and width in turn.
  private static func factored(
    _ name: String, _ inputs: Int, _ inner: Int, _ first: [Int], _ outputs: [Int]
  ) throws(Diagnostic) -> Chain {
    var layers: [(PathKey, any Node)] = [(PathKey("\(name)_1"), try Inception.conv(inputs, inner, 1))]
    var (kernel, channels) = (first, inner)
    for (index, size) in outputs.enumerated() {
      let conv = try Inception.conv(channels, size, kernel, padding: kernel.map { $0 / 2 })
      layers.append((PathKey("\(name)_\(index + 2)"), conv))
      (kernel, channels) = (kernel.reversed(), size)
    }
    return try Chain(layers)
  }

  private static func reduction17(_ inputs: Int) throws(Diagnostic) -> any Layer {
    let wide = try factored("branch7x7x3", inputs, 192, [1, 7], [192, 192])
    return try Inception.mixed([
      (
        "",
        try Chain([
          ("branch3x3_1", try Inception.conv(inputs, 192, 1)),
          ("branch3x3_2", try Inception.conv(192, 320, 3, stride: 2)),
        ])
      ), ("", try Chain([("", wide), ("branch7x7x3_4", try Inception.conv(192, 192, 3, stride: 2))])),
      ("", Inception.halved),
    ])
  }

  private static func block8(_ inputs: Int) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      ("branch1x1", try Inception.conv(inputs, 320, 1)),
      ("", try Chain([("branch3x3_1", try Inception.conv(inputs, 384, 1)), ("", try crossed("branch3x3_2"))])),
      (
        "",
        try Chain([
          ("branch3x3dbl_1", try Inception.conv(inputs, 448, 1)),
          ("branch3x3dbl_2", try Inception.conv(448, 384, 3, padding: 1)), ("", try crossed("branch3x3dbl_3")),
        ])
      ), ("", try Chain([("", Inception.mean), ("branch_pool", try Inception.conv(inputs, 192, 1))])),
    ])
  }

  /// Convolutions along width and along height, side by side.
  private static func crossed(_ name: String) throws(Diagnostic) -> any Layer {
    try Inception.mixed([
      (PathKey("\(name)a"), try Inception.conv(384, 384, [1, 3], padding: [0, 1])),
      (PathKey("\(name)b"), try Inception.conv(384, 384, [3, 1], padding: [1, 0])),
    ])
  }

  private static func auxiliary(_ classes: Int) throws(Diagnostic) -> [(PathKey, any Node)] {
    [
      ("", Pool(.mean, kernel: [5, 5], stride: [3, 3])), ("conv0", try Inception.conv(768, 128, 1)),
      ("conv1", try Inception.conv(128, 768, 5)), ("", Pool(.mean, output: [1, 1])), ("", Flatten()),
      ("fc", Dense(in: 768, out: classes)),
    ]
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor(
      "inception_v3",
      ModelFamily(
        "Inception", "Szegedy et al., Rethinking the Inception architecture, 2016",
        recipe: "torchvision-inception", parameters: [.auxLogits]), imageSize: 299
    ) { (settings) throws(Diagnostic) in
      try InceptionV3.build(try settings.options, auxLogits: try settings.flag("aux_logits"))
    }
  ]
}
