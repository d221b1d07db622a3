import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Szegedy et al., "Going deeper with convolutions", 2015, as torchvision has it: with batch norms, and with 3×3
/// kernels where the paper has 5×5.
public enum GoogLeNet {
  /// The network as a chain: `conv1` … `conv3`, `inception3a` … `inception5b`, `fc`.
  public static func build(
    _ options: ModelOptions = ModelOptions(), auxLogits: Bool = false
  ) throws(Diagnostic) -> Chain {
    let pool = Pool(.max, kernel: [3, 3], stride: [2, 2], ceilMode: true)
    var layers: [(PathKey, any Node)] = [
      ("conv1", try Inception.conv(options.channels, 64, 7, stride: 2, padding: 3)), ("", pool),
      ("conv2", try Inception.conv(64, 64, 1)), ("conv3", try Inception.conv(64, 192, 3, padding: 1)), ("", pool),
    ]
    var inputs = 192
    for (name, sizes) in table {
      layers.append((PathKey("inception\(name)"), try block(inputs, sizes)))
      inputs = sizes[0] + sizes[2] + sizes[4] + sizes[5]
      if name == "3b" { layers.append(("", pool)) }
      if name == "4e" { layers.append(("", Pool(.max, kernel: [2, 2], stride: [2, 2], ceilMode: true))) }
    }
    if auxLogits {
      layers.append(("aux1", try Auxiliary(auxiliary(512, options.classes))))
      layers.append(("aux2", try Auxiliary(auxiliary(528, options.classes))))
    }
    return try Chain(layers + Head.pooled + [("", Dropout(0.2)), ("fc", Dense(in: inputs, out: options.classes))])
  }

  /// Channels of the branches: 1×1; 3×3 reduced and full; the next one reduced and full; behind the pool.
  private static let table: [(String, [Int])] = [
    ("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64]), ("4a", [192, 96, 208, 16, 48, 64]),
    ("4b", [160, 112, 224, 24, 64, 64]), ("4c", [128, 128, 256, 24, 64, 64]), ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]), ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
  ]

  private static func block(_ inputs: Int, _ sizes: [Int]) throws(Diagnostic) -> any Layer {
    let pool = Pool(.max, kernel: [3, 3], stride: [1, 1], padding: [1, 1], ceilMode: true)
    return try Inception.mixed([
      ("branch1", try Inception.conv(inputs, sizes[0], 1)),
      (
        "branch2",
        Chain(try Inception.conv(inputs, sizes[1], 1), try Inception.conv(sizes[1], sizes[2], 3, padding: 1))
      ),
      (
        "branch3",
        Chain(try Inception.conv(inputs, sizes[3], 1), try Inception.conv(sizes[3], sizes[4], 3, padding: 1))
      ), ("branch4", Chain(pool, try Inception.conv(inputs, sizes[5], 1))),
    ])
  }

  private static func auxiliary(_ inputs: Int, _ classes: Int) throws(Diagnostic) -> [(PathKey, any Node)] {
    [
      ("", Pool(.mean, output: [4, 4])), ("conv", try Inception.conv(inputs, 128, 1)), ("", Flatten()),
      ("fc1", Dense(in: 2048, out: 1024)), ("", Activation(.relu)), ("", Dropout(0.7)),
      ("fc2", Dense(in: 1024, out: classes)),
    ]
  }

  /// The one configuration.
  static let models = [
    ModelDescriptor(
      "googlenet",
      ModelFamily(
        "GoogLeNet", "Szegedy et al., Going deeper with convolutions, 2015", recipe: "torchvision-googlenet",
        parameters: [.auxLogits])
    ) { (settings) throws(Diagnostic) in
      try GoogLeNet.build(try settings.options, auxLogits: try settings.flag("aux_logits"))
    }
  ]
}
