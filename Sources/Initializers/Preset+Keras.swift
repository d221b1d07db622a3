import CallText
import Diagnostics
import LayerVocabulary

extension Preset {
  /// Keras's initializers, by the names of its registry and of their classes, with the layer's fans.
  static let keras: [Preset] =
    [
      Preset("keras.zeros", aliases: ["keras.Zeros"], meaning: "zeros") { _ throws(Diagnostic) in Constant(0)
      },
      Preset("keras.ones", aliases: ["keras.Ones"], meaning: "ones") { _ throws(Diagnostic) in Constant(1) },
      Preset("keras.constant", aliases: ["keras.Constant"], [.number("value", 0)], meaning: "constant(value)") {
        a throws(Diagnostic) in try Constant(a)
      },
      Preset(
        "keras.identity", aliases: ["keras.Identity"], [.number("gain", 1)], meaning: "identity(gain: gain)"
      ) {
        a throws(Diagnostic) in Identity(gain: try a.number("gain"))
      },
      Preset(
        "keras.random_normal", aliases: ["keras.RandomNormal", "keras.normal"],
        [.number("mean", 0), .number("stddev", 0.05)], meaning: "normal(mean: mean, std: stddev)"
      ) { a throws(Diagnostic) in Normal(mean: try a.number("mean"), std: try a.number("stddev")) },
      Preset(
        "keras.random_uniform", aliases: ["keras.RandomUniform", "keras.uniform"],
        [.number("minval", -0.05), .number("maxval", 0.05)], meaning: "uniform(low: minval, high: maxval)"
      ) { a throws(Diagnostic) in Uniform(low: try a.number("minval"), high: try a.number("maxval")) },
      Preset(
        "keras.truncated_normal", aliases: ["keras.TruncatedNormal"],
        [.number("mean", 0), .number("stddev", 0.05)],
        meaning: "truncated_normal(mean: mean, std: stddev, bounds: sigma)"
      ) { a throws(Diagnostic) in
        TruncatedNormal(mean: try a.number("mean"), std: try a.number("stddev"), bounds: .sigma)
      },
      Preset(
        "keras.variance_scaling", aliases: ["keras.VarianceScaling"],
        [
          .number("scale", 1), .mode(.fanIn),
          .init(
            "distribution", .word("truncated_normal"),
            "truncated_normal or normal, untruncated_normal, uniform"),
          .fans,
        ],
        meaning: "variance_scaling(scale: scale, mode: mode, distribution: distribution)",
        note: "'normal' is truncated, 'untruncated_normal' is not"
      ) { a throws(Diagnostic) in
        VarianceScaling(
          scale: try a.number("scale"), mode: try a.word("mode"),
          distribution: try a.word("distribution", KerasDistribution.self).spread, fans: try a.word("fans"))
      },
      Preset(
        "keras.orthogonal", aliases: ["keras.Orthogonal"], [.number("gain", 1)],
        meaning: "orthogonal(gain: gain)"
      ) {
        a throws(Diagnostic) in Orthogonal(gain: try a.number("gain"))
      },
      Preset(
        "keras.stft", aliases: ["keras.STFTInitializer"], Fourier.described.parameters,
        meaning: "stft(side: side, window: window, scaling: scaling, periodic: periodic)"
      ) { a throws(Diagnostic) in try Fourier(a) },
    ] + scaled("keras", [("glorot", []), ("he", []), ("lecun", [])])

  private enum KerasDistribution: String, CaseIterable {
    case truncatedNormal = "truncated_normal"
    case normal
    case untruncatedNormal = "untruncated_normal"
    case uniform

    var spread: Spread {
      switch self {
      case .truncatedNormal, .normal: .truncatedNormal
      case .untruncatedNormal: .normal
      case .uniform: .uniform
      }
    }
  }
}
