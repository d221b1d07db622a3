import Architectures
import Checkpoints
import Diagnostics
import Foundation
import LayerRecognition
import Reinit
import Testing

/// Parts of tensors whose places config.json tells.
@Suite("Parts that config.json places") struct PlacedPartTests {
  /// A model's folder with one tensor.
  private func folder(_ name: String, _ shape: [Int], _ config: String?) throws -> Folder {
    var generator = Seeded(state: 3)
    let folder = try Folder()
    try Sample.write([Sample.tensor(name, "F32", shape, &generator)], to: folder["model.safetensors"])
    if let config { try folder.write(config, "config.json") }
    return folder
  }

  /// The elements that a rule fills with ones, by what is there afterwards.
  private func filled(
    _ folder: Folder, _ rule: String, types: [String] = []
  ) throws -> [Int] {
    var reading = TreeReading()
    reading.options.overrides = try types.map { try TypeOverride(parsing: $0) }
    let checkpoint = try Checkpoint(opening: folder["model.safetensors"], reading: reading)
    try checkpoint.apply(
      checkpoint.plan([Rule(RuleText(parsing: rule))], seed: 0), writing: folder["out.safetensors"],
      options: ApplyOptions(force: true))
    #expect(try Checkpoint(opening: folder["out.safetensors"]).verify().allSatisfy(\.isRight))
    let name = String(rule.prefix { $0 != "[" && $0 != "=" })
    let bytes = try #require(try values(folder["out.safetensors"])[name])
    let now = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return now.indices.filter { now[$0] == 1 }
  }

  private static let config = #"{"pad_token_id": 2, "last": -1, "far": 9, "word": "a", "gone": null, "t": {"id": 1}}"#

  @Test(
    "A slice takes its indices from config.json",
    arguments: [
      ("config.pad_token_id", [8, 9, 10, 11]), ("config.last", [20, 21, 22, 23]), ("config.t.id", [4, 5, 6, 7]),
      ("config.pad_token_id:config.last, config.pad_token_id", [10, 14, 18]), (":config.t.id, ::3", [0, 3]),
      (" 0 , config.last ", [3]),
    ])
  func fields(part: String, elements: [Int]) throws {
    let folder = try folder("embed.weight", [6, 4], Self.config)
    #expect(try filled(folder, "embed.weight[\(part)]=ones") == elements)
  }

  @Test(
    "A field that is no index is an error that names it",
    arguments: [
      ("config.far", ErrorCode.partOutOfRange, "far = 9"),
      ("config.word", .valueOfExpression, "'word' is no number in"),
      ("config.gone", .valueOfExpression, "'gone' is null in"), ("config.pad", .valueOfExpression, "'pad' is not in"),
      ("config.", .partSyntax, "names no field"), ("config.t..id", .partSyntax, "names no field"),
    ])
  func refused(part: String, code: ErrorCode, word: String) throws {
    let folder = try folder("embed.weight", [6, 4], Self.config)
    let found = fault { _ = try filled(folder, "embed.weight[\(part)]=ones") }
    #expect(found?.code == code && "\(found.map { "\($0)" } ?? "")".contains(word), "\(found.map { "\($0)" } ?? "")")
  }

  @Test("Without a config.json there is none to take an index from")
  func without() throws {
    let found = fault {
      _ = try filled(folder("embed.weight", [6, 4], nil), "embed.weight[config.pad_token_id]=ones")
    }
    #expect(found?.message == "there is no config.json to take 'config.pad_token_id' from")
  }

  /// What transformers' code reads of fused maps: `view(…, heads, 3, size)[…, part, :]`, and for Falcon's newer
  /// architecture `view(…, groups, heads / groups + 2, size)`, of which the last two are key and value.
  private static func rows(_ part: Int, of groups: Int, queries: Int, size: Int) -> [Int] {
    let all = (0..<groups * (queries + 2) * size)
    return all.filter { row in
      let head = row / size % (queries + 2)
      return part == 0 ? head < queries : head == queries + part - 1
    }
  }

  /// A fused map of four heads of two: its name, its groups, the queries in each, and what config.json says.
  private static let fused: [(name: String, groups: Int, queries: Int, config: String)] = [
    ("transformer.h.0.self_attention.query_key_value", 4, 1, #"{"model_type": "bloom", "n_head": 4}"#),
    (
      "gpt_neox.layers.0.attention.query_key_value", 4, 1, #"{"model_type": "gpt_neox", "num_attention_heads": 4}"#
    ),
    (
      "transformer.h.0.self_attention.query_key_value", 4, 1,
      #"{"model_type": "falcon", "hidden_size": 8, "num_attention_heads": 4, "multi_query": false}"#
    ),
    (
      "transformer.h.0.self_attention.query_key_value", 1, 4,
      #"{"model_type": "falcon", "hidden_size": 8, "num_attention_heads": 4, "multi_query": true}"#
    ),
    (
      "transformer.h.0.self_attention.query_key_value", 2, 2,
      #"{"model_type": "falcon", "hidden_size": 8, "num_attention_heads": 4, "new_decoder_architecture": true, "num_kv_heads": 2}"#
    ),
    (
      "transformer.h.0.self_attention.query_key_value", 4, 1,
      #"{"model_type": "falcon", "hidden_size": 8, "num_attention_heads": 4, "new_decoder_architecture": true, "num_kv_heads": null}"#
    ),
    ("transformer.h.0.attn.c_attn", 4, 1, #"{"model_type": "gpt_bigcode", "n_head": 4, "multi_query": false}"#),
  ]

  @Test(
    "Queries, keys and values that lie head by head are the rows that the framework reads", arguments: fused.indices)
  func headByHead(_ index: Int) throws {
    let map = Self.fused[index]
    let outputs = map.groups * (map.queries + 2) * 2
    for (part, name) in ["q", "k", "v"].enumerated() {
      let rows = Self.rows(part, of: map.groups, queries: map.queries, size: 2)
      let weight = try folder("\(map.name).weight", [outputs, 8], map.config)
      #expect(
        try filled(weight, "\(map.name).weight[\(name)]=ones") == rows.flatMap { row in (row * 8..<row * 8 + 8) })
      #expect(try filled(weight, "\(map.name).weight[part \(part)]=ones").count == rows.count * 8)
    }
  }

  @Test(
    "Where parts lie that nothing tells is not guessed, and a word says it",
    arguments: ["attention.query_key_value", "attn.qkv_proj", "attention.wqkv"])
  func unknown(_ name: String) throws {
    var generator = Seeded(state: 4)
    let folder = try Folder()
    let other = name.contains("wqkv") ? "attention.wo.weight" : "attn.out_proj.weight"
    try Sample.write(
      [
        Sample.tensor("\(name).weight", "F32", [24, 8], &generator),
        Sample.tensor("\(name).bias", "F32", [24], &generator),
        Sample.tensor(other, "F32", [8, 8], &generator),
      ], to: folder["model.safetensors"])
    for field in ["weight", "bias"] {
      for part in ["q", "part 1"] {
        let found = fault { _ = try filled(folder, "\(name).\(field)[\(part)]=ones") }
        #expect(found?.code == .partUnknown && found?.hints.count == 2)
      }
    }
    #expect(try filled(folder, "\(name).bias[k]=ones", types: ["\(name)=Dense(parts: 3)"]) == Array(8..<16))
    let byHead = try filled(folder, "\(name).bias[k]=ones", types: ["\(name)=Dense(parts: 3, heads: 4)"])
    #expect(byHead == Self.rows(1, of: 4, queries: 1, size: 2))
    for wrong in ["parts: 3, heads: 3", "heads: 4", "parts: 3, heads: 0.5"] {
      #expect(
        fault { _ = try filled(folder, "\(name).weight=ones", types: ["\(name)=Dense(\(wrong))"]) }?.code == .usage)
    }
  }

  @Test(
    "A rule of a note about a field that config.json has not, or null, is not there",
    arguments: [
      (#"{"model_type": "odd", "pad_token_id": 3}"#, [3]), (#"{"model_type": "odd", "pad_token_id": 0}"#, [0]),
      (#"{"model_type": "odd", "pad_token_id": null}"#, []), (#"{"model_type": "odd"}"#, []),
    ])
  func notes(config: String, rows: [Int]) throws {
    let folder = try folder("embed.weight", [6, 4], config)
    var reading = TreeReading()
    reading.notes = NoteLibrary([
      try ArchitectureNote(
        parsing: "architecture: odd\nrecipe:\nEmbedding = zeros\nEmbedding.weight[config.pad_token_id] = ones",
        source: "odd.txt")
    ])
    let checkpoint = try Checkpoint(opening: folder["model.safetensors"], reading: reading)
    let recipe = try Recipe.named("architecture", architecture: checkpoint.architecture)
    try checkpoint.apply(checkpoint.plan(recipe.rules, seed: 0), writing: folder["out.safetensors"])
    let bytes = try #require(try values(folder["out.safetensors"]).first?.value)
    let now = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(now == (0..<24).map { rows.contains($0 / 4) ? 1 : 0 })
  }

  @Test("A tensor that a note ties is filled at both of its names, whether the file has one of them or both")
  func ties() throws {
    for names in [["embed.weight"], ["embed.weight", "head.weight"]] {
      var generator = Seeded(state: 5)
      let folder = try Folder()
      try Sample.write(
        names.map { Sample.tensor($0, "F32", [6, 4], &generator) }, to: folder["model.safetensors"])
      var reading = TreeReading()
      reading.notes = NoteLibrary([
        try ArchitectureNote(
          parsing: "architecture: odd\nnames: embed\ntie: head.weight = embed.weight", source: "odd.txt")
      ])
      let checkpoint = try Checkpoint(opening: folder["model.safetensors"], reading: reading)
      for rule in ["embed.weight=normal(std: 1)", "head.weight=normal(std: 1)", "head.weight[2]=ones"] {
        try checkpoint.apply(
          checkpoint.plan([Rule(RuleText(parsing: rule))], seed: 4), writing: folder["out.safetensors"],
          options: ApplyOptions(force: true))
        let now = try values(folder["out.safetensors"])
        let before = try values(folder["model.safetensors"])
        #expect(Set(now.keys) == Set(names) && now["embed.weight"] != before["embed.weight"])
        if names.count == 2, !rule.contains("[") { #expect(now["embed.weight"] == now["head.weight"]) }
        let filled = try Tensor(zeros: [6, 4]).filled(
          with: .normal(std: 1), from: RandomStream(seed: 4, name: "embed.weight"))
        if !rule.contains("[") { #expect(now["embed.weight"] == filled.withBytes { Array($0) }) }
      }
    }
  }
}
