import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Trockman, Kolter, "Patches are all you need?", 2022, as Metalhead has it: without offsets.
public enum ConvMixer {
  /// The network as a chain: `stem`, `blocks`, `head`.
  public static func build(
    _ width: Int, depth: Int, kernel: Int, patch: Int = 7, _ options: ModelOptions = ModelOptions()
  ) throws(Diagnostic) -> Chain {
    let stem = Chain(
      Conv(in: options.channels, out: width, kernel: [patch, patch], stride: [patch, patch], bias: false),
      Activation(.gelu), BatchNorm(width))
    var blocks: [any Layer] = []
    for _ in 0..<depth {
      let spatial = try SkipConnection(
        .add,
        [
          ("0", ConvNorm.conv(width, width, kernel, groups: width)), ("", Activation(.gelu)), ("2", BatchNorm(width)),
        ])
      blocks.append(
        Chain(spatial, ConvNorm.conv(width, width, 1), Activation(.gelu), BatchNorm(width)))
    }
    return try Chain(
      [("stem", stem), ("blocks", try Numbered.chain(blocks))] + Head.pooled + [
        ("head", Dense(in: width, out: options.classes))
      ])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    ("convmixer_base", (1536, 20, 9)), ("convmixer_small", (768, 32, 7)), ("convmixer_large", (1024, 20, 9)),
  ].map { name, sizes in
    ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      try ConvMixer.build(sizes.0, depth: sizes.1, kernel: sizes.2, try settings.options)
    }
  }

  private static let family = ModelFamily(
    "ConvMixer", "Trockman, Kolter, Patches are all you need?, 2022", recipe: "torch")
}
