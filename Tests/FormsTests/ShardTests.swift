import Checkpoints
import Diagnostics
import Foundation
import Reinit
import Testing

/// A checkpoint in shards is the checkpoint: the same bits as those of a single file, whatever is done.
@Suite("Checkpoints in shards") struct ShardTests {
  @Test("A folder, the index, one file of all shards, and in place: the bits of the single file", arguments: 0..<24)
  func law(seed: Int) throws {
    var generator = Seeded(state: UInt64(seed))
    let folder = try Folder()
    let sample = Sample.random(&generator)
    try Sample.write(sample.tensors, to: folder["one.safetensors"])
    try sample.writeShards(Int.random(in: 1...4, using: &generator), in: folder, "in", using: &generator)
    let before = try folder.contents("in")

    let (one, plan) = try fill(folder["one.safetensors"])
    try one.apply(plan, writing: folder["expected.safetensors"])
    let expected = try values(folder["expected.safetensors"])
    #expect(try expected != values(folder["one.safetensors"]))

    for (input, output) in [
      ("in", "out"), ("in/model.safetensors.index.json", "out2"), ("in", "joined.safetensors"),
    ] {
      let (many, plan) = try fill(folder[input])
      try many.apply(plan, writing: folder[output], options: ApplyOptions(threads: 1 + seed % 3))
      #expect(try values(folder[output]) == expected)
      let found = try Checkpoint(opening: folder[output]).verify()
      #expect(found.count == plan.steps.count && found.allSatisfy { $0.outcome == .identical })
    }
    #expect(try folder.contents("in") == before)
    let written = try folder.contents("out")
    for (name, bytes) in before where !name.hasSuffix(".safetensors") {
      #expect(written[name] == bytes || name.hasSuffix("index.json"))
    }
    #expect(Set(written.keys) == Set(before.keys).union(["model.safetensors.receipt.json"]))

    let (many, again) = try fill(folder["in"])
    try many.applyInPlace(again)
    #expect(try values(folder["in"]) == expected)
    #expect(try Checkpoint(opening: folder["in"]).verify().allSatisfy { $0.outcome == .identical })
    #expect(
      try CheckpointDiff.between(CheckpointFiles(folder["in"]), CheckpointFiles(folder["out"]))
        .allSatisfy { $0.status == .equal })
  }

  @Test("A shard in which nothing is filled is copied as it is, or gets a second name", arguments: [false, true])
  func untouched(link: Bool) throws {
    var generator = Seeded(state: 3)
    let folder = try Folder()
    let parts = (0..<3).map { Sample.tensor("h.\($0).attn.weight", "F32", [4, 8], &generator) }
    var map: [String: String] = [:]
    for (number, part) in parts.enumerated() {
      let name = "model-0000\(number + 1)-of-00003.safetensors"
      try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
      try Sample.write([part], to: folder["in/" + name], metadata: ["format": "pt", "note": "of \(number)"])
      map[part.name] = name
    }
    try folder.write(Sample.index(map), "in/model.safetensors.index.json")
    try folder.write("a", "in/tokenizer.json")
    let (checkpoint, plan) = try fill(folder["in"], selector: "h.1.attn.weight")
    try checkpoint.apply(plan, writing: folder["out"], options: ApplyOptions(link: link))
    let (old, new) = (try folder.contents("in"), try folder.contents("out"))
    for name in ["model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors", "tokenizer.json"] {
      #expect(new[name] == old[name])
      #expect(links(folder["out/" + name]) == (link ? 2 : 1))
    }
    #expect(links(folder["out/model-00002-of-00003.safetensors"]) == 1)
    let header = try SafeTensorsFile(folder["out/model-00002-of-00003.safetensors"]).header
    #expect(header.metadata == ["format": "pt", "note": "of 1"])
    let (linked, again) = try fill(folder["out"], selector: "h.1.attn.weight")
    #expect(code { try linked.applyInPlace(again) } == (link ? .severalNames : nil))
    #expect(try folder.contents("in") == old)
  }

  private func links(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int) ?? 0
  }

  @Test("Shards without an index are read where their names say that they are all there")
  func withoutIndex() throws {
    var generator = Seeded(state: 4)
    let folder = try Folder()
    try Sample.random(&generator).writeShards(3, in: folder, "in", using: &generator)
    let expected = try values(folder["in"])
    unlink(folder["in/model.safetensors.index.json"])
    #expect(try values(folder["in"]) == expected)
    let (checkpoint, plan) = try fill(folder["in"])
    try checkpoint.apply(plan, writing: folder["out"])
    #expect(!FileManager.default.fileExists(atPath: folder["out/model.safetensors.index.json"]))
    #expect(try Checkpoint(opening: folder["out"]).verify().allSatisfy(\.isRight))
    unlink(folder["in/model-00002-of-00003.safetensors"])
    let error = fault { _ = try Checkpoint(opening: folder["in"]) }
    #expect(error?.code == .shardMissing && error?.expected?.hasPrefix("shard 2 of 3") == true)
  }

  /// What is done to an index or a shard, and the error that names it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: ErrorCode
    let names: [String]
    let make: @Sendable (Folder) throws -> Void
  }

  private static let first = "model-00001-of-00002.safetensors"
  private static let second = "model-00002-of-00002.safetensors"
  private static func index(_ map: [String: String], _ folder: Folder) throws {
    try folder.write(Sample.index(map), "in/model.safetensors.index.json")
  }

  static let damages: [Damage] = [
    Damage(testDescription: "a tensor that its shard lacks", code: .indexMismatch, names: ["c.weight", second]) {
      try index(["a.weight": first, "b.weight": second, "c.weight": second], $0)
    },
    Damage(testDescription: "a tensor in another shard", code: .indexMismatch, names: ["a.weight", first, second]) {
      try index(["a.weight": second, "b.weight": second], $0)
      try Sample.write(
        [Sample.Tensor(name: "x", dtype: "U8", shape: [1], bytes: [1])], to: $0["in/" + "unused.safetensors"])
      try index(["a.weight": second, "b.weight": first], $0)
    },
    Damage(testDescription: "a tensor without a shard", code: .indexMismatch, names: ["b.weight", second]) {
      try Sample.write(
        ["b.weight", "more"].map { Sample.Tensor(name: $0, dtype: "U8", shape: [1], bytes: [1]) },
        to: $0["in/new.safetensors"])
      rename($0["in/new.safetensors"], $0["in/" + second])
      try index(["a.weight": first, "more": second], $0)
    },
    Damage(testDescription: "a missing shard", code: .shardMissing, names: [second]) { unlink($0["in/" + second]) },
    Damage(testDescription: "no map", code: .indexMalformed, names: ["weight_map"]) {
      try $0.write("{\"metadata\": {}}", "in/model.safetensors.index.json")
    },
    Damage(testDescription: "an empty map", code: .indexMalformed, names: ["weight_map"]) { try index([:], $0) },
    Damage(testDescription: "a way out of the folder", code: .indexMalformed, names: ["a.weight", "../secret"]) {
      try index(["a.weight": "../secret"], $0)
    },
    Damage(testDescription: "a number for a file", code: .indexMalformed, names: ["a.weight"]) {
      try $0.write("{\"weight_map\": {\"a.weight\": 1}}", "in/model.safetensors.index.json")
    },
    Damage(testDescription: "no JSON", code: .jsonSyntax, names: []) {
      try $0.write("weight_map", "in/model.safetensors.index.json")
    },
    Damage(testDescription: "a name twice", code: .jsonDuplicateKey, names: []) {
      try $0.write("{\"weight_map\": {\"a\": \"x\", \"a\": \"y\"}}", "in/model.safetensors.index.json")
    },
    Damage(testDescription: "a shard that was cut off", code: .headerBeyondFile, names: [second]) { folder in
      truncate(folder["in/" + second], 20)
    },
  ]

  @Test("An index that disagrees with its shards is an error that names both", arguments: damages)
  func damaged(damage: Damage) throws {
    let folder = try Folder()
    var generator = Seeded(state: 1)
    try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
    try Sample.write([Sample.tensor("a.weight", "F32", [2, 2], &generator)], to: folder["in/" + Self.first])
    try Sample.write([Sample.tensor("b.weight", "F32", [2, 2], &generator)], to: folder["in/" + Self.second])
    try Self.index(["a.weight": Self.first, "b.weight": Self.second], folder)
    _ = try Checkpoint(opening: folder["in"])
    try damage.make(folder)
    let error = try #require(fault { _ = try Checkpoint(opening: folder["in"]) })
    #expect(error.code == damage.code)
    let text = "\(error.message) \(error.place ?? "") \(error.expected ?? "") \(error.found ?? "")"
    for name in damage.names { #expect(text.contains(name), "\(name) in: \(text)") }
  }

  @Test("Two shards with a tensor of one name are an error without an index too")
  func twice() throws {
    let folder = try Folder()
    var generator = Seeded(state: 1)
    try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
    for name in [Self.first, Self.second] {
      try Sample.write([Sample.tensor("a.weight", "F32", [2, 2], &generator)], to: folder["in/" + name])
    }
    #expect(code { _ = try Checkpoint(opening: folder["in"]) } == .duplicateTensor)
  }
}
