import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Channels scaled by what the means of all channels say (Hu, Shen, Sun, "Squeeze-and-excitation networks", 2018).
public enum SqueezeExcitation {
  /// A block with the names `fc1` and `fc2`, as torchvision has it.
  public static func build(
    _ channels: Int, squeezed: Int, activation: Activation.Function = .relu, gate: Activation.Function = .sigmoid
  ) throws(Diagnostic) -> any Layer {
    try SkipConnection(
      .multiply,
      [
        ("", Pool(.mean, output: [1, 1])), ("fc1", Conv(in: channels, out: squeezed, kernel: [1, 1])),
        ("", Activation(activation)), ("fc2", Conv(in: squeezed, out: channels, kernel: [1, 1])),
        ("", Activation(gate)),
      ])
  }

  /// A block whose squeezed channels are a part of all, a multiple of 8.
  public static func hook(reduction: Int = 16) -> LayerHook {
    { (channels) throws(Diagnostic) in
      try build(channels, squeezed: Channels.divisible(Double(channels / reduction)))
    }
  }
}
