import CXXHash
import Diagnostics
import JSONText

/// A journal as bytes: a line with the version, a line of JSON, a line with the checksum of the two.
struct JournalContents {
  static let magic = "reinit-journal "
  static let version = "1"
  /// Two headers as long as the format allows, each byte of them escaped, and a large payload.
  static let sizeLimit = 2_000_000_000

  /// One of the files that the run changes.
  struct File {
    /// Its name in the folder of the journal.
    let name: String
    let size: Int
    /// The file's bytes from its beginning to the end of the header, before the run.
    let header: [UInt8]
    /// The same bytes after the run, once they are known.
    var newHeader: [UInt8]?
    /// What the data were at some places before the run.
    let samples: ContentSamples
  }
  /// One, or the shards of a checkpoint.
  var files: [File]
  let payload: JSONValue

  init(files: [File], payload: JSONValue) { (self.files, self.payload) = (files, payload) }

  func encoded() -> [UInt8] {
    let object: JSONObject = ["files": .array(files.map(\.json)), "payload": payload]
    var bytes = Array("\(Self.magic)\(Self.version)\n".utf8)
    JSONValue.object(object).append(to: &bytes)
    bytes.append(0x0A)
    return bytes + Array(Self.checksumLine(bytes[...]).utf8)
  }

  /// Reads a journal back.
  ///
  /// - Throws: R0631, R0634.
  init(decoding bytes: [UInt8], path: String) throws(Diagnostic) {
    let json = try Self.json(of: bytes, path: path)
    do {
      let value = try JSONValue(parsing: Array(json), source: path, depth: 512)
      files = try value.require("files", "a list", \.array).map { (json) throws(Diagnostic) in try File(json) }
      payload = try value.require("payload", "a value") { $0 }
    } catch {
      throw Self.corrupt(path, error.expected, error.message)
    }
    guard !files.isEmpty else { throw Self.corrupt(path, "the files that the run changes", "none") }
  }

  static func corrupt(_ path: String, _ expected: String?, _ found: String?) -> Diagnostic {
    Diagnostic(.journalCorrupt, "the journal is damaged", at: path, expected: expected, found: found)
  }

  /// The line of JSON, after magic, version and checksum have been found right.
  private static func json(of bytes: [UInt8], path: String) throws(Diagnostic) -> ArraySlice<UInt8> {
    guard bytes.starts(with: magic.utf8), let first = bytes.firstIndex(of: 0x0A) else {
      throw corrupt(path, "'\(magic)\(version)' in the first line", nil)
    }
    let found = String(decoding: bytes[magic.utf8.count..<first], as: UTF8.self)
    let checksum = checksumLine(bytes.dropLast(checksumLength))
    guard bytes.count > first + checksumLength, bytes.suffix(checksumLength).elementsEqual(checksum.utf8)
    else {
      throw corrupt(path, "the checksum of its contents in the last line", "another checksum")
    }
    guard found == version else {
      throw Diagnostic(
        .journalVersion, "the journal has an unknown version", at: path, expected: version,
        found: "'\(found)'")
    }
    return bytes[(first + 1)..<(bytes.count - checksumLength)]
  }

  private static let checksumLength = 23

  /// XXH64 over everything before the line.
  private static func checksumLine(_ bytes: ArraySlice<UInt8>) -> String {
    let hash = bytes.withUnsafeBytes { XXH64($0.baseAddress, $0.count, 0) }
    let digits = String(hash, radix: 16)
    return "xxh64 " + String(repeating: "0", count: 16 - digits.count) + digits + "\n"
  }
}

extension JournalContents.File {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "file_size": .integer(Int64(size)), "header": Self.text(header),
    ]
    if let newHeader { object["new_header"] = Self.text(newHeader) }
    object["samples"] = samples.json
    return .object(object)
  }

  fileprivate init(_ json: JSONValue) throws(Diagnostic) {
    name = try json.require("name", "text", \.string)
    size = try json.require("file_size", "a size", \.int)
    header = try json.require("header", "text", Self.front)
    newHeader = json["new_header"] == nil ? nil : try json.require("new_header", "text", Self.front)
    let room = size.subtractingReportingOverflow(header.count)
    guard !room.overflow, let samples = ContentSamples(json: json["samples"], dataSize: room.partialValue) else {
      throw Diagnostic(
        .journalCorrupt, json["samples"]?.compact ?? "no samples", expected: "samples of the file's data")
    }
    self.samples = samples
  }

  /// A header's text without the eight bytes of its length, which follow from it.
  private static func text(_ front: [UInt8]) -> JSONValue {
    .string(String(decoding: front.dropFirst(8), as: UTF8.self))
  }

  private static func front(_ value: JSONValue) -> [UInt8]? {
    guard let text = value.string else { return nil }
    return withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) } + Array(text.utf8)
  }
}
