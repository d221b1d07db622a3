import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers

/// Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016.
public enum SqueezeNet {
  /// The two published versions.
  public enum Version: String, Sendable, CaseIterable {
    /// 7×7 stem, pooled late.
    case v1_0 = "1_0"
    /// 3×3 stem, pooled early: the same accuracy for less than half of the work.
    case v1_1 = "1_1"
  }

  /// The network as a chain: `features` and `classifier`.
  public static func build(_ version: Version, _ options: ModelOptions = ModelOptions()) throws(Diagnostic) -> Chain {
    let classifier = Chain(
      Dropout(0.5), Conv(in: 512, out: options.classes, kernel: [1, 1]), Activation(.relu), Pool(.mean, output: [1, 1]))
    return try Chain([
      ("features", try Numbered.chain(features(version, options.channels))), ("classifier", classifier),
      ("", Flatten()),
    ])
  }

  private static func features(_ version: Version, _ channels: Int) throws(Diagnostic) -> [any Layer] {
    let pool = Pool(.max, kernel: [3, 3], stride: [2, 2], ceilMode: true)
    switch version {
    case .v1_0:
      return [
        Conv(in: channels, out: 96, kernel: [7, 7], stride: [2, 2]), Activation(.relu), pool, try fire(96, 16, 64),
        try fire(128, 16, 64), try fire(128, 32, 128), pool, try fire(256, 32, 128), try fire(256, 48, 192),
        try fire(384, 48, 192), try fire(384, 64, 256), pool, try fire(512, 64, 256),
      ]
    case .v1_1:
      return [
        Conv(in: channels, out: 64, kernel: [3, 3], stride: [2, 2]), Activation(.relu), pool, try fire(64, 16, 64),
        try fire(128, 16, 64), pool, try fire(128, 32, 128), try fire(256, 32, 128), pool, try fire(256, 48, 192),
        try fire(384, 48, 192), try fire(384, 64, 256), try fire(512, 64, 256),
      ]
    }
  }

  /// Few 1×1 convolutions, then 1×1 and 3×3 ones side by side.
  private static func fire(_ inputs: Int, _ squeeze: Int, _ expand: Int) throws(Diagnostic) -> Chain {
    func branch(_ name: PathKey, _ kernel: Int) throws(Diagnostic) -> Chain {
      let padding = [kernel / 2, kernel / 2]
      return try Chain([
        (name, Conv(in: squeeze, out: expand, kernel: [kernel, kernel], padding: padding)), ("", Activation(.relu)),
      ])
    }
    let expanded = try Parallel(
      .concatenate(axis: 1), [("", try branch("expand1x1", 1)), ("", try branch("expand3x3", 3))])
    return try Chain([
      ("squeeze", Conv(in: inputs, out: squeeze, kernel: [1, 1])), ("", Activation(.relu)), ("", expanded),
    ])
  }

  /// The named configurations.
  static let models = Version.allCases.map { version in
    ModelDescriptor("squeezenet\(version.rawValue)", family) { (settings) throws(Diagnostic) in
      try SqueezeNet.build(version, try settings.options)
    }
  }

  private static let family = ModelFamily(
    "SqueezeNet", "Iandola et al., SqueezeNet, 2016", recipe: "torchvision-squeezenet")
}
