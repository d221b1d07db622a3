import Foundation
import Reinit
import Testing

/// Several processes as one command, started by Open MPI's `mpirun`.
@Suite("Ranks", .enabled(if: MPIRun.isThere, "needs mpirun of Open MPI")) struct RankTests {
  /// A folder of two shards with tensors large enough to be cut, one of which needs a whole matrix.
  private func shards(in folder: Folder) throws -> String {
    let path = folder.url.appendingPathComponent("in").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var map: [String] = []
    for number in 1...2 {
      let file = "model-0000\(number)-of-00002.safetensors"
      let tensors =
        (0..<3).map { ("h.\(3 * number + $0).proj.weight", "F32", [300 + $0, 700]) } + [
          ("n\(number).bias", "F16", [33])
        ]
      let writer = try CheckpointWriter("\(path)/\(file)", header: SafeTensorsHeader(layingOut: tensors))
      try writer.commit()
      map += tensors.map { "\"\($0.0)\": \"\(file)\"" }
    }
    let index = "{\"weight_map\": {\(map.joined(separator: ", "))}}"
    try index.write(toFile: "\(path)/model.safetensors.index.json", atomically: true, encoding: .utf8)
    try "{}".write(toFile: "\(path)/config.json", atomically: true, encoding: .utf8)
    return path
  }

  private static let rules = [
    "--fill", "h.*.proj.weight=normal(std: 0.02)", "--fill", "h.4.proj.weight=orthogonal", "--fill",
    "*.bias=uniform(low: -1, high: 1)",
    "--seed", "7",
  ]

  private func bytes(_ folder: String) throws -> [String: Data] {
    var bytes: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      bytes[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    return bytes
  }

  @Test("A new folder and a run in place have the bits of one process, receipt included", arguments: [2, 4])
  func same(ranks: Int) throws {
    let folder = try Folder()
    let input = try shards(in: folder)
    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
    try Command.run(["apply", input] + Self.rules + ["-o", path("one")]).expectOrderly(0)
    try MPIRun.run(ranks, ["apply", input] + Self.rules + ["-o", path("many")]).expectOrderly(0)
    let expected = try bytes(path("one"))
    #expect(try bytes(path("many")) == expected)
    let run = try MPIRun.run(ranks, ["apply", input] + Self.rules + ["--in-place", "--color", "never"])
    #expect(run.status == 0 && run.output.components(separatedBy: "Wrote").count == 2, "\(run.output) \(run.errors)")
    let changed = try bytes(input)
    for (name, bytes) in expected where name.hasSuffix(".safetensors") {
      #expect(changed[name]?.suffix(600_000) == bytes.suffix(600_000))
    }
    for arguments in [["verify", input], ["inspect", input], ["diff", path("one"), input]] {
      let plain = arguments + ["--color", "never"]
      let (one, many) = (try Command.run(plain), try MPIRun.run(ranks, plain))
      #expect(many.output == one.output && many.status == 0, "\(many.errors)")
    }
  }

  @Test("An error is said once, and nothing is written")
  func error() throws {
    let folder = try Folder()
    let input = try shards(in: folder)
    let output = folder.url.appendingPathComponent("out").path
    let run = try MPIRun.run(3, ["apply", input, "--fill", "none=zeros", "-o", output])
    #expect(run.status == 64)
    #expect(run.errors.components(separatedBy: "error[R0203]").count == 2, "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}

/// Starts several processes of the command.
enum MPIRun {
  private static let program = ["/usr/bin/mpirun.openmpi", "/usr/bin/mpirun"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  /// Where continuous integration runs, it has to be.
  static let isThere = program != nil || ProcessInfo.processInfo.environment["CI"] != nil

  static func run(_ ranks: Int, _ arguments: [String], in folder: URL? = nil) throws -> Run {
    let all = ["--allow-run-as-root", "--oversubscribe", "-n", "\(ranks)", Command.executable.path] + arguments
    let (process, output, errors) = Command.process(all)
    process.executableURL = URL(fileURLWithPath: try #require(program))
    if let folder { process.currentDirectoryURL = folder }
    return try Command.finished(process, output, errors)
  }
}
