import Checkpoints
import Diagnostics
import Foundation
import JSONText
import Reinit
import Testing

/// Checkpoints that are fitted to a target.
@Suite("Fitting")
struct FitTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func rules(_ texts: [String]) throws -> [Rule] { try texts.map { try Rule(RuleText(parsing: $0)) } }

  /// A language model in little: four blocks, a table, a head.
  private static func tensors(_ words: Int = 10, blocks: Int = 4) -> [Sample.Tensor] {
    var generator = Seeded(state: 5)
    var tensors = [
      Sample.tensor("model.embed_tokens.weight", "BF16", [words, 8], &generator),
      Sample.tensor("model.none", "F32", [0, 4], &generator), Sample.tensor("model.steps", "I64", [], &generator),
    ]
    for block in 0..<blocks {
      tensors.append(Sample.tensor("model.layers.\(block).mlp.up_proj.weight", "BF16", [16, 8], &generator))
      tensors.append(Sample.tensor("model.layers.\(block).norm.weight", "F32", [8], &generator))
    }
    return tensors + [Sample.tensor("lm_head.weight", "BF16", [words, 8], &generator)]
  }

  private func target(_ tensors: [Sample.Tensor]) throws -> FitTarget {
    let lines = tensors.map { "\($0.name) \($0.dtype) \($0.shape)" }
    try folder.write(lines.joined(separator: "\n"), "target.txt")
    return try FitTarget(names: folder["target.txt"])
  }

  private func bytes(_ path: String, _ name: String) throws -> [UInt8] {
    let files = try CheckpointFiles(path)
    let entry = try files.header.entry(named: name)
    var bytes = [UInt8](repeating: 0, count: entry.byteCount)
    try bytes.withUnsafeMutableBytes { try files.read(entry, into: $0) }
    return bytes
  }

  @discardableResult
  private func fit(
    _ path: String, to target: FitTarget, as output: String, renames: [String] = [], resized: [String] = [],
    dropped: [String] = [], _ texts: String..., options: ApplyOptions = ApplyOptions()
  ) throws -> Fit.Outcome {
    let rules = try rules(texts)
    let fit = try Fit(
      path, to: target, renames: renames.map { try NameMapping(parsing: $0) }, resized: resized, dropped: dropped)
    return try fit.carryOut(writing: folder[output], reading: TreeReading(), seed: 3, options: options) {
      (_) throws(Diagnostic) in rules
    }
  }

  @Test("Tables are padded to a multiple, config.json with them; the padding is new", arguments: [true, false])
  func padded(byConfig: Bool) throws {
    var generator = Seeded(state: 1)
    let old = FitTests.tensors()
    try Sample(tensors: old).writeShards(2, in: folder, "in", using: &generator)
    let config = "{\"vocab_size\": 10, \"hidden_size\": 8, \"num_hidden_layers\": 4}"
    try folder.write(config, "in/config.json")
    try folder.write(config.replacingOccurrences(of: "10", with: "13"), "next/config.json")
    let own =
      byConfig
      ? try FitTarget(config: folder["next/config.json"], for: folder["in"]) : try FitTarget(checkpoint: folder["in"])
    let words = ["embed_tokens lm_head"]
    try fit(
      folder["in"], to: own.padding(words, toMultipleOf: 16), as: "out", resized: words,
      "**.embed_tokens.weight[new]=mean_of", "lm_head.weight[new]=zeros")
    #expect(try ModelConfig(at: folder["out/config.json"]).number("vocab_size") == 16)
    #expect(try CheckpointFiles(folder["out"]).header["lm_head.weight"]?.shape == [16, 8])
    #expect(try Array(bytes(folder["out"], "lm_head.weight").prefix(160)) == old.last?.bytes)
    let undecided = code { try fit(folder["in"], to: own.padding(words, toMultipleOf: 16), as: "not", resized: words) }
    #expect(undecided == .fitUndecided)
    let model = try FitTarget(Dense(in: 2, out: 3), called: "dense")
    #expect(code { _ = try model.padding(words, toMultipleOf: 16) } == .fitTarget)
  }

  @Test(
    "A table of places on a grid is made of the old one, and a first convolution for other channels; verify makes both again"
  )
  func grids() throws {
    var generator = Seeded(state: 1)
    let old = [
      Sample.tensor("pos", "F32", [1, 5, 6], &generator),
      Sample.tensor("conv.weight", "F32", [4, 3, 3, 3], &generator),
    ]
    try Sample.write(old, to: folder["old.safetensors"])
    try folder.write("pos F32 [1, 10, 6]\nconv.weight F32 [4, 5, 3, 3]\n", "target.txt")
    let target = try FitTarget(names: folder["target.txt"])
    try fit(
      folder["old.safetensors"], to: target, as: "new.safetensors", "pos=resample", "conv.weight=input_channels(zero)")
    let (pos, before) = (try bytes(folder["new.safetensors"], "pos"), old[0].bytes)
    // The class token and the corners of the grid are what they were.
    for (place, was) in [(0, 0), (1, 1), (3, 2), (7, 3), (9, 4)] {
      #expect(pos[place * 24..<place * 24 + 24] == before[was * 24..<was * 24 + 24])
    }
    let conv = try bytes(folder["new.safetensors"], "conv.weight")
    for row in 0..<4 { #expect(conv[row * 180..<row * 180 + 108] == old[1].bytes[row * 108..<row * 108 + 108]) }
    #expect(try Checkpoint(opening: folder["new.safetensors"]).verify().allSatisfy { $0.outcome == .identical })
    let refused = code {
      try fit(
        folder["old.safetensors"], to: target, as: "not.safetensors", "pos=resample(prefix: 0)", "conv.weight=zeros")
    }
    #expect(refused == .unsuitableShape)
    let other = code {
      try fit(
        folder["old.safetensors"], to: target, as: "not.safetensors", "pos=input_channels(sum)", "conv.weight=zeros")
    }
    #expect(other == .unsuitableShape)
  }

  @Test("What has the same name and shape keeps every bit; what is new is filled as in any file", arguments: [1, 3])
  func kept(threads: Int) throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    let wanted = old.dropLast() + [Sample.Tensor(name: "lm_head.weight", dtype: "BF16", shape: [7, 8], bytes: [])]
    try fit(
      folder["old.safetensors"], to: target(Array(wanted)), as: "new.safetensors", "lm_head.weight=normal(std: 0.5)",
      options: ApplyOptions(threads: threads))
    for tensor in old.dropLast() { #expect(try bytes(folder["new.safetensors"], tensor.name) == tensor.bytes) }
    // The head is what a plain fill of a tensor of that name and shape is.
    try Sample.write(
      [Sample.Tensor(name: "lm_head.weight", dtype: "BF16", shape: [7, 8], bytes: Array(repeating: 0, count: 112))],
      to: folder["head.safetensors"])
    let head = try Checkpoint(opening: folder["head.safetensors"])
    try head.applyInPlace(head.plan(rules(["lm_head.weight=normal(std: 0.5)"]), seed: 3))
    #expect(
      try bytes(folder["new.safetensors"], "lm_head.weight") == bytes(folder["head.safetensors"], "lm_head.weight"))
    #expect(try Checkpoint(opening: folder["new.safetensors"]).verify().allSatisfy { $0.outcome == .identical })
    #expect(try folder.contents().keys.allSatisfy { !$0.contains("reinit-") && !$0.hasPrefix(".") })
  }

  @Test("Blocks are stacked, and names carried over, by patterns")
  func stacked() throws {
    let (old, new) = (FitTests.tensors(), FitTests.tensors(blocks: 6))
    try Sample.write(old, to: folder["old.safetensors"])
    let renamed = new.map { Sample.Tensor(name: "net.\($0.name)", dtype: $0.dtype, shape: $0.shape, bytes: $0.bytes) }
    try fit(
      folder["old.safetensors"], to: target(renamed), as: "new.safetensors",
      renames: ["** = net.**", "model.layers.[2-3] = net.model.layers.[4-5]"])
    let byName = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0.bytes) })
    for tensor in renamed {
      var name = String(tensor.name.dropFirst(4))
      for (to, from) in [(4, 2), (5, 3)] {
        name = name.replacingOccurrences(of: "layers.\(to)", with: "layers.\(from)")
      }
      #expect(try bytes(folder["new.safetensors"], tensor.name) == #require(byName[name]), "\(tensor.name)")
    }
  }

  @Test(
    "The part that both shapes have is kept, on every axis",
    arguments: [
      ([6, 8], [9, 8]), ([6, 8], [4, 8]), ([6, 8], [6, 3]), ([6, 8], [7, 11]), ([2, 3, 4, 5], [3, 3, 2, 7]), ([5], [8]),
      ([3, 0], [4, 2]),
    ])
  func resized(_ from: [Int], _ to: [Int]) throws {
    var generator = Seeded(state: 8)
    let old = Sample.tensor("t.weight", "F32", from, &generator)
    try Sample.write([old], to: folder["old.safetensors"])
    let wanted = Sample.Tensor(name: "t.weight", dtype: "F32", shape: to, bytes: [])
    // A rule for each axis that has grown.
    let texts = to.indices.filter { to[$0] > from[$0] }.map { axis in
      "t.weight[\(String(repeating: ":, ", count: axis))\(from[axis]):]=zeros"
    }
    let rules = try rules(texts)
    let plan = try Fit(folder["old.safetensors"], to: target([wanted]), resized: ["t"])
    _ = try plan.carryOut(writing: folder["new.safetensors"], reading: TreeReading(), seed: 0) {
      (_) throws(Diagnostic) in rules
    }
    let new = try bytes(folder["new.safetensors"], "t.weight")
    func offset(_ index: [Int], _ shape: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }
    for flat in 0..<to.reduce(1, *) {
      var (rest, index) = (flat, [Int](repeating: 0, count: to.count))
      for axis in to.indices.reversed() { (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: to[axis]) }
      let isOld = zip(index, from).allSatisfy { $0 < $1 }
      let expected = isOld ? Array(old.bytes[4 * offset(index, from)..<4 * offset(index, from) + 4]) : [0, 0, 0, 0]
      #expect(Array(new[4 * flat..<4 * flat + 4]) == expected)
    }
  }

  @Test("What nobody has decided is an error with the nearest names, and nothing is written")
  func undecided() throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    let wanted = old.map {
      Sample.Tensor(
        name: $0.name.replacingOccurrences(of: "lm_head", with: "lm_heads"), dtype: $0.dtype, shape: $0.shape, bytes: []
      )
    }
    let before = try folder.contents().count
    let error = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target(wanted), as: "new.safetensors")
    }
    #expect(error?.code == .fitUndecided)
    #expect(
      error?.notes == [
        "missing: lm_heads.weight (near: lm_head.weight)", "unexpected: lm_head.weight (near: lm_heads.weight)",
      ])
    #expect(
      error?.hints.contains("the same tensor under another name: --rename 'lm_head.weight = lm_heads.weight'") == true)
    #expect(try folder.contents().count == before + 1)
    // The hint is right.
    try fit(
      folder["old.safetensors"], to: target(wanted), as: "new.safetensors",
      renames: ["lm_head.weight = lm_heads.weight"])
    #expect(try bytes(folder["new.safetensors"], "lm_heads.weight") == old.last?.bytes)
    // Dropped and filled, it is decided as well.
    try fit(
      folder["old.safetensors"], to: target(wanted), as: "third.safetensors", dropped: ["lm_head"],
      "lm_heads.weight=zeros")
  }

  @Test("A wrapper's prefix is named, with the renaming that takes it off")
  func wrapper() throws {
    let old = FitTests.tensors().map {
      Sample.Tensor(name: "module.\($0.name)", dtype: $0.dtype, shape: $0.shape, bytes: $0.bytes)
    }
    try Sample.write(old, to: folder["old.safetensors"])
    let error = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target(FitTests.tensors()), as: "new.safetensors")
    }
    #expect(error?.hints.first == "all names have 'module.' before them: --rename 'module.** = **'")
    try fit(
      folder["old.safetensors"], to: target(FitTests.tensors()), as: "new.safetensors", renames: ["module.** = **"])
    #expect(try bytes(folder["new.safetensors"], "lm_head.weight") == old.last?.bytes)
  }

  @Test("A folder of shards stays one: tensors in their shards, other files copied, the configuration following")
  func shards() throws {
    let old = FitTests.tensors()
    try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
    var map: [String] = []
    for (number, part) in [old[..<7], old[7...]].enumerated() {
      let name = "model-0000\(number + 1)-of-00002.safetensors"
      try Sample.write(Array(part), to: folder["in/\(name)"])
      map += part.map { "\"\($0.name)\": \"\(name)\"" }
    }
    try folder.write("{\"weight_map\": {\(map.joined(separator: ", "))}}", "in/model.safetensors.index.json")
    let config =
      "{\"model_type\": \"none\", \"vocab_size\": 10, \"num_hidden_layers\": 4, \"eps\": 1e-05, \"hidden_size\": 8}"
    try folder.write(config, "in/config.json")
    try folder.write("words", "in/tokenizer.json")
    let outcome = try fit(
      folder["in"], to: target(FitTests.tensors(14, blocks: 6)), as: "out",
      renames: ["model.layers.[2-3] = model.layers.[4-5]"], resized: ["embed_tokens"], "lm_head.weight=normal",
      "**.embed_tokens.weight[new]=mean_of")
    #expect(outcome.config.map { "\($0.field) \($0.value)" } == ["vocab_size 14", "num_hidden_layers 6"])
    let written = try ModelConfig(at: folder["out/config.json"])
    #expect(
      written.number("vocab_size") == 14 && written.number("num_hidden_layers") == 6 && written.number("eps") == 1e-5)
    #expect(try folder.contents("out")["tokenizer.json"] == Data("words".utf8))
    let files = try CheckpointFiles(folder["out"])
    #expect(files.header.entries.count == 16)
    for tensor in old.dropFirst().dropLast() { #expect(try bytes(folder["out"], tensor.name) == tensor.bytes) }
    #expect(try Array(bytes(folder["out"], "model.embed_tokens.weight").prefix(160)) == old[0].bytes)
    let second = try SafeTensorsFile(folder["out/model-00002-of-00002.safetensors"]).header
    #expect(second["model.layers.4.norm.weight"] != nil && second["model.embed_tokens.weight"] == nil)
    #expect(try Checkpoint(opening: folder["out"]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test("A configuration is a target: words, blocks, the tie of the head; what else shapes follow from is refused")
  func config() throws {
    try FileManager.default.createDirectory(atPath: folder["in"], withIntermediateDirectories: true)
    try Sample.write(FitTests.tensors(), to: folder["in/model.safetensors"])
    let old = "{\"vocab_size\": 10, \"num_hidden_layers\": 4, \"hidden_size\": 8, \"tie_word_embeddings\": false}"
    try folder.write(old, "in/config.json")
    func changed(_ from: String, _ to: String) throws -> FitTarget {
      try folder.write(old.replacingOccurrences(of: from, with: to), "next/config.json")
      return try FitTarget(config: folder["next/config.json"], for: folder["in"])
    }
    try fit(
      folder["in"], to: changed("10", "12"), as: "words", resized: ["embed_tokens lm_head"],
      "**.embed_tokens.weight[new]=mean_of", "lm_head.weight[new]=mean_of")
    #expect(try CheckpointFiles(folder["words"]).header["lm_head.weight"]?.shape == [12, 8])
    #expect(try folder.contents("words")["config.json"] == folder.contents("next")["config.json"])
    try fit(folder["in"], to: changed("4", "6"), as: "deeper", "model.layers.4.**=default", "model.layers.5.**=default")
    let deeper = try CheckpointFiles(folder["deeper"]).header.entries.map(\.name)
    #expect(deeper == FitTests.tensors(blocks: 6).map(\.name))
    try fit(folder["in"], to: changed("4", "2"), as: "less", dropped: ["layers.2 layers.3"])
    #expect(try CheckpointFiles(folder["less"]).header.entries.count == 8)
    try fit(folder["in"], to: changed("false", "true"), as: "tied", dropped: ["lm_head"])
    #expect(try CheckpointFiles(folder["tied"]).header["lm_head.weight"] == nil)
    let error = #expect(throws: Diagnostic.self) { try changed("8", "16") }
    #expect(error?.code == .fitTarget && error?.message.contains("hidden_size") == true)
  }

  @Test("Old rows are what new ones are made of")
  func reading() throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    let wanted = old.dropLast() + [Sample.Tensor(name: "lm_head.weight", dtype: "BF16", shape: [3, 8], bytes: [])]
    try fit(folder["old.safetensors"], to: target(Array(wanted)), as: "new.safetensors", "lm_head.weight=mean_of")
    let before = try Tensor(named: "lm_head.weight", in: folder["old.safetensors"]).elements
    let after = try Tensor(named: "lm_head.weight", in: folder["new.safetensors"]).elements
    for column in 0..<8 {
      let mean = (0..<10).reduce(0) { $0 + before[$1 * 8 + column] } / 10
      for row in 0..<3 { #expect(abs(after[row * 8 + column] - mean) <= abs(mean) / 128) }
    }
    let error = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target(Array(wanted)), as: "not.safetensors", "lm_head.weight=scale(0.5)")
    }
    #expect(error?.code == .unsuitableShape)
  }

  @Test("[new] is what was not there, [old] what was; who says nothing of what is new is told")
  func parts() throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    let wanted = FitTests.tensors(13)
    let error = #expect(throws: Diagnostic.self) {
      try fit(
        folder["old.safetensors"], to: target(wanted), as: "no.safetensors", resized: ["embed_tokens", "lm_head"],
        "lm_head.weight[new]=ones")
    }
    #expect(error?.notes == ["resized, and new in part: model.embed_tokens.weight"])
    #expect(error?.hints == ["fill what is new of it: --fill 'model.embed_tokens.weight[new]=normal(std: 0.02)'"])
    try fit(
      folder["old.safetensors"], to: target(wanted), as: "new.safetensors", resized: ["embed_tokens", "lm_head"],
      "**.embed_tokens.weight[new]=ones", "lm_head.weight=ones", "keep lm_head.weight[old]")
    for name in ["model.embed_tokens.weight", "lm_head.weight"] {
      let before = try Tensor(named: name, in: folder["old.safetensors"]).elements
      #expect(
        try Tensor(named: name, in: folder["new.safetensors"]).elements == before + Array(repeating: 1, count: 24))
    }
    // As many elements elsewhere are not what is new.
    let elsewhere = #expect(throws: Diagnostic.self) {
      try fit(
        folder["old.safetensors"], to: target(wanted), as: "no.safetensors", resized: ["embed_tokens", "lm_head"],
        "**.embed_tokens.weight[:10]=ones", "lm_head.weight[new]=ones")
    }
    #expect(elsewhere?.notes == ["resized, and new in part: model.embed_tokens.weight"])
    // Elsewhere nothing is new.
    let plain = try Checkpoint(opening: folder["new.safetensors"])
    #expect(code { _ = try plain.plan(try rules(["lm_head.weight[new]=ones"]), seed: 0) } == .partUnknown)
  }

  @Test("An output that is there is not replaced without being told; a dry run writes nothing; the input is no output")
  func outputs() throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    try folder.write("mine", "new.safetensors")
    let target = try target(old)
    let exists = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target, as: "new.safetensors")
    }
    #expect(exists?.code == .outputExists)
    let same = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target, as: "old.safetensors", options: ApplyOptions(force: true))
    }
    #expect(same?.code == .outputIsInput)
    let before = try folder.contents()
    let plan = try Fit(folder["old.safetensors"], to: target)
    _ = try plan.carryOut(writing: nil, reading: TreeReading(), seed: 0) { (_) throws(Diagnostic) in [] }
    #expect(try folder.contents() == before)
    try fit(folder["old.safetensors"], to: target, as: "new.safetensors", options: ApplyOptions(force: true))
    #expect(try bytes(folder["new.safetensors"], "lm_head.weight") == old.last?.bytes)
  }

  @Test(
    "What cannot be read, or reaches nothing, is said",
    arguments: [
      ("a", ErrorCode.fitSyntax), ("a = b = c", .fitSyntax), ("* = b", .fitSyntax), ("h.[0-3] = h.[0-2]", .fitSyntax),
      ("h.[3-0] = h.[0-3]", .fitSyntax), ("nothing = else", .fitNothing), ("** = b", .fitSyntax),
    ])
  func refusals(_ rename: String, _ code: ErrorCode) throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    let error = #expect(throws: Diagnostic.self) {
      try fit(folder["old.safetensors"], to: target(old), as: "new.safetensors", renames: [rename])
    }
    #expect(error?.code == code)
  }

  @Test("Other refusals")
  func others() throws {
    let old = FitTests.tensors()
    try Sample.write(old, to: folder["old.safetensors"])
    #expect(code { try fit(folder["old.safetensors"], to: target(old), as: "n", dropped: ["lm_head"]) } == .fitNothing)
    #expect(code { try fit(folder["old.safetensors"], to: target(old), as: "n", resized: ["lm_head"]) } == .fitNothing)
    let flat = old.dropLast() + [Sample.Tensor(name: "lm_head.weight", dtype: "BF16", shape: [80], bytes: [])]
    #expect(
      code { try fit(folder["old.safetensors"], to: target(Array(flat)), as: "n", resized: ["lm_head"]) } == .fitResize)
    try folder.write("a.weight [2, x]", "bad.txt")
    #expect(code { _ = try FitTarget(names: folder["bad.txt"]) } == .fitTarget)
    try folder.write("# a comment\n\na.weight F99 [2]\n", "bad.txt")
    #expect(code { _ = try FitTarget(names: folder["bad.txt"]) } == .fitTarget)
  }
}
