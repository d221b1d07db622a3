import Architectures
import CallText
import Checkpoints
import Diagnostics
import Foundation
import Functors
import Initializers
import JSONText
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization
import Tensors
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("docs/architectures")

@Test("Every note in the folder is compiled in, reads, and has a title, a source and rules that can be")
func builtInNotes() throws {
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
  let notes = try NoteLibrary().all()
  #expect(Set(notes.map { "\($0.name).txt" }) == Set(files))
  for note in notes {
    try note.check(layers: .standard, initializers: .standard)
    #expect(!note.title.isEmpty && !note.reference.isEmpty, "\(note.name)")
    let text = try String(contentsOf: folder.appendingPathComponent("\(note.name).txt"), encoding: .utf8)
    #expect(try ArchitectureNote(parsing: text, source: "").ruleTexts == note.ruleTexts)
  }
  let names = notes.flatMap(\.names).map { $0.lowercased() }
  #expect(Set(names).count == names.count, "two notes have one name")
}

/// A note about an architecture of blocks with a norm and something unusual.
private let text = """
  # Odd: Somebody, 2020
  # It is odd.
  #   Very.
  architecture: odd, Odd2DModel
  names: **.blocks.*.mixer.gate, **.norm
  names: !**.attn
  config: text_config
  default: range = 0.1
  default: heads = 2

  **.mixer.gate is Parameter(role: other, begins: -log((1 - 0.01) / 0.01))   # a gate
  **.mixer.decay is Parameter(role: other)
  **.norm is RMSNorm(begins: zeros)
  **.norm is RMSNorm(begins: ones) if config.plain and config.act == gelu
  **.qkv is Dense(parts: [config.heads * 4, 4, 4], begins: normal(std: config.range), begins_bias: 1 / config.heads)
  **.state is Buffer(begins: 3)
  **.table is Linear(transposed: true)
  **.wrong is Conv
  tie: head.weight = embed.weight if not config.untied
  recipe:
  Dense.weight? = normal(std: config.range / sqrt(2 * blocks))
  Dense.bias? = zeros if config.act != gelu
  keep **.state?
  """

private let list: KeyValuePairs<String, [Int]> = [
  "embed.weight": [10, 4], "blocks.0.mixer.gate": [4], "blocks.0.mixer.decay": [4], "blocks.0.mixer.norm.weight": [4],
  "blocks.0.qkv.weight": [16, 4], "blocks.0.qkv.bias": [16], "blocks.0.state": [4], "blocks.0.table.weight": [6, 4],
  "blocks.1.mixer.gate": [4], "blocks.1.mixer.norm.weight": [4], "blocks.1.wrong.weight": [4, 4],
]

private func tensors(_ list: KeyValuePairs<String, [Int]> = list) -> [NamedTensor] {
  list.map { NamedTensor($0.key, Tensor(lazy: Shape($0.value), dtype: .f32)) }
}

private func note(_ text: String = text) throws -> ArchitectureNote {
  try ArchitectureNote(parsing: text, source: "odd.txt")
}

/// The tree as a note for it says, and the note's warnings.
private func tree(
  _ note: ArchitectureNote, _ config: String? = nil, user: [String] = [], layers: LayerRegistry = .standard,
  initializers: InitializerRegistry = .standard, _ list: KeyValuePairs<String, [Int]> = list
) throws -> (tree: InferredTree, config: ModelConfig) {
  let fit = note.fit(try config.map { try ModelConfig(parsing: $0) })
  var options = RecognitionOptions(
    overrides: try user.map { try TypeOverride(parsing: $0, layers: layers, initializers: initializers) },
    config: fit.config)
  options.told = try fit.types(layers: layers, initializers: initializers)
  return (try InferredTree.infer(tensors(list), options: options), fit.config)
}

private func draws(_ tree: (tree: InferredTree, config: ModelConfig), _ rules: [String]) throws -> [String: Draw] {
  let plan = try Plan(
    rules.map { try Rule(RuleText(parsing: $0)) }, for: Inventory(of: AnyNode(tree.tree.root)), seed: 1,
    config: tree.config)
  return Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.name, $0.draw) })
}

@Test("A note says what tensors are, and how they begin")
func types() throws {
  let tree = try tree(try note())
  let inventory = try Inventory(of: AnyNode(tree.tree.root))
  let roles = Dictionary(
    uniqueKeysWithValues: inventory.leaves.indices.map {
      (inventory.path(ofLeaf: $0).description, inventory.leaves[$0].role)
    })
  #expect(roles["blocks.0.mixer.gate"] == .other && roles["blocks.0.state"] == .buffer)
  // A norm that begins at 0 multiplies by 1 + w: rules for scales do not reach it.
  #expect(roles["blocks.0.mixer.norm.weight"] == .other && roles["blocks.0.qkv.weight"] == .weight)
  let gate = try draws(tree, ["@other=default", "keep **.decay"])
  #expect(abs((gate["blocks.1.mixer.gate"]?["value"] ?? 0) + 4.59511985013459) < 1e-13)
  #expect(gate["blocks.0.mixer.decay"] == nil)
  let begun = try draws(tree, ["**.qkv=default", "**.norm=default", "**.state=default"])
  #expect(begun["blocks.0.qkv.weight"] == .normal(std: 0.1) && begun["blocks.0.qkv.bias"] == .constant(0.5))
  #expect(begun["blocks.1.mixer.norm.weight"] == .constant(0) && begun["blocks.0.state"] == .constant(3))
  let leaf = try #require(
    inventory.leaves.indices.first { inventory.path(ofLeaf: $0).description == "blocks.0.table.weight" })
  #expect(inventory.leaves[leaf].geometry?.fans(of: [6, 4]) == Fans(fanIn: 6, fanOut: 4))
  let qkv = try #require(
    inventory.leaves.indices.first { inventory.path(ofLeaf: $0).description == "blocks.0.qkv.weight" })
  #expect(inventory.leaves[qkv].geometry?.packed.map(\.size) == [8, 4, 4])
}

@Test("What has no known beginning is refused by default, by name")
func noBeginning() throws {
  let error = #expect(throws: Diagnostic.self) { try draws(tree(note()), ["@other=default"]) }
  #expect(error?.code == .noFreshState && error?.message.contains("blocks.0.mixer.decay") == true)
}

@Test(
  "Fields and conditions decide over lines",
  arguments: [
    (nil, 0.0, 0.1), (#"{"plain": true, "act": "gelu"}"#, 1, 0.1), (#"{"plain": true, "act": "relu"}"#, 0, 0.1),
    (#"{"plain": 0, "act": "gelu", "range": 0.5}"#, 0, 0.5), (#"{"text_config": {"range": 0.25}}"#, 0, 0.25),
    (#"{"range": 0.5, "text_config": {"range": 0.25, "plain": 1, "act": "gelu"}}"#, 1, 0.5),
  ] as [(String?, Double, Double)])
func conditions(_ config: String?, _ norm: Double, _ std: Double) throws {
  let begun = try draws(tree(note(), config), ["**.qkv.weight=default", "**.norm=default"])
  #expect(begun["blocks.0.mixer.norm.weight"] == .constant(norm) && begun["blocks.0.qkv.weight"] == .normal(std: std))
}

@Test(
  "null is what config.json does not say, and what it says is null in spite of a default",
  arguments: [
    (nil, 5.0), ("{}", 5), (#"{"pad": 0}"#, 5), (#"{"pad": null}"#, 1), (#"{"text_config": {"pad": null}}"#, 1),
    (#"{"pad": null, "text_config": {"pad": 3}}"#, 5), (#"{"pad": "null"}"#, 5),
  ] as [(String?, Double)])
func nulls(_ config: String?, _ norm: Double) throws {
  let lines = [
    "**.norm is RMSNorm(begins: 5) if config.pad != null", "**.norm is RMSNorm(begins: 1) if config.pad == null",
  ]
  for line in lines {
    let note = try note(
      "architecture: a\nconfig: text_config\ndefault: pad = 1\n**.norm is RMSNorm(begins: 7)\n\(line)")
    let begun = try draws(tree(note, config), ["**.norm=default"])["blocks.0.mixer.norm.weight"]
    #expect(begun == .constant(line.contains("begins: \(Int(norm))") ? norm : 7), "\(line)")
  }
  let without = try note("architecture: a\n**.norm is RMSNorm(begins: 5) if config.pad == null")
  #expect(try draws(tree(without, "{}"), ["**.norm=default"])["blocks.0.mixer.norm.weight"] == .constant(5))
}

@Test("What the user says of a layer stands above the note, and the note above names and shapes")
func evidence() throws {
  let told = try draws(
    tree(note(), user: ["**.norm=RMSNorm(begins: 7)", "blocks.1.mixer.gate=LayerScale"]),
    ["**.norm=default", "blocks.1.mixer.gate=ones"])
  #expect(told["blocks.0.mixer.norm.weight"] == .constant(7) && told["blocks.1.mixer.gate"] == .constant(1))
  let plain = try draws((InferredTree.infer(tensors()), ModelConfig()), ["**.norm=default"])
  #expect(plain["blocks.0.mixer.norm.weight"] == .constant(1))
}

@Test("A line that the tensors cannot be is left out, and told")
func impossibleLine() throws {
  let warnings = try tree(try note()).tree.warnings
  #expect(
    warnings == ["odd.txt:18: 'blocks.1.wrong' cannot be Conv: a weight of shape [4, 4] cannot be that of 'Conv'"])
}

@Test("A note is read to its parts, and prints them")
func parts() throws {
  let note = try note()
  #expect(note.names == ["odd", "Odd2DModel"] && note.title == "Odd" && note.reference == "Somebody, 2020")
  #expect(note.remarks == ["It is odd.", "Very."])
  #expect(
    note.typeTexts.count == 8
      && note.typeTexts[3] == "**.norm is RMSNorm(begins: ones) if config.plain and config.act == gelu")
  #expect(note.tieTexts == ["head.weight = embed.weight if not config.untied"])
  #expect(note.defaultTexts == ["range = 0.1", "heads = 2"])
  #expect(note.fit(nil).ties.map(\.alias) == ["head.weight"])
  #expect(note.fit(try ModelConfig(parsing: #"{"untied": true}"#)).ties.isEmpty)
  #expect(note.isNamed("odd2dmodel") && !note.isNamed("od"))
}

@Test("The recipe has the rules whose conditions are met, and their numbers are those of the structure")
func recipe() throws {
  let note = try note()
  let tree = try tree(note)
  let recipe = try note.fit(nil).recipe(registry: .standard)
  #expect(recipe.rules.count == 3 && recipe.name == "odd")
  let plan = try Plan(recipe.rules, for: Inventory(of: AnyNode(tree.tree.root)), seed: 1, config: tree.config)
  #expect(plan.steps.first { $0.name == "blocks.0.qkv.weight" }?.draw == .normal(std: 0.1 / 2))
  #expect(try note.fit(ModelConfig(parsing: #"{"act": "gelu"}"#)).recipe(registry: .standard).rules.count == 2)
}

@Test("A note for which there is a model_type is that one; else the one whose names all fit, with the most patterns")
func fitting() throws {
  let names = list.map(\.key)
  let other = try note("architecture: other\nnames: **.norm")
  let library = NoteLibrary([try note(), other], hasBuiltIn: false)
  func name(_ config: String?, _ names: [String]) throws -> String? {
    try library.fit(config.map { try ModelConfig(parsing: $0) }, names: names)?.note.names.first
  }
  #expect(try name(nil, names) == "odd")
  #expect(try name(#"{"model_type": "OTHER"}"#, names) == "other")
  #expect(try name(#"{"_class_name": "Odd2DModel"}"#, []) == "odd")
  #expect(try name(#"{"model_type": "unknown"}"#, names) == "odd")
  #expect(try name(nil, names + ["blocks.1.attn.weight"]) == "other")
  #expect(try name(nil, ["a.norm", "b.blocks.7.mixer.gate.x"]) == "odd")
  #expect(try name(nil, ["a.blocks.7.mixer.gate"]) == nil)
  #expect(try name(nil, []) == nil)
  // Two that fit equally well are none.
  let twins = NoteLibrary([other, try note("architecture: twin\nnames: **.norm")], hasBuiltIn: false)
  #expect(try twins.fit(nil, names: names) == nil)
  #expect(try library.note(named: "odd2dmodel")?.name == "odd")
  // What a person means counts where nothing else says what a file is.
  func meant(_ name: String, _ config: String?, _ names: [String]) throws -> String? {
    try library.meaning(name).fit(config.map { try ModelConfig(parsing: $0) }, names: names)?.note.name
  }
  #expect(try meant("other", nil, names) == "odd" && meant("other", #"{"model_type": "odd"}"#, []) == "odd")
  #expect(
    try meant("other", nil, []) == "other" && meant("Odd2DModel", nil, []) == "odd" && meant("no", nil, []) == nil)
}

@Test(
  "Patterns match names at their parts",
  arguments: [
    ("**.a", "a", true), ("**.a", "x.a", true), ("**.a", "x.y.a.weight", true), ("**.a", "x.ab", false),
    ("a.*.b", "a.7.b", true), ("a.*.b", "a.b", false), ("a.**.b", "a.b", true), ("a.**.b", "a.x.y.b.c", true),
    ("**.at*n", "attention", true), ("**.at*x", "attention", false), ("a.3.b", "a.11.b", true), ("b", "a.b", false),
    ("a", "a.b", true), ("a.b", "a", false), ("**.*_proj", "m.q_proj.weight", true),
  ])
func patterns(_ pattern: String, _ name: String, _ holds: Bool) throws {
  let library = NoteLibrary([try note("architecture: x\nnames: \(pattern)")], hasBuiltIn: false)
  #expect((try library.fit(nil, names: [name]) != nil) == holds)
  let negated = NoteLibrary([try note("architecture: x\nnames: \(name), !\(pattern)")], hasBuiltIn: false)
  #expect((try negated.fit(nil, names: [name]) != nil) != holds)
}

@Test(
  "A note that cannot be read is an error at its line",
  arguments: [
    ("", nil, ErrorCode.noteSyntax), ("names: a", nil, .noteSyntax), ("architecture:", 1, .noteSyntax),
    ("architecture: a b", 1, .noteSyntax), ("architecture: a\nfoo: b", 2, .noteSyntax),
    ("architecture: a\n\nDense.weight = zeros", 3, .noteSyntax), ("architecture: a\ndefault: x", 2, .noteSyntax),
    ("architecture: a\ndefault: config.x = 1", 2, .noteSyntax), ("architecture: a\ntie: x", 2, .noteSyntax),
    ("architecture: a\n**.b is ", 2, .noteSyntax), ("architecture: a\nnames: b if config.c", 2, .noteSyntax),
    ("architecture: a\nb is Dense if config.c = 1", 2, .noteSyntax),
    ("architecture: a\nb is Dense if not x", 2, .noteSyntax),
    ("architecture: a\nb is Dense if config.", 2, .noteSyntax),
    ("architecture: a\nrecipe: Dense = zeros", 2, .noteSyntax),
    ("architecture: a\nb is Densse", 2, .unknownName), ("architecture: a\nb** is Dense", 2, .selectorSyntax),
    ("architecture: a\nb is Dense(begins: normall)", 2, .unknownInitializer),
    ("architecture: a\nb is Dense(3)", 2, .ruleSyntax),
    ("architecture: a\nb is Parameter(role: foo)", 2, .usage),
    ("architecture: a\nb is Dense(parts: 2 * x)", 2, .malformedExpression),
    ("architecture: a\nrecipe:\nDense.weight = zeross", 3, .unknownInitializer),
    ("architecture: a\nrecipe:\n\nDense.weight", 4, .recipeSyntax),
    ("architecture: a\nrecipe:\nDense.weight = normal(std: 2 * x)", 3, .malformedExpression),
  ] as [(String, Int?, ErrorCode)])
func unreadable(_ text: String, _ line: Int?, _ code: ErrorCode) {
  let error = #expect(throws: Diagnostic.self) { try note(text).check(layers: .standard, initializers: .standard) }
  #expect(error?.code == code, "\(error.map(String.init(describing:)) ?? "")")
  if let line { #expect(error?.place?.hasPrefix("odd.txt:\(line)") == true, "\(error?.place ?? "")") }
}

@Test("A type that needs a field which is not there says so at the note's line")
func missingField() throws {
  let warnings = try tree(try note("architecture: a\n**.qkv is Dense(parts: config.groups)")).tree.warnings
  #expect(warnings.count == 1 && warnings[0].contains("odd.txt:2") && warnings[0].contains("config.groups"))
}

@Test(
  "Norms that multiply by 1 + w begin at 0 by the recipe, too, and the padding row where config.json names one",
  arguments: ["gemma", "gemma2", "gemma3_text", "gemma3", "qwen3_next"])
func centeredNorms(_ name: String) throws {
  let note = try #require(try NoteLibrary().note(named: name))
  let config = #"{"pad_token_id": 3, "text_config": {"pad_token_id": 3}, "vision_config": {"hidden_size": 4}}"#
  let names = ["model.norm.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_norm.weight"]
  let norms = names.map { NamedTensor($0, Tensor(lazy: [4], dtype: .f32)) }
  let embedding = NamedTensor("model.embed_tokens.weight", Tensor(lazy: [9, 4], dtype: .f32))
  let fit = note.fit(try ModelConfig(parsing: config))
  var options = RecognitionOptions(config: fit.config)
  options.told = try fit.types(layers: .standard, initializers: .standard)
  let tree = try InferredTree.infer(norms + [embedding], options: options)
  let recipe = try fit.recipe(registry: .standard)
  let plan = try Plan(recipe.rules, for: Inventory(of: AnyNode(tree.root)), seed: 1, config: fit.config)
  #expect(plan.steps.filter { names.contains($0.name) }.map(\.draw) == names.map { _ in .constant(0) })
  let row = plan.steps.filter { $0.name == embedding.name && $0.draw == .constant(0) }
  #expect(row.map(\.count) == [4])
}

@Test("A note without a recipe has none to give")
func withoutRecipe() throws {
  let error = #expect(throws: Diagnostic.self) { try note("architecture: a").fit(nil).recipe(registry: .standard) }
  #expect(error?.code == .noteWithoutRecipe)
}

@Test("Layers and initializers of plugins stand in notes as built-in ones do")
func plugins() throws {
  let parameter = CallParameter("factor", nil, "a number", takesNumbersAlone: true)
  var initializers = InitializerRegistry.standard
  try initializers.register(
    InitializerDescriptor(
      "org.example/odd", summary: "", formula: "", parameters: [parameter], reference: "", origin: "p")
  ) { (arguments) throws(Diagnostic) in Constant(try arguments.number("factor") * 2) }
  var layers = LayerRegistry.standard
  try layers.register(
    LayerDescriptor(LayerKind("org.example/Gate"), summary: "", parameters: [parameter], origin: "p")
  ) { (arguments, _) throws(Diagnostic) in
    Scale(weight: Tensor(lazy: Shape([try arguments.integer("factor", in: 1...64)]), dtype: .f32))
  }
  let note = try note(
    """
    architecture: a
    **.odd is Parameter(role: other, begins: org.example/odd(factor: config.f + 1))
    **.gate is org.example/Gate(factor: config.f)
    recipe:
    Scale.weight = org.example/odd(factor: config.f)
    """)
  let list: KeyValuePairs<String, [Int]> = ["a.odd": [3], "a.gate.weight": [4], "a.x.weight": [4, 4]]
  let tree = try tree(note, #"{"f": 4}"#, layers: layers, initializers: initializers, list)
  #expect(try draws(tree, ["a.odd=default"])["a.odd"] == .constant(10))
  let recipe = try note.fit(tree.config).recipe(registry: initializers)
  let plan = try Plan(recipe.rules, for: Inventory(of: AnyNode(tree.tree.root)), seed: 1, config: tree.config)
  #expect(plan.steps.map(\.name) == ["a.gate.weight"] && plan.steps.map(\.draw) == [.constant(8)])
}
