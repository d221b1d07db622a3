import Diagnostics
import Functors
import Initializers
import Layers

/// What the stages of a residual network are made of.
public enum ResidualBlock: Sendable, Equatable {
  /// Two 3×3 convolutions.
  case basic
  /// 1×1, 3×3 in `groups`, 1×1 with four times the channels; `width` channels for each group of 64 planes.
  case bottleneck(groups: Int = 1, width: Int = 64)

  /// Channels out of a block for each of its planes.
  public var expansion: Int { self == .basic ? 1 : 4 }

  /// A block: what is computed, beside the input or what makes the input fit; their sum; the activation.
  func build(in inputs: Int, planes: Int, stride: Int, _ network: ResNet) throws(Diagnostic) -> Chain {
    let outputs = planes * expansion
    var residual = try convolutions(inputs, planes, stride, network)
    if let attention = network.attention { residual.append(("attention", try attention(outputs))) }
    let fits = inputs == outputs && stride == 1
    let shortcut: any Layer =
      fits ? PassThrough() : Chain(ConvNorm.conv(inputs, outputs, 1, stride: stride), try network.norm(outputs))
    let sum = try Parallel(.add, [("", try Chain(residual)), (fits ? "" : "downsample", shortcut)])
    return try Chain([("", sum), ("", Activation(network.activation))])
  }

  private func convolutions(
    _ inputs: Int, _ planes: Int, _ stride: Int, _ network: ResNet
  ) throws(Diagnostic) -> [(Key, any Node)] {
    let act = Activation(network.activation)
    switch self {
    case .basic:
      return [
        ("conv1", ConvNorm.conv(inputs, planes, 3, stride: stride)), ("bn1", try network.norm(planes)), ("", act),
        ("conv2", ConvNorm.conv(planes, planes, 3)), ("bn2", try network.norm(planes)),
      ]
    case .bottleneck(let groups, let width):
      let inner = planes * width / 64 * groups
      return [
        ("conv1", ConvNorm.conv(inputs, inner, 1)), ("bn1", try network.norm(inner)), ("", act),
        ("conv2", ConvNorm.conv(inner, inner, 3, stride: stride, groups: groups)), ("bn2", try network.norm(inner)),
        ("", act), ("conv3", ConvNorm.conv(inner, planes * 4, 1)), ("bn3", try network.norm(planes * 4)),
      ]
    }
  }
}

/// Convolutions that a norm follows: square, padded to keep the size, without an offset.
enum ConvNorm {
  static func conv(_ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1) -> Conv {
    Conv(
      in: inputs, out: outputs, kernel: [kernel, kernel], stride: [stride, stride],
      padding: [kernel / 2, kernel / 2], groups: groups, bias: false)
  }
}
