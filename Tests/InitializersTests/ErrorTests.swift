import Diagnostics
import Functors
import LayerVocabulary
import LinearAlgebra
import Tensors
import Testing

@testable import Initializers

/// A way to go wrong: the initializer's text, on a tensor.
private struct Mistake: Sendable {
  let text: String
  var context = weight([20, 48])

  init(_ text: String, _ context: ParameterContext = weight([20, 48])) {
    self.text = text
    self.context = context
  }
}

private func parameter(_ name: String, _ shape: Shape, _ role: ParameterRole, _ dtype: DType = .f32)
  -> ParameterContext
{
  ParameterContext(name: name, shape: shape, dtype: dtype, role: role)
}

private let ambiguous: ParameterContext = {
  var context = weight([768, 2304], Geometry(outAxis: 1, inAxes: [0]), name: "h.0.attn.c_attn.weight")
  context.otherGeometries = [Geometry()]
  return context
}()

private let ambiguousKernel: ParameterContext = {
  var context = weight([3, 3, 8, 16], Geometry(), name: "conv.weight")
  context.otherGeometries = [Geometry(outAxis: 3, inAxes: [2])]
  return context
}()

private let mistakes: [Mistake] = [
  // Text.
  Mistake(""), Mistake("  "), Mistake("("), Mistake("kaiming_norml"), Mistake("torch.kaimng_normal_"),
  Mistake("normal(std=0.02)"),
  Mistake("normal(std: 0.02"), Mistake("normal(std: )"), Mistake("normal(std: 0.02) x"), Mistake("normal x"),
  Mistake("normal(,)"),
  Mistake("identity(shift: [1, x])"), Mistake("identity(shift: [1, 2)"), Mistake("normal(std 0.02)"),
  Mistake("normal(std: «1»)"),
  // Arguments.
  Mistake("kaiming_normal(mod: fan_out)"), Mistake("zeros(1)"), Mistake("zeros(value: 1)"),
  Mistake("normal(1, 2, 3)"), Mistake("normal(0, mean: 1)"),
  Mistake("constant"), Mistake("sparse(std: 1)"), Mistake("stft"), Mistake("kaiming_normal(mode: fan_ou)"),
  Mistake("kaiming_normal(mode: 3)"),
  Mistake("kaiming_normal(nonlinearity: geluu)"), Mistake("normal(std: big)"),
  Mistake("kaiming_normal(gain: none)"),
  Mistake("glorot_normal(fans: shap)"), Mistake("keras.variance_scaling(distribution: normall)"),
  Mistake("identity(shift: left)"),
  // Ranges.
  Mistake("normal(std: -1)"), Mistake("normal(mean: nan)"), Mistake("normal(mean: inf)"),
  Mistake("constant(inf)"), Mistake("uniform(2, 1)"),
  Mistake("uniform(high: inf)"), Mistake("truncated_normal(low: 2, high: 2)"),
  Mistake("truncated_normal(low: 3)"), Mistake("truncated_normal(low: nan)"),
  Mistake("truncated_normal(std: -0.1)"), Mistake("sparse(1.1)"), Mistake("sparse(-0.1)"),
  Mistake("sparse(nan)"), Mistake("variance_scaling(0)"),
  Mistake("variance_scaling(-1)"), Mistake("glorot_uniform(gain: -1)"), Mistake("orthogonal(gain: inf)"),
  Mistake("dirac(0)"), Mistake("dirac(groups: 1.5)"),
  Mistake("identity(shift: 0.5)"), Mistake("torch_layer(fan_in: 0)"), Mistake("kaiming_uniform(slope: inf)"),
  Mistake("orthogonal(axis: 2)"),
  Mistake("truncated_normal(mean: 3, std: 0)"), Mistake("truncated_normal(low: 40, high: 41)"),
  Mistake("truncated_normal(std: 3, of: result)"),
  // Fans.
  Mistake("kaiming_normal", parameter("bn1.weight", [64], .scale)),
  Mistake("glorot_uniform(gain: 2)", parameter("fc.bias", [64], .bias)),
  Mistake("lecun_normal", weight([197, 64], nil, name: "pos_embed")),
  Mistake("kaiming_normal(fans: shape)", parameter("bn1.weight", [64], .weight)),
  Mistake("kaiming_normal", ambiguous), Mistake("orthogonal", ambiguousKernel),
  Mistake("glorot_normal", weight([10, 4, 3, 3], Geometry(groups: 3))),
  Mistake("glorot_normal", weight([10, 4], Geometry(parts: 3))),
  Mistake("torch_layer", parameter("fc.bias", [64], .bias)),
  // Shapes.
  Mistake("orthogonal", parameter("fc.bias", [64], .weight)), Mistake("dirac"),
  Mistake("dirac(3)", weight([8, 4, 3])), Mistake("delta_orthogonal"),
  Mistake("delta_orthogonal", weight([3, 8, 3])), Mistake("identity", parameter("fc.bias", [64], .weight)),
  Mistake("identity(shift: [1, 2, 3])"),
  Mistake("sparse(0.1)", weight([3, 8, 3])), Mistake("stft(real)"), Mistake("stft(real)", weight([5, 2, 7])),
  Mistake("stft(real)", weight([1, 1, 7])),
  // Types.
  Mistake("normal", parameter("bn.num_batches_tracked", [], .buffer, .i64)),
  Mistake("zeros", parameter("table", [4], .weight, .i32)),
  Mistake("zeros", parameter("packed", [4], .buffer, .opaque)),
  Mistake("constant(0.5)", parameter("n", [4], .buffer, .i64)),
  Mistake("constant(300)", parameter("n", [4], .buffer, .u8)), Mistake("normal(std: 1e-50)"),
  Mistake("normal(std: 1e300)"), Mistake("normal(std: 1e38)"),
  Mistake("constant(1e39)"), Mistake("truncated_normal(std: 1e-60)"),
  Mistake("normal(std: 1e-9)", weight([4, 5], dtype: .f16)),
  Mistake("normal(std: 20000)", weight([4, 5], dtype: .f16)),
  Mistake("constant(1e5)", weight([4, 5], dtype: .f16)), Mistake("uniform(-1e-60, 1)"),
  // Expressions.
  Mistake("normal(std: 2 * blokcs)"), Mistake("normal(std: config.range)"), Mistake("constant(1 / (fan_in - fan_in))"),
  // Fresh states.
  Mistake("default", parameter("cls_token", [1, 1, 64], .weight)),
]

@Test("Every mistake is answered with the approved message")
func messages() throws {
  var text = ""
  for mistake in mistakes {
    let error = errorText { _ = try resolved(mistake.text, mistake.context) }
    text += "== \(mistake.text) on \(mistake.context.name)\n\(error)\n\n"
    #expect(error.hasPrefix("error[R01"), "\(mistake.text)")
  }
  expectGolden(text, testFolder + "Golden/errors.txt")
}

@Test("Every code of the family is provoked somewhere, and explains itself")
func codes() {
  var seen: Set<String> = ["R0115", "R0116", "R0117", "R0119", "R0120", "R0123"]
  for mistake in mistakes {
    seen.insert(String(errorText { _ = try resolved(mistake.text, mistake.context) }.dropFirst(6).prefix(5)))
  }
  let family = ErrorCode.allCases.filter { $0.id.hasPrefix("R01") }
  #expect(family.map(\.id).filter { !seen.contains($0) } == [])
  #expect(family.allSatisfy { !$0.cause.isEmpty && !$0.fix.isEmpty })
}

@Test("A default that does not belong to the tensor's type is refused")
func freshTypes() {
  var context = parameter("bn.num_batches_tracked", [], .buffer, .i64)
  context.fresh = Normal()
  #expect(errorText { _ = try LayerDefault().draw(for: context) }.hasPrefix("error[R0114]"))
  context.fresh = Constant(0.5)
  #expect(errorText { _ = try LayerDefault().draw(for: context) }.hasPrefix("error[R0112]"))
}

@Test("A missing BLAS is an error that says what to install")
func missingLibrary() {
  #expect(
    "\(BLAS.missing("no such file"))" == """
      error[R0705]: orthogonal matrices need OpenBLAS, and 'libopenblas.so.0' cannot be loaded
            found no such file
        hint: apt-get install libopenblas0
      """)
}
