import CallText
import Diagnostics

extension Preset {
  /// JAX's initializers, with the layer's fans; under a prefix, because Flax lends them.
  static func jax(_ prefix: String) -> [Preset] {
    [
      Preset("\(prefix).zeros", meaning: "zeros") { _ throws(Diagnostic) in Constant(0) },
      Preset("\(prefix).ones", meaning: "ones") { _ throws(Diagnostic) in Constant(1) },
      Preset("\(prefix).constant", [.number("value", nil)], meaning: "constant(value)") {
        a throws(Diagnostic) in try Constant(a)
      },
      Preset("\(prefix).uniform", [.number("scale", 0.01)], meaning: "uniform(low: 0, high: scale)") {
        a throws(Diagnostic) in Uniform(low: 0, high: try a.number("scale"))
      },
      Preset("\(prefix).normal", [.number("stddev", 0.01)], meaning: "normal(std: stddev)") {
        a throws(Diagnostic) in Normal(std: try a.number("stddev"))
      },
      Preset(
        "\(prefix).truncated_normal", [.number("stddev", 0.01), .number("lower", -2), .number("upper", 2)],
        meaning: "truncated_normal(std: stddev, low: lower, high: upper, bounds: sigma)"
      ) { a throws(Diagnostic) in
        TruncatedNormal(
          std: try a.number("stddev"), low: try a.number("lower"), high: try a.number("upper"), bounds: .sigma
        )
      },
    ] + shaped(prefix) + scaled(prefix, [("glorot", ["xavier"]), ("he", ["kaiming"]), ("lecun", [])])
  }

  /// Those that look at the shape, besides the scaled ones.
  private static func shaped(_ prefix: String) -> [Preset] {
    [
      Preset(
        "\(prefix).variance_scaling",
        [
          .number("scale", nil), .init("mode", nil, "fan_in, …"), .init("distribution", nil, "normal, …"),
          .fans,
        ],
        meaning: "variance_scaling(scale: scale, mode: mode, distribution: distribution)"
      ) { a throws(Diagnostic) in try VarianceScaling(a) },
      Preset(
        "\(prefix).orthogonal",
        [.number("scale", 1), .init("column_axis", .word("layer"), "the outputs, or an axis")],
        meaning: "orthogonal(gain: scale, axis: column_axis)"
      ) { a throws(Diagnostic) in
        let axis =
          try a.number("column_axis", or: "layer") == nil ? nil : try a.integer("column_axis", in: -16...15)
        return Orthogonal(gain: try a.number("scale"), axis: axis)
      },
      Preset("\(prefix).delta_orthogonal", [.number("scale", 1)], meaning: "delta_orthogonal(gain: scale)") {
        a throws(Diagnostic) in DeltaOrthogonal(gain: try a.number("scale"))
      },
    ]
  }

  /// What Flax's layers begin with.
  static let flax: [Preset] = [
    Preset("flax.default_kernel_init", meaning: "lecun_normal", note: "of Dense and Conv") {
      _ throws(Diagnostic) in Lecun(.truncatedNormal)
    },
    Preset(
      "flax.default_embed_init", meaning: "variance_scaling(scale: 1, mode: fan_out, distribution: normal)",
      note: "of Embed: N(0, 1/features)"
    ) { _ throws(Diagnostic) in VarianceScaling(mode: .fanOut, distribution: .normal) },
  ]

  /// `glorot_…`, `he_…` and `lecun_…` of JAX and Keras, whose normals are truncated and corrected.
  static func scaled(
    _ prefix: String, _ families: [(name: String, aliases: [String])]
  ) -> [Preset] {
    families.flatMap { family in
      [Spread.uniform, .truncatedNormal].map { spread in
        let suffix = spread == .uniform ? "uniform" : "normal"
        let spellings =
          prefix == "keras"
          ? ["\(camel(family.name))\(camel(suffix))"] : family.aliases.map { "\($0)_\(suffix)" }
        let (scale, mode): (Double, FanMode) =
          switch family.name {
          case "glorot": (1, .fanAverage)
          case "he": (2, .fanIn)
          default: (1, .fanIn)
          }
        return Preset(
          "\(prefix).\(family.name)_\(suffix)", aliases: spellings.map { "\(prefix).\($0)" }, [.fans],
          meaning:
            "variance_scaling(scale: \(Int(scale)), mode: \(mode.rawValue), distribution: \(spread.rawValue))"
        ) { a throws(Diagnostic) in
          VarianceScaling(scale: scale, mode: mode, distribution: spread, fans: try a.word("fans"))
        }
      }
    }
  }

  /// `glorot` as `Glorot`.
  static func camel(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}
