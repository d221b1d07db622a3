import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Networks of maps over places and over channels: MLP-Mixer (Tolstikhin et al., 2021), ResMLP (Touvron et al.,
/// 2021), gMLP (Liu et al., "Pay attention to MLPs", 2021).
public struct Mixer: Sendable {
  /// How a block mixes places.
  public enum Style: String, Sendable, CaseIterable {
    /// Two maps of the places.
    case mixer
    /// One map of the places; affine layers in place of norms, and scaled branches.
    case resmlp
    /// A gate of the places, which begins as the identity.
    case gmlp
  }
  /// How a block mixes places.
  public var style: Style
  /// The size of the vectors.
  public var size: Int
  /// The number of blocks.
  public var depth: Int
  /// The side of a patch.
  public var patch = 16

  /// A network of those sizes.
  public init(_ style: Style, size: Int, depth: Int) { (self.style, self.size, self.depth) = (style, size, depth) }

  /// The network as a chain: `stem`, `blocks`, `norm`, `head`.
  /// - Parameter imageSize: the side of the pictures; maps over places are of their patches.
  public func build(_ options: ModelOptions = ModelOptions(), imageSize: Int = 224) throws(Diagnostic) -> Chain {
    guard imageSize % patch == 0 else {
      throw Diagnostic(
        .layerMisfit, "patches do not divide the pictures", expected: "a multiple of \(patch)", found: "\(imageSize)")
    }
    let places = (imageSize / patch) * (imageSize / patch)
    var blocks: [any Layer] = []
    for _ in 0..<depth { blocks.append(try block(places)) }
    let proj = Conv(in: options.channels, out: size, kernel: [patch, patch], stride: [patch, patch])
    return try Chain([
      ("stem", try Chain([("proj", proj)])), ("", Flatten(from: 2)), ("", Permute([0, 2, 1])),
      ("blocks", try Numbered.chain(blocks)), ("norm", LayerNorm([size])), ("", Permute([0, 2, 1])),
      ("", Pool(.mean, output: [1])), ("", Flatten()), ("head", Dense(in: size, out: options.classes)),
    ])
  }

  private func block(_ places: Int) throws(Diagnostic) -> Chain {
    switch style {
    case .mixer:
      return try residuals([
        [("norm1", LayerNorm([size])), ("mlp_tokens", try acrossPlaces(mlp(places, size / 2)))],
        [("norm2", LayerNorm([size])), ("mlp_channels", try mlp(size, 4 * size))],
      ])
    case .resmlp:
      return try residuals([
        [
          ("norm1", Scale([size])), ("linear_tokens", try acrossPlaces(Dense(in: places, out: places))),
          ("ls1", LayerScale([size], value: 1e-4)),
        ],
        [
          ("norm2", Scale([size])), ("mlp_channels", try mlp(size, 4 * size)),
          ("ls2", LayerScale([size], value: 1e-4)),
        ],
      ])
    case .gmlp:
      let maps = try Chain([
        ("fc1", Dense(in: size, out: 4 * size)), ("", Activation(.gelu)), ("gate", try gate(places)),
        ("fc2", Dense(in: 2 * size, out: size)),
      ])
      return try residuals([[("norm", LayerNorm([size])), ("mlp_channels", maps)]])
    }
  }

  private func residuals(_ branches: [[(PathKey, any Node)]]) throws(Diagnostic) -> Chain {
    var layers: [(PathKey, any Node)] = []
    for branch in branches { layers.append(("", try SkipConnection(.add, branch))) }
    return try Chain(layers)
  }

  private func mlp(_ size: Int, _ hidden: Int) throws(Diagnostic) -> Chain {
    try Chain([
      ("fc1", Dense(in: size, out: hidden)), ("", Activation(.gelu)), ("fc2", Dense(in: hidden, out: size)),
    ])
  }

  private func acrossPlaces(_ layer: any Layer) throws(Diagnostic) -> Chain {
    try Chain([("", Permute([0, 2, 1])), ("", layer), ("", Permute([0, 2, 1]))])
  }

  /// Half of the channels times a map of the other half over the places.
  private func gate(_ places: Int) throws(Diagnostic) -> Chain {
    let half = try Chain([
      ("norm", LayerNorm([2 * size])), ("proj", try acrossPlaces(SpatialGate(places))),
    ])
    return try Chain([("", Chunk(2, axis: -1)), ("", try Join(.multiply, [("", PassThrough()), ("", half)]))])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [("mlp_mixer", Style.mixer), ("resmlp", .resmlp), ("gmlp", .gmlp)]
    .flatMap { name, style in
      [("s", 512, 8), ("b", 768, 12), ("l", 1024, 24), ("h", 1280, 32)].map { size, width, depth in
        model("\(name)_\(size)", Mixer(style, size: width, depth: depth))
      }
    }

  private static func model(_ name: String, _ network: Mixer) -> ModelDescriptor {
    let family = ModelFamily(
      "Mixer", "Tolstikhin et al., MLP-Mixer, 2021; Touvron et al., ResMLP, 2021; Liu et al., gMLP, 2021",
      recipe: "torch", parameters: [.imageSize])
    return ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      try network.build(try settings.options, imageSize: try settings.size("image_size"))
    }
  }
}
