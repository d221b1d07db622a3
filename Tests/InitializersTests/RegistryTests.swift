import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors
import Testing

private let registry = InitializerRegistry.standard

private func canonical(_ text: String) throws -> String { "\(try registry.initializer(parsing: text))" }

@Test(
  "Aliases are accepted and printed canonically",
  arguments: [
    ("xavier_uniform", "glorot_uniform"), ("xavier_normal(gain: 2)", "glorot_normal(gain: 2)"),
    ("xavier_uniform_", "glorot_uniform"), ("he_uniform", "kaiming_uniform"),
    ("he_normal()", "kaiming_normal"),
    ("kaiming_normal_(mode: fan_out)", "kaiming_normal(mode: fan_out)"),
    ("trunc_normal(std: 0.02)", "truncated_normal(std: 0.02)"),
    ("trunc_normal_", "truncated_normal"), ("eye", "identity"), ("eye_", "identity"),
    ("identity_init", "identity"),
    ("sparse_init(0.1)", "sparse(sparsity: 0.1)"), ("sparse_(0.1)", "sparse(sparsity: 0.1)"),
    ("dirac_", "dirac"),
    ("zero", "zeros"), ("one", "ones"), ("const(2)", "constant(value: 2)"), ("random_normal", "normal"),
    ("gaussian", "normal"),
    ("random_uniform", "uniform"), ("zeros_", "zeros"), ("orthogonal_(1.4)", "orthogonal(gain: 1.4)"),
    ("fresh", "default"),
    ("constant(0)", "zeros"), ("constant(1)", "ones"),
  ])
private func aliases(_ text: String, _ printed: String) throws { #expect(try canonical(text) == printed) }

@Test("Every alias in every descriptor makes what the name makes")
func everyAlias() throws {
  for descriptor in registry.descriptors + registry.presets {
    for name in [descriptor.name] + descriptor.aliases {
      #expect(registry.descriptor(named: name)?.name == descriptor.name)
    }
  }
  let names = (registry.descriptors + registry.presets).flatMap { [$0.name] + $0.aliases }
  #expect(Set(names).count == names.count)
}

@Test(
  "What is printed reads back as the same initializer",
  arguments: [
    "zeros", "ones", "constant(value: -0.5)", "constant(value: -0.0)", "uniform(low: -3)",
    "normal(mean: 1e-05, std: 0.1)",
    "truncated_normal(low: -inf, high: 1e+20, bounds: sigma, of: result)",
    "glorot_uniform(gain: 1.25, fans: shape)",
    "kaiming_normal(mode: fan_geo_avg, nonlinearity: gelu, gain: 0.1)",
    "kaiming_uniform(slope: 2.23606797749979)",
    "lecun_normal(bounds: absolute, of: parent)", "lecun_uniform(gain: 3)",
    "variance_scaling(scale: 2, mode: fan_out, distribution: uniform)", "orthogonal(gain: 1.4, axis: -1)",
    "delta_orthogonal(center: upper)", "dirac(groups: 4, center: lower)", "identity(shift: [0, 1, -2])",
    "sparse(sparsity: 0.3, axis: rows)", "stft(side: imag, window: none, periodic: true)",
    "torch_layer(fan_in: 27)", "default",
  ])
func roundTrip(_ text: String) throws {
  #expect(try canonical(text) == text)
  #expect(try canonical(canonical(text)) == text)
}

@Test(
  "Positional arguments fill the parameters in order; spaces, tabs and trailing underscores do not matter",
  arguments: [
    ("normal(1, 2)", "normal(mean: 1, std: 2)"), ("  normal (  1 ,std:2 )  ", "normal(mean: 1, std: 2)"),
    ("normal(std: 2, 1)", "normal(mean: 1, std: 2)"),
    ("kaiming_normal(fan_out, gelu)", "kaiming_normal(mode: fan_out, nonlinearity: gelu)"),
    ("uniform(-1e-1, +5E-1)", "uniform(low: -0.1, high: 0.5)"),
    ("truncated_normal(0, 1, -inf, inf)", "truncated_normal(low: -inf, high: inf)"),
    ("identity(1, [1,\t2])", "identity(shift: [1, 2])"),
    ("kaiming_normal(nonlinearity: swish)", "kaiming_normal(nonlinearity: silu)"),
    ("variance_scaling(distribution: untruncated_normal)", "variance_scaling(distribution: normal)"),
  ])
private func positional(_ text: String, _ printed: String) throws { #expect(try canonical(text) == printed) }

@Test("Members of Swift are the texts of the command line")
func typedMembers() throws {
  func text(_ initializer: some Initializer) -> String { "\(initializer)" }
  #expect(text(.zeros) == "zeros" && text(.ones) == "ones" && text(.constant(2)) == "constant(value: 2)")
  #expect(text(.kaimingNormal(mode: .fanOut)) == "kaiming_normal(mode: fan_out)")
  #expect(text(.orthogonal(gain: 1.4)) == "orthogonal(gain: 1.4)" && text(.default) == "default")
  #expect(
    text(.truncatedNormal(std: 0.02)) == "truncated_normal(std: 0.02)"
      && text(.lecunNormal()) == "lecun_normal")
  #expect(text(.glorotUniform(fans: .shape)) == "glorot_uniform(fans: shape)" && text(.dirac()) == "dirac")
  #expect(
    text(.sparse(sparsity: 0.5)) == "sparse(sparsity: 0.5)" && text(.stft(side: .real)) == "stft(side: real)")
  #expect(
    text(.identity(shift: [2])) == "identity(shift: 2)" && text(.varianceScaling()) == "variance_scaling")
}

@Test("Defaults of a descriptor are those of the type")
func descriptorDefaults() throws {
  for descriptor in registry.descriptors where descriptor.parameters.allSatisfy({ $0.defaultValue != nil }) {
    let spelled = descriptor.parameters.map { "\($0.name): \($0.defaultValue.map { "\($0)" } ?? "")" }
    let text = "\(descriptor.name)(\(spelled.joined(separator: ", ")))"
    #expect(try canonical(text) == descriptor.name)
  }
}

@Test("A plugin's initializer is added to a copy, and to nothing else")
func plugins() throws {
  struct Twos: Initializer {
    var descriptor: InitializerDescriptor {
      InitializerDescriptor(
        "org.example/Twos", aliases: ["twos"], summary: "2", formula: "w = 2", reference: "",
        origin: "plugin org.example")
    }
    var arguments: [InitializerArgument] { [] }
    func draw(for context: ParameterContext) throws(Diagnostic) -> Draw { .constant(2) }
  }
  var copy = registry
  try copy.register(Twos().descriptor) { _ throws(Diagnostic) in Twos() }
  #expect(try copy.initializer(parsing: "org.example/Twos").draw(for: weight([3, 4])) == .constant(2))
  #expect(try copy.initializer(parsing: "twos").description == "org.example/Twos")
  #expect(
    registry.descriptor(named: "twos") == nil && copy.descriptors.count == registry.descriptors.count + 1)
  let clash = errorText {
    try copy.register(
      InitializerDescriptor(
        "x", aliases: ["eye"], summary: "", formula: "", reference: "", origin: "plugin p")
    ) {
      _ throws(Diagnostic) in Twos()
    }
  }
  #expect(
    clash == """
      error[R0115]: the name 'eye' is taken by an initializer that is built in
            found 'x' of plugin p
      """)
}

@Test("A short name that two plugins have means neither, one that is built in keeps its meaning")
func ambiguousNames() throws {
  var copy = registry
  for name in ["org.example.a/twos", "org.example.b/twos", "org.example.b/normal"] {
    let descriptor = InitializerDescriptor(
      name, aliases: ["eye"], summary: "2", formula: "w = 2", reference: "", origin: "org.example")
    try copy.register(descriptor) { _ throws(Diagnostic) in Constant(2) }
  }
  for text in ["twos", "twos_"] {
    #expect(
      errorText { _ = try copy.initializer(parsing: text) } == """
        error[R0119]: several initializers are named '\(text)'
              expected a full name: 'org.example.a/twos' or 'org.example.b/twos'
              found '\(text)'
        """)
  }
  #expect(copy.descriptor(named: "twos") == nil && copy.descriptor(named: "org.example.b/twos") != nil)
  #expect(try copy.initializer(parsing: "org.example.a/twos()").draw(for: weight([3, 4])) == .constant(2))
  #expect(try copy.initializer(parsing: "org.example.b/normal").draw(for: weight([3, 4])) == .constant(2))
  #expect(try copy.initializer(parsing: "normal(std: 2)").description == "normal(std: 2)")
  #expect(try copy.initializer(parsing: "eye").description == "identity")
}
