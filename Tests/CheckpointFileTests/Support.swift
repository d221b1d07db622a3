import Checkpoints
import Diagnostics
import Formats
import Glibc
import Testing

/// A folder that is removed with its contents at the end of a test.
final class Folder: Sendable {
  let path: String

  init(in parent: String = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") throws {
    var template = Array("\(parent)/reinit-files-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    try #require(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove() }

  /// Removes the folder now, for tests that do not come back.
  func remove() { _ = system("rm -rf '\(path)'") }

  subscript(name: String) -> String { "\(path)/\(name)" }

  /// The names of everything in the folder, in order.
  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  /// Writes a file and gives its path.
  @discardableResult func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = try #require(fopen(self[name], "w"))
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    return self[name]
  }

  func read(_ name: String) -> [UInt8]? { Checkpoint.read(self[name]) }
}

/// Files made by hand, and what is said of them.
enum Checkpoint {
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    return fread(&bytes, 1, bytes.count, file) == bytes.count ? bytes : nil
  }

  /// A file with this header text, and that many bytes of data.
  static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    file(Array(header.utf8), data: data, length: length)
  }

  static func file(_ header: [UInt8], data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) } + header
      + (0..<data).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
  }

  /// The code that a body throws, or nil.
  static func code(_ body: () throws(Diagnostic) -> Void) -> ErrorCode? {
    do throws(Diagnostic) {
      try body()
      return nil
    } catch {
      return error.code
    }
  }

  /// The error that opening a file gives, or nil.
  static func fault(_ path: String) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try SafeTensorsFile(path)
      return nil
    } catch {
      return error
    }
  }

  /// A file with tensors `a` F32 [4, 8], `b` U8 [100], `c` F16 [0], `d` F32 [] and two remarks.
  static func sample(
    room: Int = 0, metadata: SafeTensorsMetadata = ["format": "pt", "k": "v \"q\" é"]
  ) throws
    -> [UInt8]
  {
    let header = try SafeTensorsHeader(
      layingOut: [("a", "F32", [4, 8]), ("b", "U8", [100]), ("c", "F16", [0]), ("d", "F32", [])],
      metadata: metadata)
    return try header.encoded(room: room) + file([], data: header.dataSize)[8...]
  }
}

/// The reference implementation, reached through Python.
enum Reference {
  static let python = getenv("REINIT_PYTHON").map { String(cString: $0) } ?? "python3"

  /// Whether Python has safetensors; where continuous integration runs, it must.
  static let isAvailable: Bool = {
    if system("\(python) -c 'import safetensors' > /dev/null 2>&1") == 0 { return true }
    return getenv("CI") != nil
  }()

  static let why: Comment = "needs Python with safetensors (REINIT_PYTHON, default python3)"

  /// Runs a script in a folder and gives the lines that it prints.
  static func run(_ script: String, in folder: Folder) throws -> [String] {
    try folder.write(Array(script.utf8), ".script.py")
    let status = system("cd '\(folder.path)' && \(python) .script.py > .output 2> .errors")
    let errors = String(decoding: folder.read(".errors") ?? [], as: UTF8.self)
    try #require(status == 0, "\(errors)")
    let output = String(decoding: folder.read(".output") ?? [], as: UTF8.self)
    for name in [".script.py", ".output", ".errors"] { unlink(folder[name]) }
    return output.split(separator: "\n").map(String.init)
  }

  /// What the reference says of each file of a folder: `ok`, or its reason for refusing it.
  static func verdicts(in folder: Folder) throws -> [String: String] {
    let script = """
      import os
      from safetensors import deserialize
      for name in sorted(os.listdir()):
          if name.startswith('.'): continue
          try:
              deserialize(open(name, 'rb').read())
              print(name + ' ok')
          except BaseException as error:
              print(name + ' ' + ' '.join(str(error).split()).encode('ascii', 'replace').decode()[:200])
      """
    let pairs = try run(script, in: folder).map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return (String(parts[0]), String(parts[1]))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}

/// A generator of random numbers that gives the same ones in every run (SplitMix64).
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
