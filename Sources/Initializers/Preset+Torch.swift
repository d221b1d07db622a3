import CallText
import Diagnostics

extension Preset {
  /// torch's functions, with fans of the shape.
  static let torch: [Preset] = [
    Preset("torch.zeros_", aliases: ["torch.zeros"], meaning: "zeros") { _ throws(Diagnostic) in Constant(0)
    },
    Preset("torch.ones_", aliases: ["torch.ones"], meaning: "ones") { _ throws(Diagnostic) in Constant(1) },
    Preset("torch.constant_", aliases: ["torch.constant"], [.number("val", nil)], meaning: "constant(val)") {
      a throws(Diagnostic) in Constant(try a.number("val"))
    },
    Preset(
      "torch.uniform_", aliases: ["torch.uniform"], [.number("a", 0), .number("b", 1)],
      meaning: "uniform(low: a, high: b)"
    ) { a throws(Diagnostic) in Uniform(low: try a.number("a"), high: try a.number("b")) },
    Preset(
      "torch.normal_", aliases: ["torch.normal"], [.number("mean", 0), .number("std", 1)],
      meaning: "normal(mean: mean, std: std)"
    ) { a throws(Diagnostic) in try Normal(a) },
    truncated("torch.trunc_normal_", .absolute),
    Preset(
      "torch.xavier_uniform_", aliases: ["torch.xavier_uniform"], [.number("gain", 1), .fansOfShape],
      meaning: "glorot_uniform(gain: gain, fans: shape)"
    ) { a throws(Diagnostic) in try Glorot(.uniform, a) },
    Preset(
      "torch.xavier_normal_", aliases: ["torch.xavier_normal"], [.number("gain", 1), .fansOfShape],
      meaning: "glorot_normal(gain: gain, fans: shape)"
    ) { a throws(Diagnostic) in try Glorot(.normal, a) },
    kaiming(.uniform), kaiming(.normal),
    Preset(
      "torch.orthogonal_", aliases: ["torch.orthogonal"], [.number("gain", 1)],
      meaning: "orthogonal(gain: gain, axis: 0)"
    ) { a throws(Diagnostic) in Orthogonal(gain: try a.number("gain"), axis: 0) },
    Preset(
      "torch.sparse_", aliases: ["torch.sparse"],
      [.number("sparsity", nil, "a share"), .number("std", 0.01)],
      meaning: "sparse(sparsity: sparsity, std: std)"
    ) { a throws(Diagnostic) in Sparse(sparsity: try a.number("sparsity"), std: try a.number("std")) },
    Preset("torch.eye_", aliases: ["torch.eye"], meaning: "identity") { _ throws(Diagnostic) in Identity() },
    Preset("torch.dirac_", aliases: ["torch.dirac"], [.number("groups", 1)], meaning: "dirac(groups: groups)") {
      a throws(Diagnostic) in Dirac(groups: try a.integer("groups", in: 1...1 << 31))
    },
  ]

  /// timm's functions, with torch's fans.
  static let timm: [Preset] = [
    truncated("timm.trunc_normal_", .absolute), truncated("timm.trunc_normal_tf_", .sigma),
    Preset(
      "timm.variance_scaling_", aliases: ["timm.variance_scaling"],
      [.number("scale", 1), .mode(.fanIn), .init("distribution", .word("normal"), "as JAX"), .fansOfShape],
      meaning: "variance_scaling(scale: scale, mode: mode, distribution: distribution, fans: shape)"
    ) { a throws(Diagnostic) in try VarianceScaling(a) },
    Preset(
      "timm.lecun_normal_", aliases: ["timm.lecun_normal"], [.fansOfShape],
      meaning: "lecun_normal(fans: shape)"
    ) { a throws(Diagnostic) in Lecun(.truncatedNormal, fans: try a.word("fans")) },
  ]

  private static func kaiming(_ spread: Spread) -> Preset {
    let name = "kaiming_\(spread.rawValue)"
    return Preset(
      "torch.\(name)_", aliases: ["torch.\(name)"],
      [
        .number("a", 0, "the slope of leaky_relu"), .mode(.fanIn),
        .init("nonlinearity", .word("leaky_relu"), "as in \(name)"), .fansOfShape,
      ],
      meaning: "\(name)(mode: mode, nonlinearity: nonlinearity, slope: a, fans: shape)"
    ) { a throws(Diagnostic) in
      Kaiming(
        spread, mode: try a.word("mode"),
        nonlinearity: try a.word("nonlinearity", aliases: Nonlinearity.aliases),
        slope: try a.number("a"), fans: try a.word("fans"))
    }
  }

  private static func truncated(_ name: String, _ bounds: TruncatedNormal.Bounds) -> Preset {
    Preset(
      name, aliases: [String(name.dropLast())],
      [.number("mean", 0), .number("std", 1), .number("a", -2), .number("b", 2)],
      meaning: "truncated_normal(mean: mean, std: std, low: a, high: b"
        + (bounds == .sigma ? ", bounds: sigma)" : ")"), note: "without values clamped to the bounds"
    ) { a throws(Diagnostic) in
      TruncatedNormal(
        mean: try a.number("mean"), std: try a.number("std"), low: try a.number("a"), high: try a.number("b"),
        bounds: bounds)
    }
  }
}
