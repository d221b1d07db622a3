import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Reinitialization
import Tensors
import Testing

/// A model of blocks: an embedding, `layers` with a map, a perceptron and a list of experts each, a head.
private func model(_ layers: Int) -> NodeList {
  let blocks = (0..<layers).map { index -> any Node in
    let experts = (0..<6).map { _ in named(["up": Dense(in: 4, out: 8), "down": Dense(in: 8, out: 4)]) }
    let perceptron = NodeList([(.index(0), Dense(in: 4, out: 4)), (.index(2), Dense(in: 4, out: 4))])
    var nodes: [(PathKey, any Node)] = [
      ("proj", Dense(in: 4, out: 12, parts: 3)), ("experts", NodeList(indexing: experts)), ("mlp", perceptron),
    ]
    if index == 0 { nodes.append(("extra", RMSNorm([4]))) }
    return NodeList(nodes)
  }
  return named([
    "embed": Embedding(vocabulary: 50, size: 4), "layers": NodeList(indexing: blocks), "head": Dense(in: 4, out: 50),
    "conv": Conv(in: 8, out: 16, kernel: [3, 3], groups: 4),
  ])
}

private func named(_ nodes: KeyValuePairs<String, any Node>) -> NodeList {
  NodeList(nodes.map { (PathKey($0.key), $0.value) })
}

private func plan(_ rules: [String], layers: Int = 4, config: ModelConfig? = nil) throws -> [String: Draw] {
  let plan = try Plan(
    rules.map { try Rule(RuleText(parsing: $0)) }, for: Inventory(of: model(layers)), seed: 1, config: config)
  return Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.name, $0.draw) })
}

@Test(
  "Each variable is what it is said to be",
  arguments: [
    ("layers.2.proj.weight", "fan_in", 4), ("layers.2.proj.weight", "fan_out", 4), ("layers.2.proj.weight", "out", 4),
    ("layers.2.proj.bias", "fan_in", 4), ("layers.2.proj.bias", "out", 4), ("layers.2.proj.weight", "blocks", 4),
    ("layers.2.proj.weight", "block", 2), ("layers.3.experts.5.up.weight", "blocks", 4),
    ("layers.3.experts.5.up.weight", "block", 3), ("layers.3.mlp.2.weight", "block", 3), ("head.weight", "blocks", 4),
    ("embed.weight", "d_model", 4), ("embed.weight", "in", 50), ("embed.weight", "fan_in", 1),
    ("conv.weight", "in", 8), ("conv.weight", "out", 16), ("conv.weight", "fan_in", 18), ("conv.weight", "fan_out", 36),
    ("head.weight", "config.a.b[1] + (config.absent ?? 2)", 9), ("head.weight", "d_model", 4),
  ] as [(String, String, Double)])
func variables(_ path: String, _ expression: String, _ expected: Double) throws {
  let config = try ModelConfig(parsing: #"{"a": {"b": [5, 7]}}"#)
  let draw = try plan(["\(path)=constant((\(expression)))"], config: config)[path]
  #expect(draw?["value"] == expected)
  // A parameter that takes nothing but numbers takes a variable's name.
  if !expression.contains(" ") { #expect(try plan(["\(path)=constant(\(expression))"], config: config)[path] == draw) }
}

@Test("config.hidden_size is the width; a word that a parameter takes stays a word")
func widthAndWords() throws {
  let config = try ModelConfig(parsing: #"{"hidden_size": 64}"#)
  #expect(try plan(["head.weight=normal(std: 1/d_model)"], config: config)["head.weight"]?["std"] == 1.0 / 64)
  let words = try plan(["head.weight=kaiming_normal(mode: fan_in, gain: sqrt(blocks))"])["head.weight"]
  // The gain 2 over the root of the fan-in 4.
  #expect(words?["std"] == 1.0)
}

@Test("Equal rules over the structure have the numbers of each place, and plain numbers give the same draws")
func numbersOfPlaces() throws {
  let draws = try plan(["layers.*.proj.weight=normal(std: 0.02 / sqrt(2 * (block + 1)))"])
  for block in 0..<4 {
    #expect(draws["layers.\(block).proj.weight"]?["std"] == 0.02 / (2 * Double(block + 1)).squareRoot())
  }
  let plain = try plan(["head.weight=truncated_normal(std: 0.005, low: -2, high: 2)"])
  #expect(
    try plan(["head.weight=truncated_normal(std: fan_out / 10000, low: -sqrt(blocks), high: sqrt(blocks))"]) == plain)
}

@Test(
  "An expression that cannot be, or has no value, is an error that says so",
  arguments: [
    ("normal(std: blokcs)", .argumentKind), ("normal(std: 2 * blokcs)", .malformedExpression),
    ("normal(std: 2 *)", .malformedExpression), ("normal(std: sqrt(1, 2))", .malformedExpression),
    ("normal(std: 1/0)", .valueOfExpression), ("normal(std: 1 / (blocks - 4))", .valueOfExpression),
    ("normal(std: -blocks)", .argumentOutOfRange), ("normal(std: config.absent)", .valueOfExpression),
    ("normal(std: block)", .valueOfExpression), ("normal(sd: 2 * blocks)", .unknownArgument),
    ("normal(1, 2, 3 * blocks)", .tooManyArguments), ("normal(std: 1, std: blocks)", .argumentTwice),
    ("constant", .missingArgument), ("sparse(sparsity: blocks)", .argumentOutOfRange),
  ] as [(String, ErrorCode)])
func expressionErrors(_ initializer: String, _ code: ErrorCode) {
  let error = #expect(throws: Diagnostic.self) { try plan(["head.weight=\(initializer)"]) }
  #expect(error?.code == code, "\(error.map(String.init(describing:)) ?? "")")
}

@Test("An error of an expression names the byte, the name and what there is")
func errorText() {
  let error = #expect(throws: Diagnostic.self) {
    try InitializerRegistry.standard.initializer(parsing: "normal(std: 0.02 / sqrt(2 * blokcs))")
  }
  #expect(error?.place == "byte 29 of 'normal(std: 0.02 / sqrt(2 * blokcs))'")
  #expect(error?.message == "an expression cannot be read: there is no variable 'blokcs'")
  #expect(error?.hints.contains { $0.contains("blocks") } == true)
}

@Test("A fan where there is none is an error, with and without an expression around it")
func noFan() {
  let error = #expect(throws: Diagnostic.self) { try plan(["layers.0.extra.weight=constant(1 / fan_in)"]) }
  #expect(error?.code == .noFan)
}

@Test(
  "An expression prints as it is read",
  arguments: [
    "normal(std: 0.02 / sqrt(2 * blocks))", "uniform(low: -config.a[0], high: (config.a[0] ?? 1))",
    "kaiming_normal(mode: fan_out, gain: 1/blocks)",
  ])
func printing(_ text: String) throws {
  let initializer = try InitializerRegistry.standard.initializer(parsing: text)
  #expect(initializer.description == text)
  #expect(initializer is ComputedInitializer)
}

@Test(
  "Constant expressions are plain numbers", arguments: [("1/4", 0.25), ("-log((1 - 0.01) / 0.01)", -4.59511985013459)])
func constants(_ text: String, _ expected: Double) throws {
  let initializer = try #require(
    try InitializerRegistry.standard.initializer(parsing: "constant(\(text))") as? Constant)
  #expect(abs(initializer.value - expected) < 1e-14)
}
