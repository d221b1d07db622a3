import CallText
import Initializers
import LayerVocabulary
import LinearAlgebra
import Testing

private func code(_ text: String) -> String { "`\(text)`" }

/// A cell of a Markdown table.
private func cell(_ text: String) -> String {
  text.map { $0 == "|" ? "\\|" : String($0) }.joined()
}

private func signature(_ descriptor: InitializerDescriptor) -> String {
  let list = descriptor.parameters.map { parameter in
    parameter.name + (parameter.defaultValue.map { ": \($0)" } ?? "")
  }
  return list.isEmpty ? descriptor.name : "\(descriptor.name)(\(list.joined(separator: ", ")))"
}

private func section(_ descriptor: InitializerDescriptor) -> String {
  var text = "### \(descriptor.name)\n\n"
  text += descriptor.summary.prefix(1).uppercased() + descriptor.summary.dropFirst() + ".\n\n"
  text += "    \(descriptor.formula)\n\n"
  if !descriptor.parameters.isEmpty {
    text += "| parameter | default | |\n| --- | --- | --- |\n"
    for parameter in descriptor.parameters {
      let value = parameter.defaultValue.map { code("\($0)") } ?? "required"
      text += "| \(code(parameter.name)) | \(value) | \(cell(parameter.summary)) |\n"
    }
    text += "\n"
  }
  if !descriptor.aliases.isEmpty {
    text += "Also accepted: \(descriptor.aliases.map(code).joined(separator: ", ")).\n\n"
  }
  return text + "\(descriptor.reference).\n\n"
}

private func page() -> String {
  let registry = InitializerRegistry.standard
  var text = introduction
  text += registry.descriptors.map(section).joined()
  text += presetsIntroduction
  for preset in registry.presets {
    let aliases = preset.aliases.map(code).joined(separator: ", ")
    let note =
      preset.summary.split(separator: ";", maxSplits: 1).dropFirst().first.map { " (\($0.dropFirst()))" }
      ?? ""
    text +=
      "| \(code(signature(preset))) | \(code(String(preset.formula.dropFirst(2))))\(cell(note)) | \(aliases) |\n"
  }
  return text
}

private let introduction = """
  # Initializers

  An initializer is written `name` or `name(argument: value, …)`; positional arguments fill the parameters in the
  order of the tables below. Names with torch's trailing underscore are accepted (`kaiming_normal_`).

  - **Fans** are the layer's own: groups, depthwise and transposed convolutions, packed projections and gates,
    embeddings and bilinear forms are counted as what they are. `fans: whole` takes groups and packed
    parts as one map, as Keras and Flux do; `fans: shape` takes what torch derives from the shape alone, `fans: trailing` what
    Flux derives from it. Something without a fan (a bias, a norm's scale) is an error that names it.
  - **Packed parts and groups** are maps of their own: fans are those of one part, and `orthogonal`,
    `delta_orthogonal`, `dirac` and `identity` make one matrix for each.
  - **Truncated normals** say what their bounds are (`bounds: absolute` or `sigma`) and whose standard deviation is
    given (`of: parent` or `result`). Values are drawn between the bounds and never clamped; bounds out of the reach of
    32 random bits are no truncation.
  - **Types**: values are made as 32-bit floats and rounded to the tensor's type. Constants go straight to the type,
    and are the only ones that a layer's `default` may put into its integer buffers. What would become infinite, or all 0, is an error.
  - **Bits**: elementwise initializers give the same bits on every machine (docs/random.md). So do
    orthogonal ones where a tensor holds eight or more of at most 4096 elements each; others pass
    through BLAS and are reproducible to 10⁻⁵ of their gain, Fourier kernels to 10⁻⁶.

  The nonlinearities of `kaiming_…` have torch's gains where torch has one (linear and sigmoid 1, tanh 5/3, relu √2,
  leaky_relu √(2/(1 + slope²)), selu 3/4); all others have 1/√E[f(z)²] for a standard normal z. For any other function
  `Gain.secondMoment { x in … }` computes it.

  This page is generated from the registry (`REINIT_GOLDEN=write swift test --filter documentation`).

  ## Catalogue


  """

private let presetsIntroduction = """
  ## Presets

  Other frameworks' names, parameters and defaults. Each makes one of the initializers above, and is printed as that.
  torch's and timm's presets take fans from the shape, as these libraries do; the others take the layer's.

  | preset | makes | also accepted |
  | --- | --- | --- |

  """

@Test("The documentation of initializers is what the registry says")
func documentation() {
  let root = testFolder.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
  expectGolden(page(), root + "/docs/initializers.md")
}

@Test("Every descriptor has a formula, a reference, and says what each parameter takes")
func completeDescriptors() {
  for descriptor in InitializerRegistry.standard.descriptors + InitializerRegistry.standard.presets {
    let isComplete =
      !descriptor.summary.isEmpty && !descriptor.formula.isEmpty && !descriptor.reference.isEmpty
      && descriptor.parameters.allSatisfy { !$0.summary.isEmpty }
    #expect(isComplete, "\(descriptor.name)")
  }
}
