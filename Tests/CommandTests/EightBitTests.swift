import Foundation
import Reinit
import Testing

@Suite("Checkpoints of 8-bit floats")
struct EightBitTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    let header = try SafeTensorsHeader(
      layingOut: [
        ("fc.weight", "F8_E4M3", [64, 48]), ("fc.bias", "F8_E5M2", [64]), ("head.weight", "F8_E5M2", [10, 64]),
      ],
      metadata: ["format": "pt"])
    let writer = try CheckpointWriter(folder.path("a.st"), header: header, room: 4096)
    try Array(repeating: UInt8(0x38), count: header.dataSize).withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
  }

  private func json(_ arguments: String...) throws -> [[String: Any]] {
    let run = try Command.run(arguments + ["--format", "json"], in: folder.url)
    #expect(run.status == 0, "\(run.errors)")
    let answer = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    return answer?["tensors"] as? [[String: Any]] ?? []
  }

  @Test("They are filled, verified, compared and looked at", arguments: [["-o", "b.st"], ["--in-place"]])
  func filled(_ output: [String]) throws {
    try FileManager.default.copyItem(atPath: folder.path("a.st"), toPath: folder.path("old.st"))
    let rules = [
      "--fill", "fc.weight=normal(std: 0.5)", "--fill", "fc.bias=constant(0.3)", "--fill", "head=kaiming_uniform",
    ]
    let apply = try Command.run(["apply", "a.st"] + rules + output, in: folder.url)
    #expect(apply.status == 0, "\(apply.errors)")
    let result = output.count == 2 ? "b.st" : "a.st"
    #expect(try Command.run("verify", result, in: folder.url).status == 0)
    let file = try SafeTensorsFile(folder.path(result))
    let before = try SafeTensorsFile(folder.path("old.st"))
    for (name, dtype) in [("fc.weight", DType.f8e4m3), ("fc.bias", .f8e5m2), ("head.weight", .f8e5m2)] {
      let tensor = try Tensor(named: name, in: folder.path(result))
      let old = try Tensor(named: name, in: before.path)
      #expect(tensor.dtype == dtype && tensor.isFinite && tensor != old)
    }
    // 0.3 lies between 0.25 and 0.3125 in e5m2.
    #expect(try Tensor(named: "fc.bias", in: file.path).elements == Array(repeating: 0.3125, count: 64))
    let rows = try json("inspect", result)
    #expect(Set(rows.compactMap { $0["dtype"] as? String }) == ["f8_e4m3", "f8_e5m2"] && rows.count == 3)
    let std = try #require(rows.first { $0["path"] as? String == "fc.weight" }?["std"] as? Double)
    #expect(abs(std - 0.5) < 0.03)
    let diff = try Command.run("diff", "old.st", result, in: folder.url)
    #expect(diff.output.contains("fc.weight") && diff.status == 1)
    #expect(try Command.run("inspect", result, "fc.weight", in: folder.url).status == 0)
  }

  @Test("What they cannot hold is refused, and nothing is written")
  func refused() throws {
    let before = try folder.data("a.st")
    for rule in [
      "fc.weight=normal(std: 100)", "fc.weight=constant(480)", "head=constant(1e5)", "fc.bias=constant(1e-7)",
    ] {
      let run = try Command.run("apply", "a.st", "--in-place", "--fill", rule, in: folder.url)
      #expect(run.status == 64 && run.errors.contains("error[R0112]"), "\(rule): \(run.errors)")
    }
    #expect(try folder.data("a.st") == before && folder.files == ["a.st"])
  }

  @Test("Thousands of rules belong into a file")
  func manyArguments() throws {
    let rules = (0..<1000).flatMap { _ in ["--fill", "fc.weight=zeros"] }
    let few = try Command.run(["apply", "a.st", "--dry-run"] + rules.dropFirst(4), in: folder.url)
    #expect(few.status == 0, "\(few.errors)")
    let many = try Command.run(["apply", "a.st", "--dry-run"] + rules, in: folder.url)
    #expect(many.status == 64 && many.errors.contains("error[R0701]") && many.errors.contains("--recipe rules.txt"))
  }
}
