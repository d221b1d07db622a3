import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// What all Inception networks are made of.
enum Inception {
  /// A convolution, its norm and a rectifier, named `conv` and `bn`.
  static func conv(
    _ inputs: Int, _ outputs: Int, _ kernel: [Int], stride: Int = 1, padding: [Int] = [0, 0]
  ) throws(Diagnostic) -> Chain {
    try Chain([
      (
        "conv",
        Conv(in: inputs, out: outputs, kernel: kernel, stride: [stride, stride], padding: padding, bias: false)
      ), ("bn", BatchNorm(outputs, eps: 0.001)), ("", Activation(.relu)),
    ])
  }

  /// The same with a square kernel.
  static func conv(
    _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0
  ) throws(Diagnostic) -> Chain {
    try conv(inputs, outputs, [kernel, kernel], stride: stride, padding: [padding, padding])
  }

  /// Branches side by side, their channels one after the other.
  static func mixed(_ branches: [(PathKey, any Node)]) throws(Diagnostic) -> any Layer {
    try Parallel(.concatenate(axis: 1), branches)
  }

  /// The mean of 3×3 places around each.
  static let mean = Pool(.mean, kernel: [3, 3], stride: [1, 1], padding: [1, 1])
  /// The largest of 3×3 places, every second one.
  static let halved = Pool(.max, kernel: [3, 3], stride: [2, 2])
}
