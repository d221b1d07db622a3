import Diagnostics
import Functors
import Initializers
import Layers

/// Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014: one tower, without
/// normalization, as torchvision has it.
public enum AlexNet {
  /// The network as a chain: `features` and `classifier`.
  public static func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let features = Chain(
      Conv(in: options.channels, out: 64, kernel: [11, 11], stride: [4, 4], padding: [2, 2]), Activation(.relu),
      Pool(.max, kernel: [3, 3], stride: [2, 2]), Conv(in: 64, out: 192, kernel: [5, 5], padding: [2, 2]),
      Activation(.relu), Pool(.max, kernel: [3, 3], stride: [2, 2]),
      Conv(in: 192, out: 384, kernel: [3, 3], padding: [1, 1]), Activation(.relu),
      Conv(in: 384, out: 256, kernel: [3, 3], padding: [1, 1]), Activation(.relu),
      Conv(in: 256, out: 256, kernel: [3, 3], padding: [1, 1]), Activation(.relu),
      Pool(.max, kernel: [3, 3], stride: [2, 2]))
    let classifier = Chain(
      Dropout(0.5), Dense(in: 256 * 36, out: 4096), Activation(.relu), Dropout(0.5), Dense(in: 4096, out: 4096),
      Activation(.relu), Dense(in: 4096, out: options.classes))
    return try Chain([
      ("features", features), ("", Pool(.mean, output: [6, 6])), ("", Flatten()), ("classifier", classifier),
    ])
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor("alexnet", ModelFamily("AlexNet", "Krizhevsky, One weird trick, 2014", recipe: "torch")) {
      (settings) throws(Diagnostic) in try AlexNet.build(try settings.options)
    }
  ]
}
