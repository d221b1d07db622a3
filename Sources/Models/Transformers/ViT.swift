import Diagnostics
import Functors
import Initializers
import Layers

/// Vision transformers: Dosovitskiy et al., "An image is worth 16x16 words", 2021.
public struct ViT: Sendable {
  /// The side of a patch.
  public var patch: Int
  /// The size of the vectors.
  public var size: Int
  /// The number of encoder layers.
  public var depth: Int
  /// The heads of each attention.
  public var heads: Int
  /// The size between the two maps of a layer, in sizes.
  public var mlpRatio = 4.0

  /// A transformer of those sizes.
  public init(patch: Int, size: Int, depth: Int, heads: Int) {
    (self.patch, self.size, self.depth, self.heads) = (patch, size, depth, heads)
  }

  /// The network as a chain: `class_token`, `conv_proj`, `encoder`, `heads`.
  /// - Parameter imageSize: the side of the pictures; its patches have an embedding each.
  public func build(_ options: ModelOptions = ModelOptions(), imageSize: Int = 224) throws(Diagnostic) -> Chain {
    guard imageSize % patch == 0 else {
      throw Diagnostic(
        .layerMisfit, "patches do not divide the pictures", expected: "a multiple of \(patch)", found: "\(imageSize)")
    }
    let places = (imageSize / patch) * (imageSize / patch) + 1
    let tokens = try Compose([
      ("class_token", ClassToken(size)),
      (
        "",
        try Chain([
          (
            "conv_proj",
            Conv(in: options.channels, out: size, kernel: [patch, patch], stride: [patch, patch])
          ), ("", Flatten(from: 2)), ("", Permute([0, 2, 1])),
        ])
      ),
    ])
    return try Chain([
      ("", tokens), ("encoder", try encoder(places)), ("", Take()),
      ("heads", try Chain([("head", Dense(in: size, out: options.classes))])),
    ])
  }

  private func encoder(_ places: Int) throws(Diagnostic) -> Chain {
    var layers: [(PathKey, any Node)] = []
    for index in 0..<depth { layers.append((PathKey("encoder_layer_\(index)"), try layer())) }
    return try Chain([
      ("pos_embedding", PositionEmbedding(places, size: size)), ("layers", try Chain(layers)), ("ln", norm),
    ])
  }

  private var norm: LayerNorm { LayerNorm([size], eps: 1e-6) }

  private func layer() throws(Diagnostic) -> Chain {
    let attention = try SkipConnection(
      .add, [("ln_1", norm), ("self_attention", MultiHeadAttention(size, heads: heads, batchFirst: true))])
    let hidden = Int(clamping: Double(size) * mlpRatio)
    let mlp = try Chain([
      ("0", Dense(in: size, out: hidden)), ("1", Activation(.gelu)), ("3", Dense(in: hidden, out: size)),
    ])
    return try Chain([("", attention), ("", try SkipConnection(.add, [("ln_2", norm), ("mlp", mlp)]))])
  }

  /// The named configurations; those that torchvision lacks are timm's.
  static let models: [ModelDescriptor] = [
    model("vit_b_16", ViT(patch: 16, size: 768, depth: 12, heads: 12)),
    model("vit_b_32", ViT(patch: 32, size: 768, depth: 12, heads: 12)),
    model("vit_l_16", ViT(patch: 16, size: 1024, depth: 24, heads: 16)),
    model("vit_l_32", ViT(patch: 32, size: 1024, depth: 24, heads: 16)),
    model("vit_h_14", ViT(patch: 14, size: 1280, depth: 32, heads: 16)),
    model("vit_ti_16", ViT(patch: 16, size: 192, depth: 12, heads: 3)),
    model("vit_s_16", ViT(patch: 16, size: 384, depth: 12, heads: 6)),
  ]

  private static let family = ModelFamily(
    "ViT", "Dosovitskiy et al., An image is worth 16x16 words, 2021", recipe: "torchvision-vit",
    parameters: [.imageSize])

  private static func model(_ name: String, _ network: ViT) -> ModelDescriptor {
    ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      try network.build(try settings.options, imageSize: try settings.size("image_size"))
    }
  }
}
