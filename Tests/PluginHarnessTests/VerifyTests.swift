import Foundation
import Testing

@Suite("Verifying what a plugin has filled")
struct VerifyTests {
  /// Runs the command in a folder; its status and everything that it says.
  private func reinit(_ arguments: [String], in folder: String) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Zoo.reinit)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": folder]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// A file with one matrix of 64 by 32.
  private func model(_ path: String) throws {
    let header = Data(#"{"fc.weight":{"dtype":"F32","shape":[64,32],"data_offsets":[0,8192]}}"#.utf8)
    var size = UInt64(header.count)
    try (withUnsafeBytes(of: &size) { Data($0) } + header + Data(count: 8192)).write(to: URL(fileURLWithPath: path))
  }

  @Test(
    "Other ranges and other threads than the run's show a plugin whose values depend on them",
    arguments: [("good-initializer", true), ("ignores-offset", false), ("generator-by-range", false)])
  func ranges(_ name: String, _ isRight: Bool) throws {
    let folder = NSTemporaryDirectory() + "verify-\(name)-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try model("\(folder)/model.safetensors")
    let plugin = ["--plugin", try Zoo.file(name)]
    let applied = try reinit(
      ["apply", "model.safetensors", "--fill", "fc.weight=zoo", "-o", "new.safetensors"] + plugin, in: folder)
    try #require(applied.status == 0, "\(applied.text)")
    let verified = try reinit(["verify", "new.safetensors"] + plugin, in: folder)
    #expect((verified.status == 0) == isRight, "\(verified.text)")
  }
}
