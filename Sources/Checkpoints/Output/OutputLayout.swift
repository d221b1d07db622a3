import Diagnostics
import Files
import JSONText

/// Where the files of an output are while they are written: what other processes need to write into them.
struct OutputLayout: Sendable {
  /// One file.
  struct Part: Sendable {
    /// Where its finished form is, or will be before the folder has its name.
    let path: String
    /// Where it is being written; nil for a copy of a shard.
    let unfinished: String?
    let dataStart: Int
    let dataSize: Int
  }
  /// One for each shard, or a single one for all.
  let parts: [Part]
  /// Where the data of each begin in the data of all.
  let starts: [Int]

  init(parts: [Part], starts: [Int]) { (self.parts, self.starts) = (parts, starts) }

  /// The part that a shard's data are in.
  func part(ofShard number: Int) -> Int { parts.count == 1 ? 0 : number }

  /// The unfinished files, open for writing.
  func opened() throws(Diagnostic) -> [DataFile?] {
    try parts.map { (part) throws(Diagnostic) in
      guard let file = part.unfinished else { return nil }
      return DataFile(handle: try FileHandle.open(file, for: .updating), start: part.dataStart, size: part.dataSize)
    }
  }

  var json: JSONValue {
    [
      "starts": .array(starts.map { .integer(Int64($0)) }),
      "parts": .array(
        parts.map { part in
          [
            "path": .string(part.path), "unfinished": part.unfinished.map { .string($0) } ?? .null,
            "data_start": .integer(Int64(part.dataStart)), "data_size": .integer(Int64(part.dataSize)),
          ]
        }),
    ]
  }

  init(json: JSONValue) throws(Diagnostic) {
    starts = try json.require("starts", "a list", \.array).compactMap(\.int)
    parts = try json.require("parts", "a list", \.array).map { (part) throws(Diagnostic) in
      Part(
        path: try part.require("path", "text", \.string), unfinished: part["unfinished"]?.string,
        dataStart: try part.require("data_start", "a number", \.int),
        dataSize: try part.require("data_size", "a number", \.int))
    }
  }
}
