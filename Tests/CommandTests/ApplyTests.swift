import Foundation
import Reinit
import Testing

@Suite("reinit apply")
struct ApplyTests {
  static let main = [
    "--at", "encoder.layer.2", "--fill", "Dense.weight=normal(std: 0.02)", "--fill", "Dense.bias=zeros", "--seed", "9",
  ]
  static let branch: Set<String> = Set(
    ["attention.self.query", "intermediate.dense", "output.dense"].flatMap {
      ["encoder.layer.2.\($0).weight", "encoder.layer.2.\($0).bias"]
    })

  private func apply(_ arguments: [String], in folder: Folder) throws -> Run {
    try Command.run(["apply"] + arguments, in: folder.url)
  }

  @Test("The main job changes exactly the tensors that were named; all else and the metadata stay")
  func mainJob() throws {
    let folder = try Folder()
    let before = try Encoder.write(to: folder.path("a.safetensors"))
    try apply(["a.safetensors", "-o", "b.safetensors"] + Self.main, in: folder).expectOrderly(0)
    #expect(try Encoder.changes(folder.path("a.safetensors"), folder.path("b.safetensors")) == Self.branch)
    #expect(try folder.data("a.safetensors") == before)
    let header = try SafeTensorsFile(folder.path("b.safetensors")).header
    #expect(header.metadata["note"] == "kept as it is" && header.metadata["format"] == "pt")
    #expect(folder.files == ["a.safetensors", "b.safetensors"])
  }

  @Test("A branch gets the values of a run over the whole model")
  func branchEqualsWhole() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try apply(["a.safetensors", "-o", "b.safetensors"] + Self.main, in: folder).expectOrderly(0)
    try apply(["a.safetensors", "-o", "c.safetensors"] + Self.main.dropFirst(2), in: folder).expectOrderly(0)
    let differences = try Encoder.changes(folder.path("b.safetensors"), folder.path("c.safetensors"))
    #expect(differences.isDisjoint(with: Self.branch))
    #expect(differences.count == 12)
  }

  @Test("In place and into a new file are the same tensors, with any number of threads", arguments: ["1", "2", "7"])
  func inPlace(_ threads: String) throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"), scale: 40)
    try Encoder.write(to: folder.path("b.safetensors"), scale: 40)
    try apply(["a.safetensors", "-o", "c.safetensors"] + Self.main, in: folder).expectOrderly(0)
    try apply(["b.safetensors", "--in-place", "--threads", threads] + Self.main, in: folder).expectOrderly(0)
    #expect(try Encoder.changes(folder.path("b.safetensors"), folder.path("c.safetensors")) == [])
    #expect(folder.files == ["a.safetensors", "b.safetensors", "c.safetensors"])
  }

  @Test("A receipt that does not fit into the header goes beside the file, and verify finds it")
  func sidecar() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"), room: 0)
    try apply(["a.safetensors", "--in-place"] + Self.main, in: folder).expectOrderly(0)
    #expect(folder.files == ["a.safetensors", "a.safetensors.receipt.json"])
    try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0)
  }

  @Test("A dry run writes nothing and says what it would do")
  func dryRun() throws {
    let folder = try Folder()
    let before = try Encoder.write(to: folder.path("a.safetensors"))
    let run = try apply(["a.safetensors", "--in-place", "--dry-run"] + Self.main, in: folder)
    run.expectOrderly(0)
    #expect(run.output.hasPrefix("Would fill 6 of 28 tensors"))
    #expect(try folder.data("a.safetensors") == before)
    #expect(folder.files == ["a.safetensors"])
  }

  @Test("Fills and keeps are one list in the order of the command line")
  func order() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try apply(
      ["a.safetensors", "-o", "b.safetensors", "--fill", "Dense=ones", "--keep", "encoder.layer.0"], in: folder
    ).expectOrderly(0)
    let kept = try apply(
      ["a.safetensors", "-o", "c.safetensors", "--keep=encoder.layer.0", "--fill=Dense=ones"], in: folder)
    kept.expectOrderly(0)
    #expect(kept.errors.contains("overridden"))
    let changed = try Encoder.changes(folder.path("a.safetensors"), folder.path("b.safetensors"))
    #expect(changed.count == 6 && !changed.contains { $0.contains("layer.0") })
    #expect(try Encoder.changes(folder.path("a.safetensors"), folder.path("c.safetensors")).count == 9)
  }

  @Test("Verify finds a single flipped bit, and a later run's receipt stands on top of the first")
  func verify() throws {
    let folder = try Folder()
    try Encoder.write(to: folder.path("a.safetensors"))
    try apply(["a.safetensors", "-o", "b.safetensors"] + Self.main, in: folder).expectOrderly(0)
    try apply(["b.safetensors", "-o", "c.safetensors", "--fill", "Embedding=orthogonal"], in: folder).expectOrderly(0)
    let run = try Command.run("verify", folder.path("c.safetensors"))
    run.expectOrderly(0)
    #expect(run.output.contains("7 of 7 tensors are what the receipt says"))
    var bytes = try folder.data("c.safetensors")
    let header = try SafeTensorsFile(folder.path("c.safetensors")).header
    let target = try header.entry(named: "encoder.layer.2.output.dense.bias")
    bytes[header.dataStart + target.range.lowerBound] ^= 1
    try bytes.write(to: folder.url.appendingPathComponent("d.safetensors"))
    let broken = try Command.run("verify", folder.path("d.safetensors"), "--format", "json")
    broken.expectOrderly(1)
    #expect(broken.output.contains("\"ok\": false"))
  }

  @Test("Default on a branch resets weights, norms and running statistics alike")
  func fresh() throws {
    let folder = try Folder()
    let tensors: [(name: String, dtype: String, shape: [Int])] = [
      ("a.conv.weight", "F32", [4, 3, 3, 3]), ("a.bn.weight", "F32", [4]), ("a.bn.bias", "F32", [4]),
      ("a.bn.running_mean", "F32", [4]), ("a.bn.running_var", "F32", [4]), ("a.bn.num_batches_tracked", "I64", []),
      ("b.conv.weight", "F32", [4, 3, 3, 3]),
    ]
    let header = try SafeTensorsHeader(layingOut: tensors)
    let writer = try CheckpointWriter(folder.path("a.safetensors"), header: header)
    try [UInt8](repeating: 0x3f, count: header.dataSize).withUnsafeBytes { bytes in try writer.write(bytes, at: 0) }
    try writer.commit()
    try apply(["a.safetensors", "-o", "b.safetensors", "--fill", "a=default"], in: folder).expectOrderly(0)
    let contents = try Encoder.contents(of: folder.path("b.safetensors"))
    let one: [UInt8] = [0, 0, 0x80, 0x3f]
    #expect(contents["a.bn.weight"] == one + one + one + one)
    #expect(contents["a.bn.running_var"] == one + one + one + one)
    #expect(contents["a.bn.bias"] == [UInt8](repeating: 0, count: 16))
    #expect(contents["a.bn.running_mean"] == [UInt8](repeating: 0, count: 16))
    #expect(contents["a.bn.num_batches_tracked"] == [UInt8](repeating: 0, count: 8))
    #expect(contents["a.conv.weight"] != contents["b.conv.weight"])
    #expect(contents["b.conv.weight"] == [UInt8](repeating: 0x3f, count: 4 * 27 * 4))
  }

  @Test(
    "A missing BLAS is found out before anything is written", arguments: [["-o", "b.safetensors"], ["--in-place"]])
  func missingLibrary(_ target: [String]) throws {
    let folder = try Folder()
    let before = try Encoder.write(to: folder.path("a.safetensors"))
    // The loader takes the first file of that name, and this one is no library.
    try Data("nothing".utf8).write(to: folder.url.appendingPathComponent("libopenblas.so.0"))
    let (process, _, errors) = Command.process(
      ["apply", "a.safetensors", "--fill", "Dense=orthogonal"] + target, in: folder.url)
    process.environment?["LD_LIBRARY_PATH"] = folder.url.path
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 69 && text.contains("error[R0705]") && text.contains("libopenblas0"))
    #expect(try folder.data("a.safetensors") == before)
    #expect(folder.files == ["a.safetensors", "libopenblas.so.0"])
  }
}
