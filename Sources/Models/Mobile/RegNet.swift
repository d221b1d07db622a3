import Diagnostics
import Functors
import Glibc
import Initializers
import LayerVocabulary
import Layers

/// Radosavovic et al., "Designing network design spaces", 2020.
public struct RegNet: Sendable {
  /// The number of blocks.
  public var depth: Int
  /// The first width, the slope of widths, and the ratio of neighboring ones.
  public var width: Double, slope: Double, ratio: Double
  /// The channels of a group.
  public var groupWidth: Int
  /// Whether blocks have squeeze-and-excitation: RegNetY.
  public var isSqueezed: Bool

  /// The network as a chain: `stem`, `trunk_output`, `fc`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let conv = ConvBlock()
    var stages: [(PathKey, any Node)] = []
    var channels = 32
    for (index, stage) in self.stages.enumerated() {
      var blocks: [(PathKey, any Node)] = []
      for place in 0..<stage.depth {
        let block = try block(channels, stage.width, stride: place == 0 ? 2 : 1, conv)
        blocks.append((PathKey("block\(index + 1)-\(place)"), block))
        channels = stage.width
      }
      stages.append((PathKey("block\(index + 1)"), try Chain(blocks)))
    }
    return try Chain(
      [("stem", try conv.numbered(options.channels, 32, 3, stride: 2)), ("trunk_output", try Chain(stages))]
        + Head.pooled + [("fc", Dense(in: channels, out: options.classes))])
  }

  private func block(_ inputs: Int, _ width: Int, stride: Int, _ conv: ConvBlock) throws(Diagnostic) -> Chain {
    let groups = width / min(groupWidth, width)
    var layers: [(PathKey, any Node)] = [
      ("a", try conv.numbered(inputs, width, 1)),
      ("b", try conv.numbered(width, width, 3, stride: stride, groups: groups)),
    ]
    if isSqueezed {
      let squeezed = Int((0.25 * Double(inputs)).rounded(.toNearestOrEven))
      layers.append(("se", try SqueezeExcitation.build(width, squeezed: squeezed)))
    }
    layers.append(("c", try conv.numbered(width, width, 1, activated: false)))
    let fits = inputs == width && stride == 1
    let shortcut: any Layer =
      fits ? PassThrough() : try conv.numbered(inputs, width, 1, stride: stride, activated: false)
    let sum = try Parallel(.add, [(fits ? "" : "proj", shortcut), ("f", try Chain(layers))])
    return try Chain([("", sum), ("", Activation(.relu))])
  }

  /// Widths on a line, quantized to powers of the ratio and then to multiples of 8; a stage for each.
  private var stages: [(width: Int, depth: Int)] {
    var stages: [(width: Int, depth: Int)] = []
    for index in 0..<depth {
      let exponent = (log((slope * Double(index) + width) / width) / log(ratio)).rounded(.toNearestOrEven)
      let size = Int(clamping: (width * pow(ratio, exponent) / 8).rounded(.toNearestOrEven)) * 8
      if stages.last?.width == size { stages[stages.count - 1].depth += 1 } else { stages.append((size, 1)) }
    }
    return stages.map { (Channels.divisible(Double($0.width), by: min(groupWidth, $0.width)), $0.depth) }
  }

  /// The named configurations: depth, width, slope, ratio, width of a group.
  static let models: [ModelDescriptor] =
    [
      ("400mf", (16, 48.0, 27.89, 2.09, 8)), ("800mf", (14, 56, 38.84, 2.4, 16)), ("1_6gf", (27, 48, 20.71, 2.65, 24)),
      ("3_2gf", (21, 80, 42.63, 2.66, 24)), ("8gf", (17, 192, 76.82, 2.19, 56)), ("16gf", (18, 200, 106.23, 2.48, 112)),
      ("32gf", (20, 232, 115.89, 2.53, 232)), ("128gf", (27, 456, 160.83, 2.52, 264)),
    ].map { model("regnet_y_" + $0, $1, isSqueezed: true) }
    + [
      ("400mf", (22, 24.0, 24.48, 2.54, 16)), ("800mf", (16, 56, 35.73, 2.28, 16)),
      ("1_6gf", (18, 80, 34.01, 2.25, 24)),
      ("3_2gf", (25, 88, 26.31, 2.25, 48)), ("8gf", (23, 80, 49.56, 2.88, 120)), ("16gf", (22, 216, 55.59, 2.1, 128)),
      ("32gf", (23, 320, 69.86, 2.0, 168)),
    ].map { model("regnet_x_" + $0, $1, isSqueezed: false) }

  private static func model(
    _ name: String, _ sizes: (Int, Double, Double, Double, Int), isSqueezed: Bool
  ) -> ModelDescriptor {
    let family = ModelFamily(
      "RegNet", "Radosavovic et al., Designing network design spaces, 2020", recipe: "torchvision-regnet")
    return ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      try RegNet(
        depth: sizes.0, width: sizes.1, slope: sizes.2, ratio: sizes.3, groupWidth: sizes.4, isSqueezed: isSqueezed
      ).build(try settings.options)
    }
  }
}
