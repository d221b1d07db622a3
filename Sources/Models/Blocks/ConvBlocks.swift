import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Makes a layer of that many channels: a norm, an attention.
public typealias LayerHook = @Sendable (Int) throws(Diagnostic) -> any Layer

/// Convolutions that a norm follows: square, padded to keep the size, without an offset.
enum ConvNorm {
  static func conv(_ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1) -> Conv {
    Conv(
      in: inputs, out: outputs, kernel: [kernel, kernel], stride: [stride, stride],
      padding: [kernel / 2, kernel / 2], groups: groups, bias: false)
  }
}

/// Convolution, norm and activation, as one family of models has them.
struct ConvBlock {
  /// The norm of that many channels.
  var norm: LayerHook = { BatchNorm($0) }
  /// What follows the norm.
  var activation: Activation.Function = .relu

  /// With the names `0` and `1`, as torchvision's `Conv2dNormActivation`.
  func numbered(
    _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1, activated: Bool = true
  ) throws(Diagnostic) -> Chain {
    let conv = ConvNorm.conv(inputs, outputs, kernel, stride: stride, groups: groups)
    var layers: [(PathKey, any Node)] = [("0", conv), ("1", try norm(outputs))]
    if activated { layers.append(("2", Activation(activation))) }
    return try Chain(layers)
  }

  /// Convolution, norm and activation as a list, for numbering with others.
  func flat(
    _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1, activated: Bool = true
  ) throws(Diagnostic) -> [any Layer] {
    let conv = ConvNorm.conv(inputs, outputs, kernel, stride: stride, groups: groups)
    return [conv, try norm(outputs)] + (activated ? [Activation(activation)] : [])
  }
}

/// Chains of layers that are named by their positions.
enum Numbered {
  static func chain(_ layers: [any Layer]) throws(Diagnostic) -> Chain {
    try Chain(layers.enumerated().map { (PathKey("\($0)"), $1) })
  }
}

/// What stands behind the features of most classifiers.
enum Head {
  /// The mean over all places, flat.
  static let pooled: [(PathKey, any Node)] = [("", Pool(.mean, output: [1, 1])), ("", Flatten())]
}

/// Numbers of channels.
enum Channels {
  /// The multiple of the divisor that is nearest, and at least nine tenths of the number (Sandler et al., 2018).
  static func divisible(_ number: Double, by divisor: Int = 8) -> Int {
    let rounded = max(divisor, Int(clamping: number + Double(divisor) / 2) / divisor * divisor)
    return Double(rounded) < 0.9 * number ? rounded + divisor : rounded
  }
}
