import Architectures
import Checkpoints
import Diagnostics
import Foundation
import JSONText
import Reinit
import Testing

/// Adapters for checkpoints, as notes say what they add.
@Suite("Adapters")
struct AdapterTests {
  private let folder: Folder

  /// Two blocks of a decoder, and a table.
  init() throws {
    folder = try Folder()
    var generator = Seeded(state: 3)
    var tensors = [Sample.tensor("model.embed_tokens.weight", "BF16", [12, 4], &generator)]
    for block in 0..<2 {
      for (name, shape) in [("self_attn.q_proj", [6, 4]), ("self_attn.v_proj", [2, 4]), ("mlp.down_proj", [4, 10])] {
        tensors.append(Sample.tensor("model.layers.\(block).\(name).weight", "BF16", shape, &generator))
      }
      tensors.append(Sample.tensor("model.layers.\(block).input_layernorm.weight", "BF16", [4], &generator))
    }
    try FileManager.default.createDirectory(atPath: folder["base"], withIntermediateDirectories: true)
    try Sample.write(tensors, to: folder["base/model.safetensors"])
    try folder.write(#"{"model_type": "llama"}"#, "base/config.json")
    try folder.write("words", "base/tokenizer.json")
  }

  private func target(_ settings: [String], note: String? = nil) throws -> FitTarget {
    let own = try note.map { try ArchitectureNote(parsing: $0, source: "mine.txt") }
    let note = try own ?? #require(try NoteLibrary().note(named: "lora"))
    return try FitTarget(adapter: note, for: Checkpoint(opening: folder["base"]), settings: settings)
  }

  @discardableResult
  private func make(_ settings: [String], _ texts: String..., as name: String = "adapter") throws -> Fit.Outcome {
    let rules = try texts.map { try Rule(RuleText(parsing: $0)) }
    return try Fit(folder["base"], to: target(settings)).carryOut(
      writing: folder[name], reading: TreeReading(notes: NoteLibrary()), seed: 2
    ) { (checkpoint) throws(Diagnostic) in
      try Recipe.named("architecture", architecture: checkpoint.architecture).rules + rules
    }
  }

  private func shapes(_ settings: [String]) throws -> [String: [Int]] {
    try make(settings)
    let header = try CheckpointFiles(folder["adapter"]).header
    try FileManager.default.removeItem(atPath: folder["adapter"])
    return Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0.shape) })
  }

  @Test("Both files are PEFT's: names, shapes, F32, configuration; the base's files stay where they are")
  func files() throws {
    try make(["r=3", "lora_alpha=6", "target_modules=q_proj down_proj", "task_type=CAUSAL_LM"])
    #expect(try Set(folder.contents("adapter").keys) == ["adapter_model.safetensors", "adapter_config.json"])
    let header = try CheckpointFiles(folder["adapter"]).header
    let expected = [("self_attn.q_proj", 4, 6), ("mlp.down_proj", 10, 4)].flatMap { name, inputs, outputs in
      (0..<2).flatMap { block in
        [("lora_A", [3, inputs]), ("lora_B", [outputs, 3])].map {
          ("base_model.model.model.layers.\(block).\(name).\($0).weight", $1)
        }
      }
    }
    #expect(
      Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0.shape) })
        == Dictionary(uniqueKeysWithValues: expected))
    #expect(header.entries.allSatisfy { $0.dtype == "F32" })
    let config = try ModelConfig(at: folder["adapter/adapter_config.json"])
    #expect(
      config["peft_type"] == "LORA" && config["r"] == 3 && config["lora_alpha"] == 6
        && config["task_type"] == "CAUSAL_LM")
    #expect(config["target_modules"] == ["down_proj", "q_proj"] && config["init_lora_weights"] == true)
    #expect(config["base_model_name_or_path"] == .string(folder["base"]) && config["fan_in_fan_out"] == false)
    for entry in header.entries {
      let values = try Tensor(named: entry.name, in: folder["adapter/adapter_model.safetensors"]).elements
      let bound = 1 / Double(entry.shape[1]).squareRoot()
      #expect(entry.name.contains("lora_B") ? values.allSatisfy { $0 == 0 } : values.contains { abs($0) > bound / 2 })
      #expect(values.allSatisfy { abs($0) <= bound })
    }
    #expect(try Checkpoint(opening: folder["adapter"]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test(
    "Targets are ends of names, selectors, branches; the configuration has ends where they mean the same",
    arguments: [
      ("q_proj, v_proj", 8, #"["q_proj","v_proj"]"#),
      ("model.layers.1.self_attn.q_proj", 2, #"["model.layers.1.self_attn.q_proj"]"#),
      (
        "model.layers.0", 6,
        #"["model.layers.0.mlp.down_proj","model.layers.0.self_attn.q_proj","model.layers.0.self_attn.v_proj"]"#
      ),
      (#"["**.self_attn Dense", "**.mlp Dense"]"#, 12, #"["down_proj","q_proj","v_proj"]"#),
      ("Dense", 12, #"["down_proj","q_proj","v_proj"]"#),
      ("embed_tokens", 2, #"["embed_tokens"]"#), ("self_attn", 8, #"["q_proj","v_proj"]"#),
    ])
  func targets(_ text: String, _ count: Int, _ written: String) throws {
    #expect(try shapes(["target_modules=\(text)"]).count == count)
    try make(["target_modules=\(text)"])
    #expect(try ModelConfig(at: folder["adapter/adapter_config.json"])["target_modules"]?.compact == written)
  }

  @Test("A table's matrices are the other way round, and fields of the configuration add tensors")
  func others() throws {
    #expect(
      try shapes(["r=2", "target_modules=embed_tokens"]) == [
        "base_model.model.model.embed_tokens.lora_embedding_A": [2, 12],
        "base_model.model.model.embed_tokens.lora_embedding_B": [4, 2],
      ])
    #expect(
      try shapes(["lora_bias=true", "target_modules=v_proj"])[
        "base_model.model.model.layers.0.self_attn.v_proj.lora_B.bias"] == [2])
    let error = #expect(throws: Diagnostic.self) { try make(["use_dora=true", "target_modules=v_proj"]) }
    #expect(error?.code == .fitUndecided && error?.notes.joined().contains("lora_magnitude_vector") == true)
  }

  @Test("A rule counts after the note's recipe, and may read the weight that is adapted")
  func rules() throws {
    try make(
      ["r=4", "target_modules=q_proj"], "**.lora_A.weight=normal_like(rows: old, cov: diagonal)",
      "**.lora_B.weight=ones")
    let name = "base_model.model.model.layers.1.self_attn.q_proj"
    let values = try Tensor(named: "\(name).lora_B.weight", in: folder["adapter/adapter_model.safetensors"]).elements
    #expect(values.allSatisfy { $0 == 1 })
    let entry = try #require(try Checkpoint(opening: folder["adapter"]).receipt()).entries.map(\.entry).first {
      $0.name == "\(name).lora_A.weight"
    }
    #expect(
      entry?.draw?.sources.map(\.place) == [.file(folder["base"], tensor: "model.layers.1.self_attn.q_proj.weight")])
  }

  @Test(
    "What cannot be is said, and nothing is written",
    arguments: [
      (["r=4"], ErrorCode.usage), (["rank=4", "target_modules=q_proj"], .usage),
      (["r", "target_modules=q_proj"], .usage),
      (["target_modules=q_prj"], .ruleMatchesNothing), (["target_modules=input_layernorm"], .fitTarget),
      (["r=0.5", "target_modules=q_proj"], .valueOfExpression), (["r=x", "target_modules=q_proj"], .valueOfExpression),
    ])
  func refusals(_ settings: [String], _ code: ErrorCode) throws {
    let error = #expect(throws: Diagnostic.self) { try make(settings) }
    #expect(error?.code == code, "\(String(describing: error))")
    #expect(try folder.contents().keys.allSatisfy { !$0.hasPrefix("adapter") })
  }

  @Test("A note of one's own is another adapter")
  func own() throws {
    let note = """
      architecture: scaled
      default: width = 2
      adds: wrapped.*.gain [out, config.width + 1] to Dense if config.width != 5
      recipe:
      **.gain = ones
      """
    let target = try target(["target_modules=v_proj"], note: note)
    #expect(
      try Fit(folder["base"], to: target).tensors.map { "\($0.name) \($0.shape)" }
        == (0..<2).map { "wrapped.model.layers.\($0).self_attn.v_proj.gain [2, 3]" })
    #expect(throws: Diagnostic.self) { try self.target(["target_modules=v_proj", "width=5"], note: note) }
  }

  @Test(
    "A line that cannot be read is refused with its place",
    arguments: ["a.b [1] to Dense", "a.* [r to Dense", "a.* [1 +] to Dense", "a.* [1]", "a.*.* [1] to Dense"])
  func malformed(_ line: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try ArchitectureNote(parsing: "architecture: a\nadds: \(line)", source: "mine.txt")
    }
    #expect(error?.code == .noteSyntax && error?.place == "mine.txt:2")
  }
}
