import Glibc

/// The folder of what tests compare with.
let goldenFolder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Golden/"

/// The whole text of a file, or `nil` where it cannot be read.
func readText(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

/// Whether the text was written.
func writeText(_ text: String, to path: String) -> Bool {
  guard let file = fopen(path, "w") else { return false }
  let bytes = Array(text.utf8)
  let count = fwrite(bytes, 1, bytes.count, file)
  return fclose(file) == 0 && count == bytes.count
}

/// The rows of a table whose cells stand between tabs.
func referenceRows(_ name: String) -> [[String]] {
  let text = readText(goldenFolder + "Reference/" + name) ?? ""
  return text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
}
