import Diagnostics
import Functors
import Initializers
import Layers

/// Residual networks: He et al., "Deep residual learning for image recognition", 2016; ResNeXt: Xie et al., 2017;
/// wide ones: Zagoruyko, Komodakis, 2016.
///
/// Names are those of torchvision's state dicts; the stride of a bottleneck is in its 3×3 convolution, as there.
public struct ResNet: Sendable {
  /// The blocks of each of the four stages.
  public var depths: [Int]
  /// What a stage is made of.
  public var block: ResidualBlock
  /// Makes the norm of that many channels.
  public var norm: @Sendable (Int) throws(Diagnostic) -> any Layer = { BatchNorm($0) }
  /// What follows each norm, and each sum.
  public var activation = Activation.Function.relu
  /// Makes what a block's result goes through before the sum, of that many channels; nil for nothing.
  public var attention: (@Sendable (Int) throws(Diagnostic) -> any Layer)?
  /// The channels of the stem.
  public var stem = 64

  /// A network of that many blocks in each stage.
  public init(_ depths: [Int], _ block: ResidualBlock) { (self.depths, self.block) = (depths, block) }

  /// The network as a chain: `conv1`, `bn1`, `layer1` … `layer4`, `fc`.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var layers: [(Key, any Node)] = [
      ("conv1", Conv(in: options.channels, out: stem, kernel: [7, 7], stride: [2, 2], padding: [3, 3], bias: false)),
      ("bn1", try norm(stem)), ("", Activation(activation)),
      ("", Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])),
    ]
    var channels = stem
    for (stage, depth) in depths.enumerated() {
      layers.append((Key("layer\(stage + 1)"), try self.stage(stage, depth, &channels)))
    }
    layers += [("", Pool(.mean, output: [1, 1])), ("", Flatten()), ("fc", Dense(in: channels, out: options.classes))]
    return try Chain(layers)
  }

  private func stage(_ stage: Int, _ depth: Int, _ channels: inout Int) throws(Diagnostic) -> Chain {
    var blocks: [(Key, any Node)] = []
    for index in 0..<depth {
      let stride = index == 0 && stage > 0 ? 2 : 1
      blocks.append((Key("\(index)"), try block.build(in: channels, planes: 64 << stage, stride: stride, self)))
      channels = (64 << stage) * block.expansion
    }
    return try Chain(blocks)
  }

  /// The named configurations.
  static let models: [ModelDescriptor] = [
    model("resnet18", [2, 2, 2, 2], .basic), model("resnet34", [3, 4, 6, 3], .basic),
    model("resnet50", [3, 4, 6, 3], .bottleneck()), model("resnet101", [3, 4, 23, 3], .bottleneck()),
    model("resnet152", [3, 8, 36, 3], .bottleneck()),
    model("resnext50_32x4d", [3, 4, 6, 3], .bottleneck(groups: 32, width: 4)),
    model("resnext101_32x8d", [3, 4, 23, 3], .bottleneck(groups: 32, width: 8)),
    model("resnext101_64x4d", [3, 4, 23, 3], .bottleneck(groups: 64, width: 4)),
    model("wide_resnet50_2", [3, 4, 6, 3], .bottleneck(width: 128)),
    model("wide_resnet101_2", [3, 4, 23, 3], .bottleneck(width: 128)),
  ]

  private static func model(_ name: String, _ depths: [Int], _ block: ResidualBlock) -> ModelDescriptor {
    ModelDescriptor(
      name: name, family: "ResNet", reference: "He et al., Deep residual learning for image recognition, 2016"
    ) { (options) throws(Diagnostic) in try ResNet(depths, block).build(options) }
  }
}
