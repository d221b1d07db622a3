import Architectures
import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization
import Tensors
import Testing

/// What a note says of the ends of residual branches, and what rules reach by it.
@Suite("Ends of residual branches")
struct ResidualOutTests {
  private static let text = """
    # Odd: Somebody, 2020
    architecture: odd
    residual_out: **.attn.out, **.scaled if config.parallel
    residual_out: **.mlp.down
    """
  private static let names: KeyValuePairs<String, [Int]> = [
    "embed.weight": [10, 4], "blocks.0.attn.q.weight": [4, 4], "blocks.0.attn.q.bias": [4],
    "blocks.0.attn.out.weight": [4, 4],
    "blocks.0.attn.out.bias": [4], "blocks.0.mlp.down.weight": [4, 8], "blocks.0.norm.weight": [4],
    "blocks.0.norm.bias": [4],
    "blocks.1.attn.out.weight": [4, 4], "blocks.1.attn.out.bias": [4], "blocks.1.mlp.down.weight": [4, 8],
    "blocks.1.scaled": [4],
  ]
  private static let all = [
    "blocks.0.attn.out.bias", "blocks.0.attn.out.weight", "blocks.0.mlp.down.weight", "blocks.1.attn.out.bias",
    "blocks.1.attn.out.weight", "blocks.1.mlp.down.weight", "blocks.1.scaled",
  ]

  private func inventory(
    _ text: String? = text, _ names: KeyValuePairs<String, [Int]> = names, config: String = #"{"parallel": true}"#
  ) throws -> Inventory {
    let tensors = names.map { NamedTensor($0.key, Tensor(lazy: Shape($0.value), dtype: .f32)) }
    var inventory = try Inventory(of: AnyNode(InferredTree.infer(tensors, options: RecognitionOptions()).root))
    if let text {
      let note = try ArchitectureNote(parsing: text, source: "odd.txt")
      inventory.residualOut = try note.fit(ModelConfig(parsing: config)).residualOut()
    }
    return inventory
  }

  private func reached(_ rules: [String], _ inventory: Inventory) throws -> [String] {
    try Plan(rules.map { try Rule(RuleText(parsing: $0)) }, for: inventory, seed: 1).steps.map(\.name).sorted()
  }

  private func error(_ rule: String, _ inventory: Inventory) -> Diagnostic? {
    #expect(throws: Diagnostic.self) { try reached([rule], inventory) }
  }

  @Test(
    "One rule reaches weights, biases and factors that the note names, and nothing else",
    arguments: [
      (["@residual_out=zeros"], all), (["residual_out=zeros"], all), (["@residual_out=default", "keep @other"], nil),
      (["blocks.1 @residual_out=zeros"], all.filter { $0.hasPrefix("blocks.1") }),
      (["@residual_out @weight=normal(std: 0.1)"], all.filter { $0.hasSuffix(".weight") }),
      (["@residual_out > @bias=ones"], all.filter { $0.hasSuffix(".bias") }),
      (["@residual_out=scale(0.5)", "keep blocks.0 @residual_out"], all.filter { $0.hasPrefix("blocks.1") }),
    ] as [([String], [String]?)])
  func reach(_ rules: [String], _ expected: [String]?) throws {
    let reached = try reached(rules, inventory())
    #expect(reached == expected ?? Self.all.filter { $0 != "blocks.1.scaled" })
  }

  @Test("A condition of the note leaves out what does not hold")
  func conditions() throws {
    let reached = try reached(["@residual_out=zeros"], inventory(config: "{}"))
    #expect(reached == Self.all.filter { $0.hasSuffix("down.weight") })
  }

  @Test("What is random, or needs fans, takes one role here as everywhere")
  func roles() throws {
    let error = error("@residual_out=normal(std: 0.1)", try inventory())
    #expect(error?.code == .mixedRoles)
    #expect(error?.hints.first?.contains("@residual_out @weight=normal(std: 0.1)") == true)
  }

  @Test("A path of that name is the path")
  func path() throws {
    let tree = try inventory(Self.text, ["residual_out.weight": [4, 4], "blocks.0.mlp.down.weight": [4, 8]])
    #expect(try reached(["residual_out=zeros"], tree) == ["residual_out.weight"])
    #expect(try reached(["@residual_out=zeros"], tree) == ["blocks.0.mlp.down.weight"])
  }

  @Test(
    "Where nobody has said it, the error says so, and how to say it",
    arguments: ["@residual_out", "residual_out", "blocks.1 @residual_out"])
  func unsaid(_ selector: String) throws {
    let without = error("\(selector)=zeros", try inventory("architecture: odd"))
    #expect(without?.code == .ruleMatchesNothing)
    #expect(
      without?.message
        == "'\(selector)=zeros' reaches nothing: the note 'odd' does not say what ends the residual branches")
    #expect(without?.hints.first?.contains("residual_out: **.o_proj") == true)
    let none = error("\(selector)=zeros", try inventory(nil))
    #expect(none?.message == "'\(selector)=zeros' reaches nothing: no note says what ends the residual branches")
    #expect(try reached(["\(selector)?=zeros", "embed=ones"], inventory(nil)) == ["embed.weight"])
  }

  @Test(
    "A line that cannot be is refused with its place",
    arguments: ["@residual_out", "**.down[2:]", "**.a b", "**.", "**.a,, **.b"])
  func malformed(_ list: String) throws {
    let text = "architecture: odd\nresidual_out: \(list)"
    let error = #expect(throws: Diagnostic.self) {
      try ArchitectureNote(parsing: text, source: "odd.txt").check(layers: .standard, initializers: .standard)
    }
    #expect(error?.place?.hasPrefix("odd.txt:2") == true, "\(String(describing: error))")
  }
}
