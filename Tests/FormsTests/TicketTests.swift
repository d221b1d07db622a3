import Checkpoints
import Diagnostics
import Foundation
import Reinit
import Testing

/// What people do with masks and with checkpoints of other forms.
@Suite("Tickets and dictionaries")
struct TicketTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func values(_ file: String, _ name: String) throws -> [Double] {
    try Tensor(named: name, in: folder[file]).elements
  }

  @Test(
    "A lottery ticket: where the mask is set the first values come back, as numpy.where gives them",
    arguments: ["F32", "BF16", "F16", "F64"])
  func ticket(dtype: String) throws {
    var generator = Seeded(state: 21)
    let names = ["h.0.weight", "h.1.weight"]
    func tensors() -> [Sample.Tensor] { names.map { Sample.tensor($0, dtype, [9, 14], &generator) } }
    try Sample.write(tensors(), to: folder["trained.safetensors"])
    try Sample.write(tensors(), to: folder["init.safetensors"])
    let masks = names.map { name in
      Sample.Tensor(
        name: name, dtype: "BOOL", shape: [9, 14],
        bytes: (0..<126).map { _ in UInt8.random(in: 0...1, using: &generator) })
    }
    try Sample.write(masks, to: folder["masks.safetensors"])
    let rule = try Rule(
      RuleText(parsing: "h.*.weight[mask \(folder["masks.safetensors"])]=copy(from: \"\(folder["init.safetensors"])\")")
    )
    let checkpoint = try Checkpoint(opening: folder["trained.safetensors"])
    try checkpoint.apply(checkpoint.plan([rule], seed: 0), writing: folder["ticket.safetensors"])
    for (name, mask) in zip(names, masks) {
      let (first, trained) = (try values("init.safetensors", name), try values("trained.safetensors", name))
      let expected = mask.bytes.indices.map { mask.bytes[$0] != 0 ? first[$0] : trained[$0] }
      #expect(try values("ticket.safetensors", name) == expected)
      #expect(expected != first && expected != trained)
    }
    #expect(try Checkpoint(opening: folder["ticket.safetensors"]).verify().allSatisfy { $0.outcome == .identical })
  }

  @Test("fit takes the dictionary of a PyTorch file that is meant", arguments: ["model", "model_ema"])
  func dictionary(name: String) throws {
    let path = try #require(PyTorchFormTests.files.first { $0.hasSuffix("torch-2.15/average.pt") })
    let rename = try NameMapping(parsing: "0 = first")
    let target = try FitTarget(renaming: path, by: [rename], stateDict: name)
    _ = try Fit(path, to: target, renames: [rename], stateDict: name).carryOut(
      writing: folder["new.safetensors"], reading: TreeReading(), seed: 0
    ) { (_) throws(Diagnostic) in [] }
    func bytes(_ files: CheckpointFiles, _ name: String) throws -> [UInt8] {
      let entry = try files.header.entry(named: name)
      var bytes = [UInt8](repeating: 0, count: entry.byteCount)
      try bytes.withUnsafeMutableBytes { try files.read(entry, into: $0) }
      return bytes
    }
    let (old, other) = (
      try CheckpointFiles(path, stateDict: name),
      try CheckpointFiles(path, stateDict: name == "model" ? "model_ema" : "model")
    )
    let new = try bytes(CheckpointFiles(folder["new.safetensors"]), "first.weight")
    #expect(try new == bytes(old, "0.weight") && new != bytes(other, "0.weight"))
  }

  @Test("fit fills what is new by the recipe of the target's architecture")
  func recipe() throws {
    var generator = Seeded(state: 4)
    let old = [
      Sample.tensor("model.embed_tokens.weight", "F32", [12, 4], &generator),
      Sample.tensor("model.norm.weight", "F32", [4], &generator),
      Sample.tensor("model.layers.0.self_attn.o_proj.weight", "F32", [4, 4], &generator),
    ]
    try FileManager.default.createDirectory(atPath: folder["old"], withIntermediateDirectories: true)
    try Sample.write(old, to: folder["old/model.safetensors"])
    try folder.write(#"{"model_type": "llama", "vocab_size": 12, "initializer_range": 0.25}"#, "old/config.json")
    let wide = old + [Sample.Tensor(name: "lm_head.weight", dtype: "F32", shape: [40, 4], bytes: [])]
    try folder.write(wide.map { "\($0.name) \($0.shape)" }.joined(separator: "\n"), "wide.txt")
    let fit = try Fit(folder["old"], to: FitTarget(names: folder["wide.txt"]))
    let outcome = try fit.carryOut(writing: folder["new"], reading: TreeReading(), seed: 1) {
      (checkpoint) throws(Diagnostic) in
      try Recipe.named("architecture", architecture: checkpoint.architecture).rules
        + old.map { tensor throws(Diagnostic) in
          try Rule(RuleText(parsing: "keep \(tensor.name)"))
        }
    }
    #expect(outcome.checkpoint.architecture?.note.name == "llama")
    for tensor in old {
      #expect(try values("new/model.safetensors", tensor.name) == values("old/model.safetensors", tensor.name))
    }
    let head = try values("new/model.safetensors", "lm_head.weight")
    let deviation = (head.reduce(0) { $0 + $1 * $1 } / 160).squareRoot()
    // Six standard errors of 160 normal values.
    #expect(abs(deviation - 0.25) < 6 * 0.25 / (2 * 160.0).squareRoot())
  }
}
