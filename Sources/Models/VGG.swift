import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015.
public struct VGG: Sendable {
  /// The convolutions of each of the five stages.
  public var depths: [Int]
  /// Whether a norm follows each convolution.
  public var hasNorm = false

  /// A network of that many convolutions in each stage.
  public init(_ depths: [Int], norm: Bool = false) { (self.depths, hasNorm) = (depths, norm) }

  /// The network as a chain: `features` and `classifier`, numbered as in torchvision.
  public func build(_ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    var features: [any Layer] = []
    var channels = options.channels
    for (depth, outputs) in zip(depths, [64, 128, 256, 512, 512]) {
      for _ in 0..<depth {
        features.append(Conv(in: channels, out: outputs, kernel: [3, 3], padding: [1, 1]))
        if hasNorm { features.append(BatchNorm(outputs)) }
        features.append(Activation(.relu))
        channels = outputs
      }
      features.append(Pool(.max, kernel: [2, 2]))
    }
    let classifier = Chain(
      Dense(in: channels * 49, out: 4096), Activation(.relu), Dropout(0.5), Dense(in: 4096, out: 4096),
      Activation(.relu), Dropout(0.5), Dense(in: 4096, out: options.classes))
    return try Chain([
      ("features", try Numbered.chain(features)), ("", Pool(.mean, output: [7, 7])), ("", Flatten()),
      ("classifier", classifier),
    ])
  }

  /// The named configurations, with and without norms.
  static let models: [ModelDescriptor] = [
    ("vgg11", [1, 1, 2, 2, 2]), ("vgg13", [2, 2, 2, 2, 2]), ("vgg16", [2, 2, 3, 3, 3]), ("vgg19", [2, 2, 4, 4, 4]),
  ].flatMap { name, depths in [(name, depths, false), (name + "_bn", depths, true)] }.map { name, depths, norm in
    ModelDescriptor(name, family) { (settings) throws(Diagnostic) in
      try VGG(depths, norm: norm).build(try settings.options)
    }
  }

  private static let family = ModelFamily(
    "VGG", "Simonyan, Zisserman, Very deep convolutional networks, 2015", recipe: "torchvision-vgg")
}
