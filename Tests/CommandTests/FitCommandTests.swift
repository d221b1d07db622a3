import Foundation
import JSONText
import Reinit
import Testing

@Suite("reinit fit")
struct FitCommandTests {
  /// A decoder of two blocks in a folder.
  private func base(in folder: Folder) throws {
    try FileManager.default.createDirectory(atPath: folder.path("base"), withIntermediateDirectories: true)
    let blocks = (0..<2).flatMap { block in
      [("self_attn.q_proj", [4, 4]), ("self_attn.o_proj", [4, 4]), ("mlp.down_proj", [4, 6])].map {
        ("model.layers.\(block).\($0).weight", "F32", $1)
      }
    }
    let header = try SafeTensorsHeader(
      layingOut: [("model.embed_tokens.weight", "F32", [12, 4])] + blocks + [("lm_head.weight", "F32", [12, 4])],
      metadata: ["format": "pt"])
    let writer = try CheckpointWriter(folder.path("base/model.safetensors"), header: header)
    let values = (0..<header.dataSize / 4).map { Float($0 + 1) }
    try values.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
    try #"{"model_type": "llama", "num_hidden_layers": 2, "initializer_range": 0.5}"#.write(
      toFile: folder.path("base/config.json"), atomically: true, encoding: .utf8)
  }

  private func values(_ folder: Folder, _ file: String, _ name: String) throws -> [Double] {
    try Tensor(named: name, in: folder.path(file)).elements
  }

  @Test("Blocks are added by a renaming and one rule; the report says which are copied")
  func growth() throws {
    let folder = try Folder()
    try base(in: folder)
    let run = try Command.run(
      "fit", "base", "--rename", "model.layers.[0-1] = model.layers.[0-1], model.layers.1 = model.layers.[2-9]",
      "--fill",
      "residual_out[new]=zeros", "-o", "new", "--format", "json", in: folder.url)
    run.expectOrderly(0)
    let json = try JSONValue(parsing: run.output)
    let became = Dictionary(grouping: json["tensors"]?.array ?? [], by: { $0["became"]?.string ?? "" }).mapValues(
      \.count)
    #expect(became == ["kept": 8, "copied": 24] && json["config"]?["num_hidden_layers"]?.int == 10)
    for block in 2..<10 {
      #expect(
        try values(folder, "new/model.safetensors", "model.layers.\(block).mlp.down_proj.weight")
          == Array(repeating: 0, count: 24))
      #expect(
        try values(folder, "new/model.safetensors", "model.layers.\(block).self_attn.q_proj.weight")
          == values(folder, "base/model.safetensors", "model.layers.1.self_attn.q_proj.weight"))
    }
  }

  @Test("The recipe of the architecture fills what is new, and nothing else")
  func recipe() throws {
    let folder = try Folder()
    try base(in: folder)
    let names = try CheckpointFiles(folder.path("base")).header.entries.map {
      "\($0.name) \($0.name.contains("lm_head") || $0.name.contains("embed") ? [80, 4] : $0.shape)"
    }
    try names.joined(separator: "\n").write(toFile: folder.path("big.txt"), atomically: true, encoding: .utf8)
    try Command.run(
      "fit", "base", "--to", "big.txt", "--resize", "embed_tokens", "--recipe", "architecture", "-o", "new",
      in: folder.url
    ).expectOrderly(0)
    let table = try values(folder, "new/model.safetensors", "model.embed_tokens.weight")
    #expect(try Array(table.prefix(48)) == values(folder, "base/model.safetensors", "model.embed_tokens.weight"))
    #expect(
      try values(folder, "new/model.safetensors", "model.layers.1.mlp.down_proj.weight")
        == values(folder, "base/model.safetensors", "model.layers.1.mlp.down_proj.weight"))
    for fresh in [Array(table.suffix(272)), try values(folder, "new/model.safetensors", "lm_head.weight")] {
      // Six standard errors of so many normal values.
      let deviation = (fresh.reduce(0) { $0 + $1 * $1 } / Double(fresh.count)).squareRoot()
      #expect(abs(deviation - 0.5) < 6 * 0.5 / (2 * Double(fresh.count)).squareRoot())
    }
  }

  @Test("An adapter is made of a note's name and settings")
  func adapter() throws {
    let folder = try Folder()
    try base(in: folder)
    let run = try Command.run(
      "fit", "base", "--to", "lora", "--set", "r=2", "--set", "target_modules=q_proj", "--fill",
      "**.lora_A.weight=orthogonal", "-o", "adapter",
      in: folder.url)
    run.expectOrderly(0)
    #expect(run.output.contains("4 tensors of lora: 4 new"))
    let rows = try values(
      folder, "adapter/adapter_model.safetensors", "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")
    let product = zip(rows[..<4], rows[4...]).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(product) < 1e-6 && abs(rows.reduce(0) { $0 + $1 * $1 } - 2) < 1e-5)
    try Command.run("verify", "adapter", in: folder.url).expectOrderly(0)
    let dry = try Command.run(
      "fit", "base", "--to", "lora", "--set", "target_modules=q_proj", "--dry-run", in: folder.url)
    dry.expectOrderly(0)
    #expect(dry.output.contains("Nothing was written."))
    let wrong = try Command.run(
      "fit", "base", "--to", "lora", "--set", "rank=2", "--set", "target_modules=q_proj", "-o", "b", in: folder.url)
    #expect(wrong.status == 64 && wrong.errors.contains("'lora' has no such field"))
  }

  @Test("What it is to become has to be said somehow")
  func usage() throws {
    let folder = try Folder()
    try base(in: folder)
    let run = try Command.run("fit", "base", "-o", "new", in: folder.url)
    #expect(run.status == 64 && run.errors.contains("it is not said what the checkpoint is to become"))
    let open = try Command.run(
      "fit", "base", "--rename", "model.layers.0 = model.layers.[4-5]", "-o", "new", in: folder.url)
    #expect(
      open.status == 65 && open.errors.contains("R0461") && open.errors.contains("a block is missing: model.layers.0"),
      "\(open.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("new")))
  }
}
