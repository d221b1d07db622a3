import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Liu et al., "A ConvNet for the 2020s", 2022.
public struct ConvNeXt: Sendable {
  /// The channels of each stage.
  public var widths: [Int]
  /// The blocks of each stage.
  public var depths: [Int]
  /// How often the last block is left out in training; for those before it, less and less.
  public var dropPath = 0.1
  /// What the factors of residual branches begin with.
  public var layerScale = 1e-6

  /// A network of those stages.
  public init(_ widths: [Int], _ depths: [Int], dropPath: Double = 0.1) {
    (self.widths, self.depths, self.dropPath) = (widths, depths, dropPath)
  }

  /// The network as a chain: `features` and `classifier`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var features: [any Layer] = [
      Chain(Conv(in: options.channels, out: widths[0], kernel: [4, 4], stride: [4, 4]), try norm(widths[0]))
    ]
    for (stage, depth) in depths.enumerated() {
      features.append(try self.stage(stage, depth))
      guard stage < depths.count - 1 else { continue }
      let (inputs, outputs) = (widths[stage], widths[stage + 1])
      features.append(Chain(try norm(inputs), Conv(in: inputs, out: outputs, kernel: [2, 2], stride: [2, 2])))
    }
    let last = widths[widths.count - 1]
    return try Chain([
      ("features", try Numbered.chain(features)), ("", Pool(.mean, output: [1, 1])),
      ("classifier", Chain(try norm(last), Flatten(), Dense(in: last, out: options.classes))),
    ])
  }

  private func stage(_ stage: Int, _ depth: Int) throws(Diagnostic) -> Chain {
    let (before, all) = (depths[..<stage].reduce(0, +), depths.reduce(0, +))
    var blocks: [any Layer] = []
    for index in 0..<depth {
      blocks.append(try block(widths[stage], dropRate: dropPath * Double(before + index) / Double(max(1, all - 1))))
    }
    return try Numbered.chain(blocks)
  }

  /// A depthwise convolution and two maps of the channels, scaled, beside the input.
  private func block(_ width: Int, dropRate: Double) throws(Diagnostic) -> any Layer {
    let maps = Chain(
      Conv(in: width, out: width, kernel: [7, 7], padding: [3, 3], groups: width), Permute([0, 2, 3, 1]),
      LayerNorm([width], eps: 1e-6), Dense(in: width, out: 4 * width), Activation(.gelu),
      Dense(in: 4 * width, out: width), Permute([0, 3, 1, 2]))
    let scaled = try Compose([("layer_scale", LayerScale([width, 1, 1], value: layerScale)), ("block", maps)])
    return try SkipConnection(.add, [("", scaled), ("", StochasticDepth(dropRate))])
  }

  /// A norm over the channels of pictures, whose names are those of the norm itself.
  private func norm(_ width: Int) throws(Diagnostic) -> any Layer {
    try Chain([("", Permute([0, 2, 3, 1])), ("", LayerNorm([width], eps: 1e-6)), ("", Permute([0, 3, 1, 2]))])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    model("convnext_tiny", ConvNeXt([96, 192, 384, 768], [3, 3, 9, 3])),
    model("convnext_small", ConvNeXt([96, 192, 384, 768], [3, 3, 27, 3], dropPath: 0.4)),
    model("convnext_base", ConvNeXt([128, 256, 512, 1024], [3, 3, 27, 3], dropPath: 0.5)),
    model("convnext_large", ConvNeXt([192, 384, 768, 1536], [3, 3, 27, 3], dropPath: 0.5)),
    model("convnext_xlarge", ConvNeXt([256, 512, 1024, 2048], [3, 3, 27, 3], dropPath: 0.5)),
  ]

  private static func model(_ name: String, _ network: ConvNeXt) -> ModelDescriptor {
    let family = ModelFamily(
      "ConvNeXt", "Liu et al., A ConvNet for the 2020s, 2022", recipe: "torchvision-convnext",
      parameters: [
        .init("drop_path", .number(network.dropPath), "how often the last block is left out in training"),
        .init("layer_scale", .number(1e-6), "what the factors of residual branches begin with"),
      ])
    return ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      var network = network
      network.dropPath = try settings.rate("drop_path")
      network.layerScale = try settings.rate("layer_scale")
      return try network.build(try settings.options)
    }
  }
}
