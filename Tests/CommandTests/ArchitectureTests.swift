import Foundation
import JSONText
import Reinit
import Testing

/// A small model under GPT-2's names, with its config.json beside it.
private enum GPT2 {
  static func write(
    _ folder: Folder, layers: Int, name: String = "model.safetensors", config: String? = #"{"model_type": "gpt2"}"#
  )
    throws -> String
  {
    var tensors: [(name: String, dtype: String, shape: [Int])] = [
      ("transformer.wte.weight", "F32", [20, 8]), ("transformer.wpe.weight", "F32", [16, 8]),
      ("transformer.ln_f.weight", "F32", [8]), ("transformer.ln_f.bias", "F32", [8]),
    ]
    for layer in 0..<layers {
      for (part, shape) in [
        ("attn.c_attn.weight", [8, 24]), ("attn.c_attn.bias", [24]), ("attn.c_proj.weight", [8, 8]),
        ("attn.c_proj.bias", [8]),
        ("attn.masked_bias", []), ("mlp.c_fc.weight", [8, 32]), ("mlp.c_fc.bias", [32]),
        ("mlp.c_proj.weight", [32, 8]),
        ("ln_1.weight", [8]),
      ] { tensors.append(("transformer.h.\(layer).\(part)", "F32", shape)) }
    }
    let header = try SafeTensorsHeader(layingOut: tensors, metadata: ["format": "pt"])
    let path = folder.path(name)
    let writer = try CheckpointWriter(path, header: header, room: 4096, force: true)
    let values = (0..<header.dataSize / 4).map { Float($0 % 97) / 97 + 0.25 }
    try values.withUnsafeBytes { bytes in try writer.write(bytes, at: 0) }
    try writer.commit()
    if let config { try config.write(toFile: folder.path("config.json"), atomically: true, encoding: .utf8) }
    return path
  }
}

/// Writes a file of ones.
private func write(_ tensors: KeyValuePairs<String, [Int]>, to path: String) throws {
  let header = try SafeTensorsHeader(layingOut: tensors.map { ($0.key, "F32", $0.value) }, metadata: [:])
  let writer = try CheckpointWriter(path, header: header, room: 4096, force: true)
  try [Float](repeating: 1, count: header.dataSize / 4).withUnsafeBytes { try writer.write($0, at: 0) }
  try writer.commit()
}

/// The deviation that a command in JSON says for a tensor.
private func std(_ run: Run, _ path: String) throws -> Double? {
  let tensors = try JSONValue(parsing: run.output)["tensors"]?.array
  return tensors?.first { $0["path"]?.string == path }?["numbers"]?["std"]?.double
}

@Suite("Architectures on the command line")
struct ArchitectureTests {
  @Test(
    "One recipe serves every depth, and takes what config.json says", arguments: [1, 3, 12],
    [nil, #"{"model_type": "gpt2"}"#, #"{"model_type": "gpt2", "initializer_range": 0.3}"#])
  func recipe(_ layers: Int, _ config: String?) throws {
    let folder = try Folder()
    let path = try GPT2.write(folder, layers: layers, config: config)
    let output = folder.path("new.safetensors")
    let run = try Command.run(
      "apply", path, "--recipe", "architecture", "-o", output, "--seed", "7", "--format", "json")
    run.expectOrderly(0)
    let range = config?.contains("0.3") == true ? 0.3 : 0.02
    for part in ["attn.c_proj.weight", "mlp.c_proj.weight"] {
      #expect(try std(run, "transformer.h.\(layers - 1).\(part)") == range / (2 * Double(layers)).squareRoot())
    }
    #expect(try std(run, "transformer.h.0.mlp.c_fc.weight") == range)
    // The receipt has the numbers: no config.json is needed to make them again.
    try? FileManager.default.removeItem(atPath: folder.path("config.json"))
    try Command.run("verify", output).expectOrderly(0)
    let tensors = try Encoder.contents(of: output)
    let ones = (tensors["transformer.h.0.ln_1.weight"] ?? []).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(ones == Array(repeating: 1, count: 8))
    #expect(
      tensors["transformer.h.0.attn.masked_bias"]
        == (try Encoder.contents(of: path))["transformer.h.0.attn.masked_bias"])
  }

  @Test("The note that is used is said, with why")
  func said() throws {
    let folder = try Folder()
    let path = try GPT2.write(folder, layers: 1)
    #expect(try Command.run("summary", path).output.contains("gpt2, as \(folder.path("config.json")) says ('gpt2')"))
    let named = try JSONValue(parsing: Command.run("summary", path, "--format", "json").output)["architecture"]
    #expect(named?["name"]?.string == "gpt2" && named?["by"]?.string == "config")
    let inspected = try JSONValue(parsing: Command.run("inspect", path, "--config", "none", "--format", "json").output)
    #expect(inspected["architecture"]?["by"]?.string == "names")
    #expect(
      try Command.run("summary", path, "--config", "none", "--notes", "none").output.contains("by the names") == false)
    let applied = try Command.run("apply", path, "--fill", "Dense=zeros", "--dry-run")
    #expect(applied.output.contains("layers are read as the architecture's note says: gpt2"))
    // Beside a file of another name the configuration may be another model's.
    let renamed = try GPT2.write(folder, layers: 1, config: #"{"model_type": "unknown"}"#)
    #expect(try !Command.run("summary", renamed).output.contains("gpt2"))
    let other = try GPT2.write(folder, layers: 1, name: "other.safetensors")
    #expect(try Command.run("summary", other).output.contains("gpt2, by the names of the tensors"))
  }

  @Test("Lists and pages of architectures; a page with a file has the numbers")
  func pages() throws {
    let folder = try Folder()
    let path = try GPT2.write(folder, layers: 2)
    let list = try Command.run("list", "architectures")
    list.expectOrderly(0)
    #expect(["gpt2", "llama", "mamba2", "mistral"].allSatisfy(list.output.contains))
    let page = try Command.run("explain", "gpt2", path)
    page.expectOrderly(0)
    #expect(page.output.contains("normal, mean 0, std 0.01\n"))
    #expect(page.output.contains("read as gpt2, as \(folder.path("config.json")) says"))
    let json = try JSONValue(parsing: Command.run("explain", "llama", "--format", "json").output)
    #expect(json["kind"]?.string == "architecture" && json["recipe"]?.array?.isEmpty == false)
    #expect(json["code"]?.array?.first?.string?.contains("transformers") == true)
  }

  @Test("A page with a file tells every kind of value of a rule, as rules write it")
  func values() throws {
    let folder = try Folder()
    let path = folder.path("model.safetensors")
    let mixer = "backbone.layers.0.mixer."
    try write(
      [
        "backbone.embeddings.weight": [9, 4], mixer + "A_log": [2], mixer + "D": [2], mixer + "dt_bias": [2],
        mixer + "norm.weight": [4], mixer + "in_proj.weight": [18, 4],
      ], to: path)
    let page = try Command.run("explain", "mamba2", path)
    page.expectOrderly(0)
    #expect(page.output.contains("A_log: logarithm(range(start: 1))\n"))
    #expect(page.output.contains("dt_bias: inverse_softplus(log_uniform(0.001, 0.1, floor: 0.0001))\n"))
    #expect(page.output.contains("mixer.D: 1\n") && page.output.contains("no config.json"))
  }

  @Test("A recipe's name says what a file is that nothing else tells, with the note's numbers and types")
  func meant() throws {
    let folder = try Folder()
    let path = folder.path("model.safetensors")
    try write(["model.embed_tokens.weight": [9, 4], "model.layers.0.x.weight": [4, 4]], to: path)
    let run = try Command.run("apply", path, "--recipe", "mistral", "--dry-run", "--format", "json")
    run.expectOrderly(0)
    #expect(try std(run, "model.layers.0.x.weight") == 0.02)
    // A recipe that is built in is no note's, whatever that is called.
    try Command.run("apply", path, "--recipe", "bert", "--dry-run").expectOrderly(0)
    #expect(try !Command.run("apply", path, "--recipe", "bert", "--dry-run").output.contains("note"))
    try Command.run("recipe", "check", "mistral", path).expectOrderly(0)
  }

  @Test("A note of one's own stands before those that are built in")
  func ownNote() throws {
    let folder = try Folder()
    let path = try GPT2.write(folder, layers: 1)
    let note = folder.path("mine.txt")
    try "# Mine: me\narchitecture: mine, gpt2\n**.ln_f is LayerNorm(begins: 3)\nrecipe:\nLayerNorm = default\n"
      .write(toFile: note, atomically: true, encoding: .utf8)
    let run = try Command.run("apply", path, "--notes", note, "--recipe", "mine", "--dry-run", "--format", "json")
    run.expectOrderly(0)
    let tensors = try JSONValue(parsing: run.output)["tensors"]?.array ?? []
    let value = tensors.first { $0["path"]?.string == "transformer.ln_f.weight" }?["numbers"]?["value"]?.double
    #expect(value == 3)
    #expect(try Command.run("explain", "mine", "--notes", note).output.contains("**.ln_f is LayerNorm(begins: 3)"))
  }

  @Test("Mistakes with recipes, notes and config.json have codes, places and ways out")
  func mistakes() throws {
    let folder = try Folder()
    let path = try GPT2.write(folder, layers: 1)
    func code(_ arguments: String...) throws -> String {
      let run = try Command.run(arguments)
      #expect(run.status != 0 && run.signal == nil)
      return String(run.errors.dropFirst("error[".count).prefix(5))
    }
    let plain = folder.path("plain.safetensors")
    try Encoder.write(to: plain)
    #expect(try code("apply", plain, "--notes", "none", "--recipe", "architecture", "--dry-run") == "R0220")
    #expect(try code("apply", plain, "--recipe", "torchvision-squeezenet", "--dry-run") == "R0217")
    #expect(try code("apply", plain, "--recipe", "lama", "--dry-run") == "R0211")
    #expect(try code("apply", plain, "--fill", "Dense=normal(std: config.x)", "--dry-run") == "R0122")
    #expect(try code("summary", plain, "--config", folder.path("absent.json")) == "R0601")
    let note = folder.path("note.txt")
    try "architecture: x\nfoo".write(toFile: note, atomically: true, encoding: .utf8)
    #expect(try code("summary", plain, "--notes", note) == "R0218")
    try "architecture: x".write(toFile: note, atomically: true, encoding: .utf8)
    #expect(try code("apply", plain, "--notes", note, "--recipe", "x", "--dry-run") == "R0219")
    try "{\"model_type\": ".write(toFile: folder.path("config.json"), atomically: true, encoding: .utf8)
    let broken = try Command.run("summary", path)
    #expect(broken.errors.contains("error[R0646]") && broken.errors.contains("--config none leaves it aside"))
    try Command.run("summary", path, "--config", "none").expectOrderly(0)
    try Command.run("verify", path).expectOrderly(try Command.run("verify", plain).status)
  }
}
