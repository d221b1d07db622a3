import Reinit
import Testing

/// Rules, and the tensors of the network that they write; default values differ from what was there.
private let rules: [(String, [String])] = [
  ("org.reinit.siren/Siren.weight=normal(std: 1)", ["wave.weight"]), ("Siren=siren_uniform", ["wave.weight"]),
  ("*/Siren=default", ["wave.bias", "wave.weight"]), ("Siren.bias=ones", ["wave.bias"]),
  ("org.reinit.lora/*=normal(std: 1)", ["head.lora_A", "head.lora_B"]),
  ("LoRA=default", ["head.lora_A", "head.lora_B"]), ("LoRA.lora_A=normal(std: 0.02)", ["head.lora_A"]),
  ("*.lora_B=ones", ["head.lora_B"]), ("head.base.weight=glorot_uniform", ["head.base.weight"]),
  ("Dense=zeros", ["tail.weight"]), ("Conv=hadamard", ["attention.fc1.weight", "attention.fc2.weight", "stem.weight"]),
  ("SqueezeExcite Conv=kaiming_normal", ["attention.fc1.weight", "attention.fc2.weight"]),
  ("SqueezeExcite.fc2=kaiming_normal", ["attention.fc2.weight"]),
  (
    "org.reinit.squeeze-excite/SqueezeExcite=default",
    ["attention.fc1.bias", "attention.fc1.weight", "attention.fc2.bias", "attention.fc2.weight"]
  ),
  ("SplineDense=glorot_normal", ["kan.base_weight", "kan.spline_scaler", "kan.spline_weight"]),
  ("SplineDense=default", ["kan.base_weight", "kan.grid", "kan.spline_scaler", "kan.spline_weight"]),
  ("SplineDense.grid=default", ["kan.grid"]), ("kan.grid=spline_grid(low: 0, high: 2)", ["kan.grid"]),
  ("**.spline_weight=spline_noise(noise: 0.3)", ["kan.spline_weight"]), ("@buffer=default", ["kan.grid"]),
  ("@bias=zeros", ["attention.fc1.bias", "attention.fc2.bias", "stem.bias", "tail.bias", "wave.bias"]),
]

@Test("Rules reach plugins' layers by type, field, role and path, and nothing else", arguments: rules)
private func reach(text: String, paths: [String]) throws {
  let before = try Numbers.network(in: Numbers.catalog()).map { Tensor(repeating: 0.5, shape: $0.shape) }
  let rule = try Numbers.catalog().rule(text)
  let after = try before.reinitialized(seed: 3) { rule }
  let changed = try zip(before.leaves(), after.leaves()).filter { $0.tensor != $1.tensor }
  #expect(changed.map(\.1.path.description).sorted() == paths)
}

@Test("A network with plugins' layers is saved and loaded bit by bit, computes the same, and leaves nothing behind")
func saving() throws {
  let catalog = try Fixtures.catalog(["SqueezeExcite", "Spline", "LoRA", "SIREN"])
  try saveAndLoad(in: catalog)
  #expect(catalog.handles == .none)
}

private func saveAndLoad(in catalog: PluginCatalog) throws {
  var network = try Numbers.network(in: catalog)
  try network.reinitialize(seed: 4) {
    Fill("**", with: .default)
    Fill("head.base.weight", with: .glorotUniform())
    Fill("head.base.bias", with: .normal(std: 1))
    Fill("*.lora_B", with: .normal(std: 1))
  }
  let path = try Fixtures.temporaryFolder() + "/network.safetensors"
  try network.save(to: path)
  let loaded = try Numbers.network(in: catalog).loaded(from: path)
  let (written, read) = (try network.leaves(), try loaded.leaves())
  #expect(written.count == 18 && written.map(\.path) == read.map(\.path))
  for (a, b) in zip(written, read) { #expect(a.tensor == b.tensor && !a.tensor.isLazy, "\(a.path)") }
  let input = Tensor((0..<24).map { Float($0 % 7) * 0.21 - 0.5 }, shape: [2, 3, 2, 2])
  let result = try network.applied(to: [input])
  #expect(result.map(\.shape) == [[2, 3]] && Set(result[0].floats).count == 6)
  #expect(try loaded.applied(to: [input]) == result)
  #expect(try loaded.shapes(for: [input.shape]) == [[2, 3]])
}

@Test("A network with plugins' layers prints as the code that makes it")
func printing() throws {
  let expected = """
    Chain([
      "stem": Conv(in: 3, out: 8, kernel: [1, 1]),  // 32 parameters
      "attention": org.reinit.squeeze-excite/SqueezeExcite(channels: 8, squeeze: 2),  // 42 parameters
      "flat": Flatten(),
      "kan": org.reinit.spline/SplineDense(in: 32, out: 5),  // 1,600 parameters
      "wave": org.reinit.siren/Siren(in: 5, out: 4, omega: 2),  // 24 parameters
      "head": org.reinit.lora/LoRA(in: 4, out: 2, rank: 3),  // 28 parameters
      "tail": Dense(in: 2, out: 3),  // 9 parameters
    ])  // 1,735 parameters
    """
  #expect("\(try Numbers.network(in: Numbers.catalog()))" == expected)
}

@Test(
  "What a layer cannot be made of is refused",
  arguments: [
    ("LoRA(in: 4, out: 2, rank: 0)", 1, ErrorCode.argumentOutOfRange, "rank"),
    ("LoRA(in: 4, out: 2)", 0, .nestedLayerCount, ""),
    ("LoRA(in: 4, out: 2)", 2, .nestedLayerCount, ""), ("LoRA(in: 4)", 1, .missingArgument, "out"),
    ("LoRA(in: 4, out: 2, alpha: 1e300)", 1, .pluginCallFailed, "alpha does not fit"),
    ("SqueezeExcite(channels: 0)", 0, .argumentOutOfRange, "channels"),
    ("SqueezeExcite(channels: 4, activation: tanh)", 0, .argumentKind, "activation"),
    ("SplineDense(in: 2, out: 2, grid_low: 1, grid_high: 1)", 0, .pluginCallFailed, "the grid is empty"),
    ("SplineDense(in: 2, out: 2, order: 11)", 0, .argumentOutOfRange, "order"),
    ("Siren(in: 2, out: 2, omega: 0)", 0, .argumentOutOfRange, "omega"),
    ("Siren(in: 2, out: 2)", 1, .nestedLayerCount, ""),
  ])
private func refusedLayers(text: String, nested: Int, code: ErrorCode, message: String) throws {
  expectError(code, message, text) {
    try Numbers.catalog().layer(text, children: (0..<nested).map { _ in Dense(in: 4, out: 2) })
  }
}

@Test(
  "An input that does not fit is refused alike by the forward pass and by the inference of shapes",
  arguments: [
    ("LoRA(in: 4, out: 2)", [3, 5], "the last axis does not fit"), ("LoRA(in: 2, out: 4)", [3, 2], ""),
    ("SplineDense(in: 4, out: 2)", [4, 3], "the last axis does not fit"),
    ("Siren(in: 4, out: 2)", [], "last axis"), ("SqueezeExcite(channels: 4)", [1, 5, 2, 2], "the wrong channels"),
    ("SqueezeExcite(channels: 4)", [4, 2, 2], "the wrong number of axes"),
    ("SqueezeExcite(channels: 4)", [1, 4, 0, 2], "planes are empty"),
  ])
private func refusedInputs(text: String, sizes: [Int], message: String) throws {
  let base: [any Layer] = text.hasPrefix("LoRA") ? [Dense(in: 4, out: 2)] : []
  var layer = try AnyNode(Numbers.catalog().layer(text, children: base))
  try layer.reinitialize(with: .default, seed: 0)
  let filled = try layer.map { $0.isLazy ? Tensor(zeros: $0.shape) : $0 }
  let shape = Shape(sizes)
  // A base that does not fit refuses its input itself.
  let code: ErrorCode = message.isEmpty ? .inputShape : .pluginCallFailed
  expectError(code, message, "\(text) forward") { try filled.applied(to: [Tensor(zeros: shape)]) }
  expectError(code, message, "\(text) infer") { try filled.shapes(for: [shape]) }
}

@Test("The four templates of a layer refuse parts, or their host does for them, and print what they have become")
func templates() throws {
  let catalog = try Fixtures.catalog(Fixtures.layerPlugins)
  for name in ["CLayer", "CxxLayer", "RustLayer", "SwiftLayer"] {
    let layer = try catalog.layer("\(name)(size: 3)")
    let (three, other) = (Tensor(zeros: [3]), Tensor(zeros: [2, 2]))
    // A described layer has a place for the nested one also where nothing is nested.
    let rest = [any Node](repeating: Absent(), count: layer.children.count - 2)
    let code: ErrorCode = rest.isEmpty ? .pluginCallFailed : .rebuildMismatch
    func words(_ child: String, _ problem: String) -> String {
      rest.isEmpty ? "'\(child)' \(problem)" : "'\(child)' of '\(layer.kind.name)' \(problem)"
    }
    expectError(code, words("weight", "has the wrong shape"), name) { try layer.rebuilt(from: [other, three] + rest) }
    expectError(code, words("bias", "has the wrong shape"), name) { try layer.rebuilt(from: [three, other] + rest) }
    expectError(code, words("weight", "is missing"), name) { try layer.rebuilt(from: [Absent(), three] + rest) }
    let bare = try layer.rebuilt(from: [three, Absent()] + rest)
    #expect("\(bare)".hasSuffix("Layer(size: 3, bias: false)  // 3 parameters"), "\(bare)")
  }
}
