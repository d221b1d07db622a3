import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// One preset on one layer, with the draw that its framework's published formula gives.
private struct Row: Sendable, CustomTestStringConvertible {
  let text: String
  let formula: String
  let expected: Draw
  var context = dense
  var testDescription: String { "\(text): \(formula)" }
}

/// 48 inputs, 20 outputs.
private let dense = weight([20, 48])
/// Kernel 3 × 5, 8 inputs in 4 groups, 12 outputs; torch sees fans of 30 and 180, the layer has 30 and 45.
private let grouped = weight([12, 2, 3, 5], Geometry(groups: 4))

private func normal(_ std: Double, mean: Double = 0) -> Draw { .normal(mean: mean, std: std) }
private func uniform(_ bound: Double) -> Draw { .uniform(low: -bound, high: bound) }
/// JAX's and Keras's truncation: at two standard deviations of a parent of std/0.87962566103423978.
private func truncated(_ std: Double) -> Draw {
  let parent = std / 0.87962566103423978
  return .truncatedNormal(mean: 0, std: parent, low: -2 * parent, high: 2 * parent)
}

private let torchRows: [Row] = [
  Row(text: "torch.zeros_", formula: "0", expected: .constant(0)),
  Row(text: "torch.ones_", formula: "1", expected: .constant(1)),
  Row(text: "torch.constant_(0.3)", formula: "val", expected: .constant(0.3)),
  Row(text: "torch.uniform_", formula: "U[a = 0, b = 1)", expected: .uniform(low: 0, high: 1)),
  Row(text: "torch.normal_(std: 0.5)", formula: "N(mean = 0, std²)", expected: normal(0.5)),
  Row(text: "torch.xavier_uniform_", formula: "±gain·√(6/(in + out))", expected: uniform(sqrt(6.0 / 68))),
  Row(
    text: "torch.xavier_normal_(gain: 2)", formula: "gain·√(2/(in + out))",
    expected: normal(2 * sqrt(2.0 / 68))),
  Row(text: "torch.kaiming_uniform_", formula: "±√3·√2/√in", expected: uniform(sqrt(6.0 / 48))),
  Row(
    text: "torch.kaiming_uniform_(a: 2.23606797749979)", formula: "±√3·√(2/(1 + 5))/√in",
    expected: uniform(1 / sqrt(48.0))),
  Row(
    text: "torch.kaiming_normal_(mode: fan_out, nonlinearity: relu)", formula: "√2/√out",
    expected: normal(sqrt(2.0 / 20))),
  Row(
    text: "torch.kaiming_normal_(mode: fan_out)", formula: "√2/√(size(0)·taps)",
    expected: normal(sqrt(2.0 / 180)), context: grouped),
  Row(
    text: "torch.trunc_normal_(std: 1.5)", formula: "N(0, std²) in [a, b] = ±2",
    expected: .truncatedNormal(mean: 0, std: 1.5, low: -2, high: 2)),
  Row(text: "torch.trunc_normal_(std: 0.02)", formula: "±2 is 100 σ", expected: normal(0.02)),
  Row(
    text: "torch.sparse_(0.1)", formula: "⌈0.1·20⌉ zeros in each column",
    expected: Draw(.sparse, [.init("std", 0.01), .init("zeros", 2), .init("along", 0)])),
  Row(
    text: "timm.trunc_normal_(std: 1.5)", formula: "[a, b] = ±2",
    expected: .truncatedNormal(mean: 0, std: 1.5, low: -2, high: 2)),
  Row(
    text: "timm.trunc_normal_tf_(mean: 0.5, std: 0.02)", formula: "mean + std·N(0, 1) in ±2",
    expected: .truncatedNormal(mean: 0.5, std: 0.02, low: 0.46, high: 0.54)),
  Row(text: "timm.variance_scaling_", formula: "√(scale/in)", expected: normal(1 / sqrt(48.0))),
  Row(
    text: "timm.variance_scaling_(2, fan_out, uniform)", formula: "±√(3·2/out)",
    expected: uniform(sqrt(6.0 / 20))),
  Row(
    text: "timm.variance_scaling_(distribution: truncated_normal)", formula: "√(1/in)/0.8796…",
    expected: truncated(1 / sqrt(48.0))),
  Row(
    text: "timm.lecun_normal_", formula: "√(1/in)/0.8796…", expected: truncated(1 / sqrt(30.0)),
    context: grouped),
]

private func jaxRows(_ prefix: String) -> [Row] {
  [
    Row(text: "\(prefix).zeros", formula: "0", expected: .constant(0)),
    Row(text: "\(prefix).ones", formula: "1", expected: .constant(1)),
    Row(text: "\(prefix).constant(0.3)", formula: "value", expected: .constant(0.3)),
    Row(text: "\(prefix).uniform", formula: "U[0, 0.01)", expected: .uniform(low: 0, high: 0.01)),
    Row(text: "\(prefix).normal", formula: "0.01", expected: normal(0.01)),
    Row(
      text: "\(prefix).truncated_normal", formula: "0.01·TN(−2, 2)",
      expected: .truncatedNormal(mean: 0, std: 0.01, low: -0.02, high: 0.02)),
    Row(text: "\(prefix).glorot_uniform", formula: "±√(3/((in + out)/2))", expected: uniform(sqrt(6.0 / 68))),
    Row(text: "\(prefix).xavier_uniform", formula: "the same", expected: uniform(sqrt(6.0 / 68))),
    Row(
      text: "\(prefix).glorot_normal", formula: "√(1/((in + out)/2))/0.8796…",
      expected: truncated(sqrt(2.0 / 68))),
    Row(text: "\(prefix).xavier_normal", formula: "the same", expected: truncated(sqrt(2.0 / 68))),
    Row(text: "\(prefix).he_uniform", formula: "±√(3·2/in)", expected: uniform(sqrt(6.0 / 48))),
    Row(text: "\(prefix).kaiming_uniform", formula: "the same", expected: uniform(sqrt(6.0 / 48))),
    Row(text: "\(prefix).he_normal", formula: "√(2/in)/0.8796…", expected: truncated(sqrt(2.0 / 48))),
    Row(text: "\(prefix).kaiming_normal", formula: "the same", expected: truncated(sqrt(2.0 / 48))),
    Row(text: "\(prefix).lecun_uniform", formula: "±√(3/in)", expected: uniform(sqrt(3.0 / 48))),
    Row(text: "\(prefix).lecun_normal", formula: "√(1/in)/0.8796…", expected: truncated(sqrt(1.0 / 48))),
    Row(
      text: "\(prefix).variance_scaling(3, fan_geo_avg, normal)", formula: "√(3/√(in·out))",
      expected: normal(sqrt(3 / sqrt(960.0)))),
  ]
}

private let otherRows: [Row] = [
  Row(text: "flax.default_kernel_init", formula: "√(1/in)/0.8796…", expected: truncated(sqrt(1.0 / 48))),
  Row(
    text: "flax.default_embed_init", formula: "1/√features", expected: normal(1 / sqrt(8.0)),
    context: weight([100, 8], Geometry(outAxis: 1, inAxes: [0], isOneHot: true))),
  Row(text: "keras.zeros", formula: "0", expected: .constant(0)),
  Row(text: "keras.ones", formula: "1", expected: .constant(1)),
  Row(text: "keras.constant", formula: "0", expected: .constant(0)),
  Row(text: "keras.random_normal", formula: "0.05", expected: normal(0.05)),
  Row(text: "keras.random_uniform", formula: "±0.05", expected: uniform(0.05)),
  Row(
    text: "keras.truncated_normal", formula: "0.05·TN(−2, 2)",
    expected: .truncatedNormal(mean: 0, std: 0.05, low: -0.1, high: 0.1)),
  Row(text: "keras.variance_scaling", formula: "√(1/in)/0.8796…", expected: truncated(sqrt(1.0 / 48))),
  Row(
    text: "keras.variance_scaling(2, fan_out, normal)", formula: "√(2/out)/0.8796…",
    expected: truncated(sqrt(2.0 / 20))),
  Row(
    text: "keras.variance_scaling(2, fan_avg, untruncated_normal)", formula: "√(2/avg)",
    expected: normal(sqrt(4.0 / 68))),
  Row(text: "keras.GlorotUniform", formula: "±√(6/(in + out))", expected: uniform(sqrt(6.0 / 68))),
  Row(text: "keras.glorot_normal", formula: "√(2/(in + out))/0.8796…", expected: truncated(sqrt(2.0 / 68))),
  Row(text: "keras.HeUniform", formula: "±√(6/in)", expected: uniform(sqrt(6.0 / 48))),
  Row(text: "keras.he_normal", formula: "√(2/in)/0.8796…", expected: truncated(sqrt(2.0 / 48))),
  Row(text: "keras.LecunUniform", formula: "±√(3/in)", expected: uniform(sqrt(3.0 / 48))),
  Row(text: "keras.lecun_normal", formula: "√(1/in)/0.8796…", expected: truncated(sqrt(1.0 / 48))),
  Row(text: "flux.zeros32", formula: "0", expected: .constant(0)),
  Row(text: "flux.ones32", formula: "1", expected: .constant(1)),
  Row(text: "flux.rand32", formula: "U[0, 1)", expected: .uniform(low: 0, high: 1)),
  Row(text: "flux.randn32", formula: "N(0, 1)", expected: normal(1)),
  Row(text: "flux.glorot_uniform", formula: "±√(24/(in + out))/2", expected: uniform(sqrt(24.0 / 68) / 2)),
  Row(text: "flux.glorot_normal", formula: "√(2/(in + out))", expected: normal(sqrt(2.0 / 68))),
  Row(text: "flux.kaiming_uniform", formula: "±√3·√2/√in", expected: uniform(sqrt(6.0 / 48))),
  Row(text: "flux.kaiming_normal(gain: 1)", formula: "gain/√in", expected: normal(1 / sqrt(48.0))),
  Row(
    text: "flux.truncated_normal", formula: "N(0, 1) in ±2",
    expected: .truncatedNormal(mean: 0, std: 1, low: -2, high: 2)),
  Row(text: "flux.lecun_normal", formula: "√(1/in), ±2 out of reach", expected: normal(sqrt(1.0 / 48))),
  Row(
    text: "flux.lecun_normal", formula: "√(1/2) in ±2",
    expected: .truncatedNormal(mean: 0, std: sqrt(0.5), low: -2, high: 2), context: weight([20, 2])),
  Row(
    text: "flux.sparse_init(0.26)", formula: "⌈0.26·20⌉ zeros",
    expected: Draw(.sparse, [.init("std", 0.01), .init("zeros", 6), .init("along", 0)])),
  Row(text: "mlx.constant(2)", formula: "value", expected: .constant(2)),
  Row(text: "mlx.normal", formula: "N(0, 1)", expected: normal(1)),
  Row(text: "mlx.uniform", formula: "U[0, 1)", expected: .uniform(low: 0, high: 1)),
  Row(text: "mlx.glorot_uniform", formula: "±√(6/(in + out))", expected: uniform(sqrt(6.0 / 68))),
  Row(text: "mlx.glorot_normal", formula: "√(2/(in + out))", expected: normal(sqrt(2.0 / 68))),
  Row(text: "mlx.he_uniform", formula: "±√(3/in), gain 1", expected: uniform(sqrt(3.0 / 48))),
  Row(text: "mlx.he_normal(fan_out, 5)", formula: "5/√out", expected: normal(5 / sqrt(20.0))),
  Row(
    text: "mlx.sparse(0.26)", formula: "⌈0.26·48⌉ zeros in each row",
    expected: Draw(.sparse, [.init("std", 1), .init("zeros", 13), .init("along", 1)])),
]

@Test(
  "Presets resolve to the numbers of their framework's formulas",
  arguments: torchRows + jaxRows("jax") + jaxRows("flax") + otherRows)
private func presetNumbers(_ row: Row) throws {
  let draw = try resolved(row.text, row.context)
  #expect(draw.method == row.expected.method && draw.numbers.map(\.name) == row.expected.numbers.map(\.name))
  for (made, expected) in zip(draw.numbers, row.expected.numbers) {
    expectClose(made.value, expected.value, relative: 1e-13)
  }
}

@Test(
  "Presets without numbers make the initializers that they stand for",
  arguments: [
    ("torch.orthogonal_(1.4)", "orthogonal(gain: 1.4, axis: 0)"), ("torch.eye_", "identity"),
    ("torch.dirac_(2)", "dirac(groups: 2)"), ("torch.dirac_", "dirac(groups: 1)"),
    ("jax.orthogonal(2)", "orthogonal(gain: 2)"),
    ("flax.orthogonal(column_axis: -1)", "orthogonal(axis: -1)"),
    ("jax.delta_orthogonal(2)", "delta_orthogonal(gain: 2)"), ("flax.delta_orthogonal", "delta_orthogonal"),
    ("jax.orthogonal", "orthogonal"), ("keras.orthogonal(2)", "orthogonal(gain: 2)"),
    ("keras.identity(3)", "identity(gain: 3)"),
    ("keras.stft(imag)", "stft(side: imag)"), ("flux.orthogonal", "orthogonal"),
    ("flux.identity_init(2, [0, 1])", "identity(gain: 2, shift: [0, 1])"), ("mlx.identity", "identity"),
    ("mlx.orthogonal(3)", "orthogonal(gain: 3)"),
  ])
func presetMeanings(_ text: String, _ meaning: String) throws {
  #expect("\(try InitializerRegistry.standard.initializer(parsing: text))" == meaning)
}

@Test("Every preset is in one of the tables")
func presetCoverage() {
  let known =
    (torchRows + jaxRows("jax") + jaxRows("flax") + otherRows).map(\.text) + [
      "torch.orthogonal_", "torch.eye_", "torch.dirac_", "jax.orthogonal", "flax.orthogonal",
      "jax.delta_orthogonal",
      "flax.delta_orthogonal", "keras.orthogonal", "keras.identity", "keras.stft", "flux.orthogonal",
      "flux.identity_init",
      "mlx.identity", "mlx.orthogonal",
    ]
  let names = Set(
    known.compactMap { InitializerRegistry.standard.descriptor(named: String($0.prefix { $0 != "(" }))?.name }
  )
  #expect(InitializerRegistry.standard.presets.map(\.name).filter { !names.contains($0) } == [])
}
