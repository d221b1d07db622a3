import Foundation
import Reinit
import Testing

/// Parts and fills that read, by several processes.
@Suite("Parts under ranks", .enabled(if: MPIRun.isThere, "needs mpirun of Open MPI")) struct RankPartTests {
  private static let rules = [
    "h.0.weight[rows where zero]=mean_of(rows: rest)", "h.1.weight[mask masks.safetensors]=normal(std: 1)",
    "h.2.weight[::3]=shrink_perturb(shrink: 0.5, perturb: 0.1, with: normal(std: 0.02))",
    "h.3.weight[10:50, 20:300]=orthogonal",
    "h.4.weight[100:]=copy(from: \"other/model.safetensors\")",
    "h.5.weight[rows where norm < 0.1]=normal_like(rows: rest, cov: diagonal)",
    "h.5.weight=scale(by: 2)", "h.5.weight[:40]=match_old", "n.bias[3:]=uniform(low: -1, high: 1)",
  ]

  /// Two shards of random values with rows of zeros, another checkpoint of the same names, and a mask.
  private func make(in folder: Folder) throws {
    for (name, seed) in [("in", "1"), ("other", "2")] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
      let tensors = (0..<6).map { ("h.\($0).weight", "F32", [300, 700]) } + [("n.bias", "F16", [33])]
      let header = try SafeTensorsHeader(layingOut: tensors)
      try CheckpointWriter(folder.path("\(name)/model.safetensors"), header: header).commit()
      try Command.run(
        "apply", "\(name)/model.safetensors", "--in-place", "--seed", seed, "--fill", "h.*.weight=normal(std: 0.02)",
        "--fill", "n.bias=normal",
        "--fill", "h.*.weight[17:290:9]=zeros", in: folder.url
      ).expectOrderly(0)
    }
    let header = try SafeTensorsHeader(layingOut: [("h.1.weight", "BOOL", [300, 700])])
    let writer = try CheckpointWriter(folder.path("masks.safetensors"), header: header)
    try (0..<210_000).map { UInt8($0 % 7 < 3 ? 1 : 0) }.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
  }

  @Test(
    "A mask, conditions on rows and fills that read have the bits of one process, in a new file and in place",
    arguments: [2, 4])
  func same(ranks: Int) throws {
    let folder = try Folder()
    try make(in: folder)
    let fills = Self.rules.flatMap { ["--fill", $0] } + ["--keep", "h.1.weight[40]", "--seed", "7"]
    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path(name))) }
    try Command.run(["apply", "in/model.safetensors"] + fills + ["-o", "one.safetensors"], in: folder.url)
      .expectOrderly(0)
    try MPIRun.run(ranks, ["apply", "in/model.safetensors"] + fills + ["-o", "many.safetensors"], in: folder.url)
      .expectOrderly(0)
    let expected = try data("one.safetensors")
    #expect(try data("many.safetensors") == expected)
    #expect(try data("in/model.safetensors").suffix(5_040_066) != expected.suffix(5_040_066))
    try MPIRun.run(ranks, ["verify", "many.safetensors"], in: folder.url).expectOrderly(0)
    try MPIRun.run(ranks, ["apply", "in/model.safetensors", "--in-place"] + fills, in: folder.url).expectOrderly(0)
    #expect(try data("in/model.safetensors").suffix(5_040_066) == expected.suffix(5_040_066))
  }
}
