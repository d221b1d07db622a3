import Diagnostics
import Functors
import Initializers
import Layers

/// Residual networks: He et al., "Deep residual learning for image recognition", 2016; ResNeXt: Xie et al., 2017;
/// wide ones: Zagoruyko, Komodakis, 2016; with squeeze-and-excitation: Hu et al., 2018; Res2Net: Gao et al., 2019.
///
/// Names are those of torchvision's state dicts; the stride of a bottleneck is in its 3×3 convolution, as there.
public struct ResNet: Sendable {
  /// The blocks of each of the four stages.
  public var depths: [Int]
  /// What a stage is made of.
  public var block: ResidualBlock
  /// What is put in place of what is there.
  public var hooks = ResidualHooks()
  /// The channels of the stem.
  public var stem = 64

  /// A network of that many blocks in each stage.
  public init(_ depths: [Int], _ block: ResidualBlock) { (self.depths, self.block) = (depths, block) }

  /// The network as a chain: `conv1`, `bn1`, `layer1` … `layer4`, `fc`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let features = try backbone(options)
    let outputs = (64 << (depths.count - 1)) * block.expansion
    return try Chain(features + Head.pooled + [("fc", Dense(in: outputs, out: options.classes))])
  }

  /// The layers before the classifier, one stage after the other.
  public func backbone(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> [(PathKey, any Node)] {
    var layers = try hooks.stem(options.channels, stem, hooks)
    var channels = stem
    for (stage, depth) in depths.enumerated() {
      layers.append((PathKey("layer\(stage + 1)"), try self.stage(stage, depth, &channels)))
    }
    return layers
  }

  private func stage(_ stage: Int, _ depth: Int, _ channels: inout Int) throws(Diagnostic) -> Chain {
    let before = depths[..<stage].reduce(0, +)
    let last = max(1, depths.reduce(0, +) - 1)
    var blocks: [(PathKey, any Node)] = []
    for index in 0..<depth {
      let place = ResidualBlock.Place(
        inputs: channels, planes: 64 << stage, stride: index == 0 && stage > 0 ? 2 : 1, isFirst: index == 0,
        dropRate: hooks.dropPath * Double(before + index) / Double(last))
      blocks.append((PathKey("\(index)"), try block.build(place, hooks)))
      channels = (64 << stage) * block.expansion
    }
    return try Chain(blocks)
  }
}
