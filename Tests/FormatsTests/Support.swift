import Diagnostics
import Files
import Formats
import Glibc
import JSONText
import Testing

/// The files that torch wrote, beside the tests.
enum Reference {
  static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Reference/"
  static let versions = ["torch-1.13", "torch-2.1", "torch-2.15"]

  static func read(_ name: String) throws -> [UInt8] {
    let handle = try FileHandle.open(folder + name)
    return try handle.bytes(0..<handle.status.size)
  }
}

/// A file whose contents a test writes again and again; it goes with the test.
final class Scratch {
  let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/reinit-formats-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    close(descriptor)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { unlink(path) }

  func write(_ bytes: [UInt8]) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  /// Writes a file and opens it as one of torch.
  func torch(_ bytes: [UInt8], branch: String? = nil) throws -> PyTorchFile {
    try write(bytes)
    return try PyTorchFile(path, branch: branch)
  }

  /// The error that opening these bytes gives, or nil.
  func fault(_ bytes: [UInt8], branch: String? = nil) throws -> Diagnostic? {
    do {
      _ = try torch(bytes, branch: branch)
      return nil
    } catch let error as Diagnostic {
      return error
    }
  }
}

/// What a file says of its tensors, and their bytes.
struct Contents: Equatable {
  struct Tensor: Equatable {
    let name: String
    let dtype: String
    let shape: [Int]
    let bytes: [UInt8]
  }

  let tensors: [Tensor]

  init(_ file: PyTorchFile) throws {
    tensors = try file.entries.map {
      Tensor(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: try file.bytes(of: $0))
    }
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

/// Little-endian bytes of a number.
func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Zip archives made by hand, with any fault.
struct Zip {
  struct Member {
    var name: String
    var bytes: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// What the directory says, where that is not the truth.
    var said: (size: UInt32?, offset: UInt32?, name: String?) = (nil, nil, nil)
  }

  var members: [Member] = []
  var comment: [UInt8] = []
  /// What the end record says, where that is not the truth.
  var count: UInt16?
  var directoryOffset: UInt32?

  /// An archive of `torch.save`.
  init(pickle: [UInt8], storages: [String: [UInt8]] = ["0": Array(0..<64)]) {
    members = [Member(name: "a/data.pkl", bytes: pickle)]
    members += storages.sorted { $0.key < $1.key }.map {
      Member(name: "a/data/\($0.key)", bytes: $0.value)
    }
  }

  init(_ members: [Member]) { self.members = members }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let size = UInt32(member.bytes.count)
      let name = member.said.name ?? member.name
      directory +=
        little(UInt32(0x0201_4B50)) + little(UInt32(0x14)) + little(member.flags)
        + little(member.method)
      directory +=
        [UInt8](repeating: 0, count: 8) + little(member.said.size ?? size)
        + little(member.said.size ?? size)
      directory += little(UInt16(name.utf8.count)) + [UInt8](repeating: 0, count: 12)
      directory += little(member.said.offset ?? UInt32(file.count)) + Array(name.utf8)
      file +=
        little(UInt32(0x0403_4B50)) + little(UInt16(0x14)) + little(member.flags)
        + little(member.method)
      file += [UInt8](repeating: 0, count: 8) + little(size) + little(size)
      file +=
        little(UInt16(member.name.utf8.count)) + little(UInt16(0)) + Array(member.name.utf8)
        + member.bytes
    }
    let number = count ?? UInt16(members.count)
    let end =
      little(UInt32(0x0605_4B50)) + little(UInt32(0)) + little(number) + little(number)
      + little(UInt32(directory.count))
      + little(directoryOffset ?? UInt32(file.count)) + little(UInt16(comment.count)) + comment
    return file + directory + end
  }
}

/// Pickles made by hand, opcode for opcode.
enum Pickle {
  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)
  }
  static func int(_ value: Int) -> [UInt8] { [0x8A, 8] + little(Int64(value)) }
  static func tuple(_ values: [[UInt8]]) -> [UInt8] { [0x28] + values.flatMap(\.self) + [0x74] }
  static func list(_ values: [[UInt8]]) -> [UInt8] {
    [0x5D, 0x28] + values.flatMap(\.self) + [0x65]
  }
  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    [0x7D, 0x28] + pairs.flatMap { text($0.0) + $0.1 } + [0x75]
  }
  static func global(_ module: String, _ name: String) -> [UInt8] {
    [0x63] + Array("\(module)\n\(name)\n".utf8)
  }
  static func call(_ function: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] {
    function + tuple(arguments) + [0x52]
  }
  static func storage(_ key: String = "0", _ type: String = "FloatStorage", count: Int = 16)
    -> [UInt8]
  {
    tuple([text("storage"), global("torch", type), text(key), text("cpu"), int(count)]) + [0x51]
  }
  static func tensor(
    _ sizes: [Int] = [4, 4], _ strides: [Int] = [4, 1], offset: Int = 0,
    of storage: [UInt8] = storage(),
    more: [[UInt8]] = []
  ) -> [UInt8] {
    call(
      global("torch._utils", "_rebuild_tensor_v2"),
      [
        storage, int(offset), tuple(sizes.map(int)), tuple(strides.map(int)), [0x89],
        call(global("collections", "OrderedDict"), []),
      ] + more)
  }
  static func whole(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + [0x2E] }
}
