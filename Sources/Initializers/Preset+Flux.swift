import CallText
import Diagnostics
import LayerVocabulary

extension Preset {
  private static let root2 = 2.0.squareRoot()

  /// Flux.jl's functions, with the layer's fans.
  static let flux: [Preset] =
    [
      Preset("flux.zeros32", meaning: "zeros") { _ throws(Diagnostic) in Constant(0) },
      Preset("flux.ones32", meaning: "ones") { _ throws(Diagnostic) in Constant(1) },
      Preset("flux.rand32", meaning: "uniform") { _ throws(Diagnostic) in Uniform() },
      Preset("flux.randn32", meaning: "normal") { _ throws(Diagnostic) in Normal() },
      Preset("flux.glorot_uniform", [.number("gain", 1), .fans], meaning: "glorot_uniform(gain: gain)") {
        a throws(Diagnostic) in try Glorot(.uniform, a)
      },
      Preset("flux.glorot_normal", [.number("gain", 1), .fans], meaning: "glorot_normal(gain: gain)") {
        a throws(Diagnostic) in try Glorot(.normal, a)
      },
      Preset("flux.kaiming_uniform", [.number("gain", root2), .fans], meaning: "kaiming_uniform(gain: gain)") {
        a throws(Diagnostic) in Kaiming(.uniform, gain: try a.number("gain"), fans: try a.word("fans"))
      },
      Preset("flux.kaiming_normal", [.number("gain", root2), .fans], meaning: "kaiming_normal(gain: gain)") {
        a throws(Diagnostic) in Kaiming(.normal, gain: try a.number("gain"), fans: try a.word("fans"))
      },
      Preset(
        "flux.truncated_normal",
        [.number("mean", 0), .number("std", 1), .number("lo", -2), .number("hi", 2)],
        meaning: "truncated_normal(mean: mean, std: std, low: lo, high: hi)"
      ) { a throws(Diagnostic) in
        TruncatedNormal(
          mean: try a.number("mean"), std: try a.number("std"), low: try a.number("lo"),
          high: try a.number("hi"))
      },
      Preset(
        "flux.lecun_normal", [.number("gain", 1), .fans],
        meaning: "lecun_normal(gain: gain, bounds: absolute, of: parent)",
        note: "without the weights at ±2 that Flux draws where the bounds are far out (repaired tails)"
      ) { a throws(Diagnostic) in
        Lecun(
          .truncatedNormal, gain: try a.number("gain"), bounds: .absolute, of: .parent,
          fans: try a.word("fans"))
      },
      Preset("flux.orthogonal", [.number("gain", 1)], meaning: "orthogonal(gain: gain)") {
        a throws(Diagnostic) in Orthogonal(gain: try a.number("gain"))
      },
      Preset(
        "flux.sparse_init", [.number("sparsity", nil, "a share"), .number("std", 0.01)],
        meaning: "sparse(sparsity: sparsity, std: std)"
      ) { a throws(Diagnostic) in Sparse(sparsity: try a.number("sparsity"), std: try a.number("std")) },
      Preset(
        "flux.identity_init", Array(Identity.described.parameters.prefix(2)),
        meaning: "identity(gain: gain, shift: shift)", note: "one number shifts the outputs"
      ) { a throws(Diagnostic) in
        var identity = Identity(gain: try a.number("gain"))
        identity.shift = try a.list("shift").map { Int(exactly: $0) ?? 0 }
        return identity
      },
    ]

  /// MLX's functions, with the layer's fans.
  static let mlx: [Preset] = [
    Preset("mlx.constant", [.number("value", nil)], meaning: "constant(value)") {
      a throws(Diagnostic) in try Constant(a)
    },
    Preset("mlx.normal", [.number("mean", 0), .number("std", 1)], meaning: "normal(mean: mean, std: std)") {
      a throws(Diagnostic) in try Normal(a)
    },
    Preset("mlx.uniform", [.number("low", 0), .number("high", 1)], meaning: "uniform(low: low, high: high)") {
      a throws(Diagnostic) in try Uniform(a)
    },
    Preset("mlx.identity", meaning: "identity") { _ throws(Diagnostic) in Identity() },
    Preset("mlx.glorot_uniform", [.number("gain", 1), .fans], meaning: "glorot_uniform(gain: gain)") {
      a throws(Diagnostic) in try Glorot(.uniform, a)
    },
    Preset("mlx.glorot_normal", [.number("gain", 1), .fans], meaning: "glorot_normal(gain: gain)") {
      a throws(Diagnostic) in try Glorot(.normal, a)
    },
    he(.uniform), he(.normal),
    Preset(
      "mlx.sparse", [.number("sparsity", nil, "a share"), .number("std", 1)],
      meaning: "sparse(sparsity: sparsity, std: std, axis: rows)"
    ) { a throws(Diagnostic) in
      Sparse(sparsity: try a.number("sparsity"), std: try a.number("std"), axis: .rows)
    },
    Preset("mlx.orthogonal", [.number("gain", 1)], meaning: "orthogonal(gain: gain)") {
      a throws(Diagnostic) in Orthogonal(gain: try a.number("gain"))
    },
  ]

  private static func he(_ spread: Spread) -> Preset {
    Preset(
      "mlx.he_\(spread.rawValue)", [.mode(.fanIn), .number("gain", 1), .fans],
      meaning: "kaiming_\(spread.rawValue)(mode: mode, gain: gain)"
    ) { a throws(Diagnostic) in
      Kaiming(spread, mode: try a.word("mode"), gain: try a.number("gain"), fans: try a.word("fans"))
    }
  }
}
