import Foundation
import Reinit
import Testing

/// What a run of the command came to.
struct Run {
  let status: Int32
  let output: String
  let errors: String
  /// The signal that ended it, if one did.
  let signal: Int32?
}

/// Runs the command line as its users do: as a process of its own.
enum Command {
  /// The executable beside the tests.
  static var executable: URL {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appendingPathComponent("reinit")
  }

  static func process(_ arguments: [String], in folder: URL? = nil) -> (Process, Pipe, Pipe) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": executable.path + ".absent"]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    return (process, output, errors)
  }

  static func run(_ arguments: String..., in folder: URL? = nil) throws -> Run { try run(arguments, in: folder) }

  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Run {
    let (process, output, errors) = process(arguments, in: folder)
    return try finished(process, output, errors)
  }

  /// Runs a process to its end.
  static func finished(_ process: Process, _ output: Pipe, _ errors: Pipe) throws -> Run {
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self),
      signal: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil)
  }
}

/// A folder of a test's own, removed at its end.
final class Folder {
  let url: URL

  init() throws {
    url = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("reinit-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// A small encoder, named as BERT's checkpoints are, with values that are all different.
enum Encoder {
  static let layers = 3

  static var tensors: [(name: String, dtype: String, shape: [Int])] {
    var tensors: [(name: String, dtype: String, shape: [Int])] = [
      ("embeddings.word_embeddings.weight", "F32", [50, 8]), ("embeddings.position_ids", "I64", [1, 16]),
      ("embeddings.LayerNorm.weight", "F32", [8]), ("embeddings.LayerNorm.bias", "F32", [8]),
    ]
    for layer in 0..<layers {
      let name = "encoder.layer.\(layer)"
      for (part, shape) in [
        ("attention.self.query", [8, 8]), ("intermediate.dense", [32, 8]), ("output.dense", [8, 32]),
      ] {
        tensors.append(("\(name).\(part).weight", "F32", shape))
        tensors.append(("\(name).\(part).bias", "F32", [shape[0]]))
      }
      tensors.append(("\(name).output.LayerNorm.weight", "F32", [8]))
      tensors.append(("\(name).output.LayerNorm.bias", "F32", [8]))
    }
    return tensors
  }

  /// Writes the file and returns its bytes.
  @discardableResult
  static func write(to path: String, scale: Int = 1, room: Int = 4096) throws -> Data {
    let all = tensors.map { ($0.name, $0.dtype, $0.shape.count == 2 ? [$0.shape[0] * scale, $0.shape[1]] : $0.shape) }
    let header = try SafeTensorsHeader(layingOut: all, metadata: ["format": "pt", "note": "kept as it is"])
    let writer = try CheckpointWriter(path, header: header, room: room, force: true)
    let values = (0..<header.dataSize / 4).map { Float($0 % 1013) / 1013 + 0.25 }
    try values.withUnsafeBytes { bytes in try writer.write(bytes, at: 0) }
    try writer.commit()
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Each tensor's bytes, by name.
  static func contents(of path: String) throws -> [String: [UInt8]] {
    let file = try SafeTensorsFile(path)
    return try file.header.entries.reduce(into: [:]) { $0[$1.name] = try file.bytes(of: $1) }
  }

  /// The names of tensors that two files hold with different bytes.
  static func changes(_ a: String, _ b: String) throws -> Set<String> {
    let (x, y) = (try contents(of: a), try contents(of: b))
    return Set(x.keys.filter { x[$0] != y[$0] }).union(y.keys.filter { x[$0] == nil })
  }
}

extension Run {
  /// Ended by itself, without a signal and without a backtrace.
  func expectOrderly(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(signal == nil, sourceLocation: sourceLocation)
    #expect(self.status == status, "\(errors)", sourceLocation: sourceLocation)
    #expect(!errors.contains("Fatal error") && !errors.contains("Thread 0"), sourceLocation: sourceLocation)
  }
}
