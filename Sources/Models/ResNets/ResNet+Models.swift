import CallText
import Diagnostics
import Initializers
import Layers

extension ResNet {
  /// The named configurations.
  static let models: [ModelDescriptor] =
    [
      model("resnet18", small[18], .basic), model("resnet34", small[34], .basic),
      model("resnet50", large[50], .bottleneck()), model("resnet101", large[101], .bottleneck()),
      model("resnet152", large[152], .bottleneck()),
      model("resnext50_32x4d", large[50], .bottleneck(groups: 32, width: 4)),
      model("resnext101_32x8d", large[101], .bottleneck(groups: 32, width: 8)),
      model("resnext101_64x4d", large[101], .bottleneck(groups: 64, width: 4)),
      model("wide_resnet50_2", large[50], .bottleneck(width: 128)),
      model("wide_resnet101_2", large[101], .bottleneck(width: 128)),
      model("seresnet18", small[18], .basic, isSqueezed: true),
      model("seresnet34", small[34], .basic, isSqueezed: true),
    ]
    + [50, 101, 152].flatMap { depth in
      [
        model("seresnet\(depth)", large[depth], .bottleneck(), isSqueezed: true),
        model("seresnext\(depth)_32x4d", large[depth], .bottleneck(groups: 32, width: 4), isSqueezed: true),
        model("res2net\(depth)_26w_4s", large[depth], .bottle2neck()),
        model("res2next\(depth)", large[depth], .bottle2neck(groups: 8, width: 4)),
      ]
    }
    + [(48, 2), (14, 8), (26, 6), (26, 8)].map { width, scale in
      model("res2net50_\(width)w_\(scale)s", large[50], .bottle2neck(width: width, scale: scale))
    }

  private static let small = [18: [2, 2, 2, 2], 34: [3, 4, 6, 3]]
  private static let large = [50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]]

  private static func family(attention: String) -> ModelFamily {
    ModelFamily(
      "ResNet", "He et al., Deep residual learning for image recognition, 2016", recipe: "torchvision-resnet",
      parameters: [
        .init(
          "attention", .word(attention),
          "a layer of as many channels before each sum, by name: squeeze_excitation, a plugin's, or none"),
        .init("norm", .word("BatchNorm"), "the norm, a layer of that many channels"),
        .init("activation", .word("relu"), "what follows norms and sums"),
        .init("stem", .word("standard"), "the layers before the blocks: standard or deep"),
        .init("downsample", .word("convolution"), "what makes a block's input fit: convolution or pooled"),
        .init("drop_path", .number(0), "how often the last block is left out in training"),
      ])
  }

  private enum StemName: String, CaseIterable { case standard, deep }
  private enum DownsampleName: String, CaseIterable { case convolution, pooled }

  private static func model(
    _ name: String, _ depths: [Int]?, _ block: ResidualBlock, isSqueezed: Bool = false
  ) -> ModelDescriptor {
    ModelDescriptor(name, family(attention: isSqueezed ? "squeeze_excitation" : "none")) {
      (settings) throws(Diagnostic) in
      var network = ResNet(depths ?? [], block)
      network.hooks = try hooks(settings)
      return try network.build(try settings.options)
    }
  }

  private static func hooks(_ settings: ModelSettings) throws(Diagnostic) -> ResidualHooks {
    var hooks = ResidualHooks()
    let isBuiltIn = try settings.text("attention") == "squeeze_excitation"
    hooks.attention = isBuiltIn ? SqueezeExcitation.hook() : try settings.hook("attention")
    if let norm = try settings.hook("norm") { hooks.norm = norm }
    hooks.activation = try settings.word("activation")
    hooks.dropPath = try settings.rate("drop_path")
    let (stem, downsample): (StemName, DownsampleName) = (try settings.word("stem"), try settings.word("downsample"))
    hooks.stem = stem == .deep ? ResidualStem.deep : ResidualStem.standard
    hooks.downsample = downsample == .pooled ? Shortcut.pooled : Shortcut.convolution
    return hooks
  }
}
