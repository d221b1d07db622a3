import Foundation
import JSONText
import Reinit
import Testing

@Suite("Parts of tensors at the command line")
struct PartCommandTests {
  private static let embedding = "embeddings.word_embeddings.weight"

  @Test("A dry run, the run, inspect, diff and verify speak of the part")
  func answers() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    let rules = [
      "--fill", "Embedding.weight[48:]=normal(std: 0.5)", "--fill", "**.query.weight[:4]=orthogonal", "--keep",
      "Embedding.weight[-1]",
    ]
    let dry = try Command.run(["apply", "a.safetensors", "--dry-run"] + rules, in: folder.url)
    dry.expectOrderly(0)
    #expect(dry.output.contains("Would fill 4 of"))
    #expect(dry.output.contains("\(Self.embedding)[48:] is 8 of 400 elements."))
    #expect(dry.output.contains("[:4] is 32 of 64 elements; orthogonal is made for the part by itself."))
    let run = try Command.run(
      ["apply", "a.safetensors", "-o", "b.safetensors", "--format", "json"] + rules, in: folder.url)
    run.expectOrderly(0)
    let tensors = try JSONValue(parsing: run.output)["tensors"]?.array ?? []
    let parts = tensors.first { $0["path"]?.string == Self.embedding }?["parts"]?.array ?? []
    #expect(parts.map { $0["part"]?.string } == ["48:"] && parts.map { $0["elements"]?.int } == [8])

    let inspected = try Command.run(
      "inspect", "b.safetensors", "\(Self.embedding)[48]", "--format", "json", in: folder.url)
    inspected.expectOrderly(0)
    let only = try JSONValue(parsing: inspected.output)["tensors"]?.array?.first
    #expect(only?["count"]?.int == 8 && only?["part"]?.string == "48")
    for (part, status) in [("[:48]", 0), ("[48]", 1), ("[-1]", 0), ("[49]", 0), ("", 1)] as [(String, Int32)] {
      try Command.run("diff", "a.safetensors", "b.safetensors", "\(Self.embedding)\(part)", in: folder.url)
        .expectOrderly(status)
    }
    let verified = try Command.run("verify", "b.safetensors", in: folder.url)
    verified.expectOrderly(0)
    #expect(verified.output.contains("\(Self.embedding)[48:]"))
    #expect(verified.output.contains("4 of 4 tensors and parts are what the receipt says"))
  }

  @Test("Killed in place, a run of parts and a condition is finished by the next one, to the same bits")
  func kills() throws {
    let folder = try Folder()
    let original = try Encoder.write(to: folder.path("original.safetensors"), scale: 4000)
    let old = try Encoder.contents(of: folder.path("original.safetensors"))
    // A hundred thousand rows, of which some have a norm that no row has any more when they are filled.
    let rules = [
      "--fill", "Embedding.weight[rows where norm > 2.5]=normal(std: 0.01)", "--fill",
      "Dense.weight[::2, 1:7:3]=uniform(low: -1, high: 1)", "--fill", "Dense.bias[3:]=zeros", "--fill",
      "**.query.weight[mask masks.safetensors]=ones", "--keep", "**.query.weight[100:200]",
    ]
    let masks = old.filter { $0.key.hasSuffix("query.weight") }.sorted { $0.key < $1.key }
    let header = try SafeTensorsHeader(
      layingOut: masks.map { ($0.key, "U8", [$0.value.count / 32, 8]) }, metadata: [:])
    let writer = try CheckpointWriter(folder.path("masks.safetensors"), header: header)
    try (0..<header.dataSize).map { UInt8($0 % 3 == 0 ? 1 : 0) }.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
    let apply = ["apply", "a.safetensors", "--in-place"]
    try original.write(to: folder.url.appendingPathComponent("a.safetensors"))
    try Command.run(apply + rules, in: folder.url).expectOrderly(0)
    try Command.run("verify", "a.safetensors", in: folder.url).expectOrderly(0)
    let wanted = try Encoder.contents(of: folder.path("a.safetensors"))
    #expect(wanted[Self.embedding] != old[Self.embedding])
    var (random, interrupted) = (RandomStream(seed: 4, name: "kill"), 0)
    for _ in 0..<12 {
      try original.write(to: folder.url.appendingPathComponent("a.safetensors"))
      let (process, _, _) = Command.process(apply + rules, in: folder.url)
      try process.run()
      while process.isRunning, !folder.files.contains("a.safetensors.reinit-journal") { usleep(50) }
      usleep(random.nextWord() % 5000)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if folder.files.contains("a.safetensors.reinit-journal") {
        interrupted += 1
        try? FileManager.default.moveItem(
          atPath: folder.path("masks.safetensors"), toPath: folder.path("elsewhere.safetensors"))
        try Command.run(apply, in: folder.url).expectOrderly(0)
        try? FileManager.default.moveItem(
          atPath: folder.path("elsewhere.safetensors"), toPath: folder.path("masks.safetensors"))
        #expect(try Encoder.contents(of: folder.path("a.safetensors")) == wanted)
        try Command.run("verify", "a.safetensors", in: folder.url).expectOrderly(0)
      } else {
        let now = try Encoder.contents(of: folder.path("a.safetensors"))
        #expect(now == old || now == wanted)
      }
    }
    print("killed 12 times, \(interrupted) with a journal")
  }
}
