import Foundation
import JSONText
import Reinit
import Testing

/// What the command line asserts of weights, and what it does besides.
@Suite("Beside the weights, at the command line")
struct BesideTests {
  private let folder: Folder
  private let rules = [
    "--fill", "encoder.layer.1 Dense.weight=normal", "--fill", "embeddings.word_embeddings.weight[:10]=ones",
  ]

  init() throws {
    folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    // A state may have the parameters' own names.
    try Encoder.write(to: folder.path("state.safetensors"))
  }

  private func zeros(_ name: String) throws -> [String: Int] {
    let file = try SafeTensorsFile(folder.path(name))
    return try Dictionary(
      uniqueKeysWithValues: file.header.entries.filter { $0.dtype == "F32" }.map { entry in
        (entry.name, try Tensor(named: entry.name, in: folder.path(name)).floats.count { $0 == 0 })
      })
  }

  @Test("Moments follow the weights, in place and to new files", arguments: [true, false])
  func moments(inPlace: Bool) throws {
    let target = inPlace ? ["--in-place"] : ["-o", "b.safetensors", "--also-output", "new.safetensors"]
    let before = try folder.data("state.safetensors")
    let dry = try Command.run(
      ["apply", "a.safetensors", "--dry-run", "--also", "state.safetensors"] + rules, in: folder.url)
    dry.expectOrderly(0)
    #expect(dry.output.contains("elements of 4 moments in state.safetensors would become 0."))
    #expect(try folder.data("state.safetensors") == before)
    let run = try Command.run(
      ["apply", "a.safetensors", "--also", "state.safetensors", "--format", "json"] + rules + target, in: folder.url)
    run.expectOrderly(0)
    #expect(try JSONValue(parsing: run.output)["also"]?["tensors"]?.int == 4)
    let found = try zeros(inPlace ? "state.safetensors" : "new.safetensors")
    for tensor in Encoder.tensors where tensor.dtype == "F32" {
      let isFilled =
        tensor.name.hasPrefix("encoder.layer.1.") && tensor.name.hasSuffix("weight") && tensor.shape.count == 2
      let expected = tensor.name == "embeddings.word_embeddings.weight" ? 80 : isFilled ? tensor.shape.reduce(1, *) : 0
      #expect(tensor.name.contains("LayerNorm") || found[tensor.name] == expected, "\(tensor.name)")
    }
    if !inPlace { #expect(try folder.data("state.safetensors") == before) }
    try Command.run("verify", inPlace ? "state.safetensors" : "new.safetensors", in: folder.url).expectOrderly(0)
  }

  @Test(
    "What cannot be meant is an error before anything is written",
    arguments: [
      (["--in-place", "--also", "state.safetensors", "--also-output", "x.safetensors"], 64),
      (["-o", "x.safetensors", "--also", "state.safetensors"], 64),
      (["-o", "x.safetensors", "--also-output", "y.safetensors"], 64),
      (["--in-place", "--also", "a.safetensors"], 64), (["--in-place", "--also", "absent.safetensors"], 66),
      (["--in-place", "--assert", "encoder.layer.1 untouched"], 1), (["--in-place", "--assert", "** shape [1]"], 1),
      (["--dry-run", "--assert", "encoder untouched"], 1), (["--in-place", "--assert", "encoder is good"], 64),
      (["-o", "x.safetensors", "--assert", "nothing.here finite"], 64),
    ] as [([String], Int32)])
  func refused(_ arguments: [String], _ status: Int32) throws {
    let before = try ["a.safetensors", "state.safetensors"].map { try folder.data($0) }
    try Command.run(["apply", "a.safetensors"] + rules + arguments, in: folder.url).expectOrderly(status)
    #expect(try ["a.safetensors", "state.safetensors"].map { try folder.data($0) } == before)
    #expect(folder.files == ["a.safetensors", "state.safetensors"])
  }

  @Test("A recipe with assertions is one of rules; what holds is said with the rules")
  func recipe() throws {
    let text =
      "assert '**' untouched except encoder.layer.1  # nothing else\nencoder.layer.1 Dense.weight = normal\nassert ** finite\n"
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("one.txt"))
    let run = try Command.run("apply", "a.safetensors", "--recipe", "one.txt", "-o", "b.safetensors", in: folder.url)
    run.expectOrderly(0)
    #expect(run.output.contains("assert ** untouched except encoder.layer.1"))
    let other = try Command.run(
      "apply", "a.safetensors", "--recipe", "one.txt", "--fill", "encoder.layer.0 Dense.weight=zeros", "--in-place",
      in: folder.url)
    other.expectOrderly(1)
    #expect(other.errors.contains("error[R0228]") && other.errors.contains("encoder.layer.0"))
  }
}
