import Glibc
import JSONText

/// The folder of these tests.
let testFolder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/"

/// A JSON file beside the tests.
func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: try bytes(of: testFolder + name)) }

private struct Unreadable: Error { let path: String }

private func bytes(of path: String) throws -> [UInt8] {
  guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return bytes
}
