import Checkpoints
import Diagnostics
import Foundation
import JSONText
import Reinit
import Testing

/// Blocks that are inserted, stacked and taken out.
@Suite("Growth")
struct GrowthTests {
  private let folder: Folder

  /// A decoder of three blocks, as the note for LLaMA knows it, with a list that has a value for each.
  init() throws {
    folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder["old"], withIntermediateDirectories: true)
    try Sample.write(GrowthTests.tensors, to: folder["old/model.safetensors"])
    try folder.write(
      """
      {"model_type": "llama", "num_hidden_layers": 3, "layer_types": ["a", "b", "c"], "other": [1, 2, 3], "tie_word_embeddings": false}
      """, "old/config.json")
  }

  private static var tensors: [Sample.Tensor] {
    var generator = Seeded(state: 9)
    var tensors = [Sample.tensor("model.embed_tokens.weight", "F32", [12, 4], &generator)]
    for block in 0..<3 {
      for name in ["self_attn.q_proj", "self_attn.o_proj", "mlp.down_proj"] {
        tensors.append(Sample.tensor("model.layers.\(block).\(name).weight", "F32", [4, 4], &generator))
      }
      tensors.append(Sample.tensor("model.layers.\(block).self_attn.o_proj.bias", "F32", [4], &generator))
      tensors.append(Sample.tensor("model.layers.\(block).input_layernorm.weight", "F32", [4], &generator))
    }
    return tensors
  }

  private func grow(
    _ renames: [String], _ texts: [String], dropped: [String] = [], as name: String = "new"
  ) throws -> Fit.Outcome {
    let renames = try renames.map { try NameMapping(parsing: $0) }
    let rules = try texts.map { try Rule(RuleText(parsing: $0)) }
    let target = try FitTarget(renaming: folder["old"], by: renames, dropped: dropped)
    return try Fit(folder["old"], to: target, renames: renames, dropped: dropped).carryOut(
      writing: folder[name], reading: TreeReading(), seed: 4
    ) { (_) throws(Diagnostic) in rules }
  }

  private func values(_ folder: String, _ name: String) throws -> [Double] {
    try Tensor(named: name, in: self.folder["\(folder)/model.safetensors"]).elements
  }

  /// The old block of each new one, and which are copied once more.
  private static let insertion =
    "model.layers.0 = model.layers.[0-2], model.layers.[1-2] = model.layers.[3-4], model.layers.2 = model.layers.5"

  @Test(
    "Of blocks that are copied, those that the old checkpoint does not have are new, and their branches end in zeros")
  func inserted() throws {
    let outcome = try grow([Self.insertion], ["@residual_out[new]=zeros"])
    for (block, origin) in [0, 0, 0, 1, 2, 2].enumerated() {
      let isCopy = [1, 2, 5].contains(block)
      for name in [
        "self_attn.q_proj.weight", "self_attn.o_proj.weight", "self_attn.o_proj.bias", "mlp.down_proj.weight",
        "input_layernorm.weight",
      ] {
        let old = try values("old", "model.layers.\(origin).\(name)")
        let ends = name.contains("o_proj") || name.contains("down_proj")
        #expect(
          try values("new", "model.layers.\(block).\(name)") == (isCopy && ends ? old.map { _ in 0 } : old),
          "\(block) \(name)")
      }
    }
    #expect(
      outcome.config.map { "\($0.field) \($0.value)" } == [
        "num_hidden_layers 6", #"layer_types ["a","a","a","b","c","c"]"#,
      ])
    #expect(try Checkpoint(opening: folder["new"]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test("A copy may be filled from itself; the first of a block is none")
  func perturbed() throws {
    _ = try grow([Self.insertion], ["**.q_proj.weight[new]=scale(0.5)"])
    for (block, origin) in [0, 0, 0, 1, 2, 2].enumerated() {
      let old = try values("old", "model.layers.\(origin).self_attn.q_proj.weight")
      let factor = [1, 2, 5].contains(block) ? 0.5 : 1
      #expect(try values("new", "model.layers.\(block).self_attn.q_proj.weight") == old.map { $0 * factor })
    }
  }

  @Test("A head that is tied no more is no block")
  func untied() throws {
    let error = #expect(throws: Diagnostic.self) {
      try grow(["model.embed_tokens = model.embed_tokens, model.embed_tokens = lm_head"], ["lm_head.weight[new]=zeros"])
    }
    #expect(error?.code == .ruleMatchesNothing)
  }

  @Test("Blocks are taken out by their names; what is left out in the middle is told")
  func removed() throws {
    let outcome = try grow(["model.layers.2 = model.layers.1"], [], dropped: ["model.layers.1"])
    #expect(
      try values("new", "model.layers.1.mlp.down_proj.weight") == values("old", "model.layers.2.mlp.down_proj.weight"))
    #expect(try CheckpointFiles(folder["new"]).header.entries.count == 11)
    #expect(outcome.config.map { "\($0.field) \($0.value)" } == ["num_hidden_layers 2", #"layer_types ["a","c"]"#])
    for (renames, dropped) in [(["model.layers.0 = model.layers.[3-4]"], []), ([], ["model.layers.1"])] {
      let error = #expect(throws: Diagnostic.self) { try grow(renames, [], dropped: dropped, as: "none") }
      #expect(error?.code == .fitTarget && error?.message.hasPrefix("a block is missing: model.layers.") == true)
    }
  }

  @Test(
    "Renamings alone say what names there are",
    arguments: [
      ("model.** = net.**", "net.layers.2.mlp.down_proj.weight", 16),
      ("model.layers.* = model.blocks.*", "model.blocks.1.input_layernorm.weight", 16),
      ("model.layers.2 = model.layers.[2-9]", "model.layers.9.self_attn.o_proj.bias", 51),
      (
        "model.layers.[0-1] = model.layers.[0-1], model.layers.[0-2] = model.layers.[2-4]",
        "model.layers.4.self_attn.o_proj.bias", 26
      ),
    ])
  func names(_ rename: String, _ name: String, _ count: Int) throws {
    _ = try grow([rename], [])
    let header = try CheckpointFiles(folder["new"]).header
    #expect(header[name] != nil && header.entries.count == count)
  }

  @Test("A star that only the new name has says nothing without a target")
  func stars() throws {
    let error = #expect(throws: Diagnostic.self) { try grow(["model.layers.0 = model.layers.*"], []) }
    #expect(error?.code == .fitSyntax)
  }
}
