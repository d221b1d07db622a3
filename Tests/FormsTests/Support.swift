import Checkpoints
import Diagnostics
import Files
import Foundation
import Reinit
import Testing

/// A folder of a test's own, removed at its end.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "reinit-forms-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and the folders above it.
  func write(_ text: String, _ name: String) throws {
    let url = URL(fileURLWithPath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// The bytes of every file, by its name.
  func contents(_ name: String = "") throws -> [String: Data] {
    let root = name.isEmpty ? path : self[name]
    var contents: [String: Data] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: "\(root)/\(file)", isDirectory: &isFolder)
      if isThere, !isFolder.boolValue { contents[file] = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(file)")) }
    }
    return contents
  }
}

/// Tensors with values of their own, and the files that hold them.
struct Sample {
  struct Tensor {
    let name: String
    let dtype: String
    let shape: [Int]
    let bytes: [UInt8]
  }
  let tensors: [Tensor]

  static func random(_ generator: inout some RandomNumberGenerator) -> Sample {
    var tensors: [Tensor] = []
    for block in 0..<Int.random(in: 1...4, using: &generator) {
      let width = Int.random(in: 1...24, using: &generator)
      let dtype = ["F32", "F16", "BF16", "F64"].randomElement(using: &generator) ?? "F32"
      for (name, shape) in [("attn.weight", [width, 2 * width]), ("attn.bias", [width]), ("norm.weight", [width])] {
        tensors.append(tensor("h.\(block).\(name)", dtype, shape, &generator))
      }
    }
    tensors.append(tensor("empty", "F32", [0, 3], &generator))
    tensors.append(tensor("steps", "I64", [], &generator))
    return Sample(tensors: tensors.shuffled(using: &generator))
  }

  static func tensor(
    _ name: String, _ dtype: String, _ shape: [Int], _ generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let size = ["F64": 8, "I64": 8, "F32": 4][dtype] ?? 2
    let count = shape.reduce(size, *)
    // Small exponents, so that no value is infinite or NaN in any type.
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...63, using: &generator) }
    return Tensor(name: name, dtype: dtype, shape: shape, bytes: bytes)
  }

  /// Writes some of the tensors to a file.
  static func write(_ tensors: [Tensor], to path: String, metadata: SafeTensorsMetadata = ["format": "pt"]) throws {
    let header = try SafeTensorsHeader(
      layingOut: tensors.map { ($0.name, $0.dtype, $0.shape) }, metadata: metadata)
    let writer = try CheckpointWriter(path, header: header)
    for (tensor, entry) in zip(tensors, header.entries) {
      try tensor.bytes.withUnsafeBytes { try writer.write($0, at: entry.range.lowerBound) }
    }
    try writer.commit()
  }

  /// Writes all tensors in shards, with their index and other files.
  func writeShards(
    _ count: Int, in folder: Folder, _ name: String, using generator: inout some RandomNumberGenerator
  ) throws {
    try FileManager.default.createDirectory(atPath: folder[name], withIntermediateDirectories: true)
    var shards = [[Tensor]](repeating: [], count: count)
    for tensor in tensors { shards[Int.random(in: 0..<count, using: &generator)].append(tensor) }
    var map: [String: String] = [:]
    for (number, shard) in shards.enumerated() {
      let file = String(format: "model-%05d-of-%05d.safetensors", number + 1, count)
      // A shard that no tensor names is no part of the checkpoint.
      if shard.isEmpty { continue }
      try Sample.write(shard, to: folder["\(name)/\(file)"])
      for tensor in shard { map[tensor.name] = file }
    }
    try folder.write(Sample.index(map), "\(name)/model.safetensors.index.json")
    try folder.write("{\"model_type\": \"none\"}\n", "\(name)/config.json")
    try folder.write("{}", "\(name)/1_Pooling/config.json")
  }

  static func index(_ map: [String: String]) -> String {
    let lines = map.sorted { $0.key < $1.key }.map { "    \"\($0.key)\": \"\($0.value)\"" }
    return "{\n  \"metadata\": {\"total_size\": 0},\n  \"weight_map\": {\n\(lines.joined(separator: ",\n"))\n  }\n}\n"
  }
}

/// The bytes of every tensor of a checkpoint.
func values(_ path: String) throws -> [String: [UInt8]] {
  let files = try CheckpointFiles(path)
  var values: [String: [UInt8]] = [:]
  for entry in files.header.entries {
    var bytes = [UInt8](repeating: 0, count: entry.byteCount)
    try bytes.withUnsafeMutableBytes { try files.read(entry, into: $0) }
    values[entry.name] = bytes
  }
  return values
}

/// The error that a body throws, or nil.
func fault(_ body: () throws -> Void) -> Diagnostic? {
  do { try body() } catch { return error as? Diagnostic }
  return nil
}

func code(_ body: () throws -> Void) -> ErrorCode? { fault(body)?.code }

/// Fills one tensor of every block.
func fill(_ path: String, seed: UInt64 = 5, selector: String = "h.*.attn.weight") throws -> (Checkpoint, Plan) {
  let checkpoint = try Checkpoint(opening: path)
  return (checkpoint, try checkpoint.plan([Rule(Selector(parsing: selector), fill: .normal(std: 0.5))], seed: seed))
}

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
