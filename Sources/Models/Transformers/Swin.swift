import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Liu et al., "Swin transformer: hierarchical vision transformer using shifted windows", 2021.
public struct Swin: Sendable {
  /// The size of the vectors in the first stage; each further stage doubles it.
  public var size: Int
  /// The blocks of each stage.
  public var depths: [Int]
  /// The heads of each stage.
  public var heads: [Int]
  /// The side of a window.
  public var window = 7
  /// How often the last block is left out in training; for those before it, less and less.
  public var dropPath = 0.2

  /// A transformer of those sizes.
  public init(_ size: Int, _ depths: [Int], heads: [Int], dropPath: Double = 0.2) {
    (self.size, self.depths, self.heads, self.dropPath) = (size, depths, heads, dropPath)
  }

  /// The network as a chain: `features`, `norm`, `head`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var features: [any Layer] = [
      Chain(
        Conv(in: options.channels, out: size, kernel: [4, 4], stride: [4, 4]), Permute([0, 2, 3, 1]),
        LayerNorm([size]))
    ]
    for (stage, depth) in depths.enumerated() {
      features.append(try self.stage(stage, depth))
      if stage < depths.count - 1 { features.append(try merging(size << stage)) }
    }
    let last = size << (depths.count - 1)
    return try Chain(
      [("features", try Numbered.chain(features)), ("norm", LayerNorm([last])), ("", Permute([0, 3, 1, 2]))]
        + Head.pooled + [("head", Dense(in: last, out: options.classes))])
  }

  private func stage(_ stage: Int, _ depth: Int) throws(Diagnostic) -> Chain {
    let (before, all) = (depths[..<stage].reduce(0, +), depths.reduce(0, +))
    var blocks: [any Layer] = []
    for index in 0..<depth {
      let rate = dropPath * Double(before + index) / Double(max(1, all - 1))
      blocks.append(try block(size << stage, heads[stage], shift: index % 2 == 0 ? 0 : window / 2, dropRate: rate))
    }
    return try Numbered.chain(blocks)
  }

  private func block(_ size: Int, _ heads: Int, shift: Int, dropRate: Double) throws(Diagnostic) -> Chain {
    let drop = StochasticDepth(dropRate)
    let attention = WindowAttention(size, heads: heads, window: window, shift: shift)
    let mlp = try Chain([
      ("0", Dense(in: size, out: 4 * size)), ("1", Activation(.gelu)), ("3", Dense(in: 4 * size, out: size)),
    ])
    return try Chain([
      ("", try SkipConnection(.add, [("norm1", LayerNorm([size])), ("attn", attention), ("", drop)])),
      ("", try SkipConnection(.add, [("norm2", LayerNorm([size])), ("mlp", mlp), ("", drop)])),
    ])
  }

  /// Half of the places, twice the size.
  private func merging(_ size: Int) throws(Diagnostic) -> any Layer {
    try Compose([
      ("reduction", Dense(in: 4 * size, out: 2 * size, bias: false)), ("norm", LayerNorm([4 * size])),
      ("", PatchMerge()),
    ])
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    ("swin_t", Swin(96, [2, 2, 6, 2], heads: [3, 6, 12, 24])),
    ("swin_s", Swin(96, [2, 2, 18, 2], heads: [3, 6, 12, 24], dropPath: 0.3)),
    ("swin_b", Swin(128, [2, 2, 18, 2], heads: [4, 8, 16, 32], dropPath: 0.5)),
  ].map { name, network in
    ModelDescriptor(name, family) { (settings) throws(Diagnostic) in try network.build(try settings.options) }
  }

  private static let family = ModelFamily(
    "Swin", "Liu et al., Swin transformer, 2021", recipe: "torchvision-swin")
}
