import Diagnostics
import Files
import Formats
import JSONText

/// The index of a checkpoint in shards, `model.safetensors.index.json`: which file has which tensor.
struct ShardIndex: Sendable {
  /// Where it is.
  let path: String
  /// The paths of the shards, in the order of their names.
  let files: [String]
  private let json: JSONValue
  private let names: [String]
  /// The number of each tensor's shard.
  private let shards: [ByteName: Int]

  /// Whether a path is that of an index, by its name.
  static func isName(_ path: String) -> Bool { path.hasSuffix(".index.json") }

  /// What a file with all tensors would be called: `model.safetensors`.
  var stem: String { String(((try? FilePath(path))?.name ?? path).dropLast(".index.json".count)) }

  /// - Throws: R0450 for what is no index; R0640 to R0645 for what is no JSON; reading's codes.
  init(_ path: String) throws(Diagnostic) {
    self.path = path
    guard let text = try SmallFile.text(at: path) else { throw FileFault.opening(path, 2) }
    json = try JSONValue(parsing: text, source: path)
    guard let map = json["weight_map"]?.object, !map.members.isEmpty else {
      throw Self.malformed(path, "an object 'weight_map' with the shard of each tensor", nil)
    }
    var numbers: [ByteName: Int] = [:]
    for member in map.members {
      guard let file = member.value.string, Self.isPlain(file) else {
        throw Self.malformed(path, "a file's name in the index's folder for '\(member.key)'", member.value.compact)
      }
      numbers[ByteName(file)] = 0
    }
    names = numbers.keys.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (number, name) in names.enumerated() { numbers[ByteName(name)] = number }
    var shards: [ByteName: Int] = [:]
    shards.reserveCapacity(map.members.count)
    for member in map.members { shards[ByteName(member.key)] = numbers[ByteName(member.value.string ?? "")] }
    self.shards = shards
    let place = try FilePath(path)
    files = names.map(place.sibling)
  }

  /// Nothing that leads out of the folder.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0x2F) && !name.utf8.contains(0)
  }

  private static func malformed(_ path: String, _ expected: String, _ found: String?) -> Diagnostic {
    Diagnostic(.indexMalformed, "the index of shards cannot be read", at: path, expected: expected, found: found)
  }

  /// Refuses shards that do not have the tensors that the index says.
  /// - Parameter headers: what is in the shards, in the order of ``files``.
  /// - Throws: R0451 with the tensor and the shard.
  func check(_ headers: [SafeTensorsHeader]) throws(Diagnostic) {
    for (number, header) in headers.enumerated() {
      for entry in header.entries where shards[ByteName(entry.name)] != number {
        let other = shards[ByteName(entry.name)].map { "'\(names[$0])'" } ?? "no shard"
        throw Diagnostic(
          .indexMismatch, "the index and the shards disagree on '\(entry.name)'", at: path,
          expected: "in \(other), as the index says", found: "in '\(names[number])'", hints: Self.hints)
      }
    }
    guard headers.reduce(0, { $0 + $1.entries.count }) < shards.count else { return }
    for (tensor, number) in shards.sorted(by: { $0.key < $1.key }) where headers[number][tensor.text] == nil {
      throw Diagnostic(
        .indexMismatch, "the shard '\(names[number])' does not have '\(tensor.text)'", at: path,
        expected: "the tensor in that shard, as the index says", found: "\(headers[number].entries.count) others",
        hints: Self.hints)
    }
  }

  private static let hints = ["fetch the index and the shards again, all of one revision"]

  /// The index as it is written for shards of other names.
  /// - Parameters:
  ///   - rename: what a shard is called there.
  ///   - totalSize: the bytes of all tensors.
  func text(renaming rename: (String) -> String, totalSize: Int) -> String {
    var object = json.object ?? [:]
    var metadata = object["metadata"]?.object ?? [:]
    metadata["total_size"] = .integer(Int64(totalSize))
    object["metadata"] = .object(metadata)
    var map = JSONObject()
    for member in object["weight_map"]?.object?.members ?? [] {
      map.append(member.key, .string(rename(member.value.string ?? "")))
    }
    object["weight_map"] = .object(map)
    return JSONValue.object(object).indented
  }
}
