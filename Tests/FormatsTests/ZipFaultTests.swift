import Diagnostics
import Formats
import Testing

/// Archives with a directory that deceives, and files with any byte changed.
@Suite("Zip archives") struct ZipFaultTests {
  private static let good = Zip(pickle: Pickle.whole(Pickle.tensor()))

  /// A change of the archive that is otherwise right.
  private static func changed(_ change: (inout Zip) -> Void) -> [UInt8] {
    var zip = good
    change(&zip)
    return zip.bytes
  }

  private static func adding(
    _ name: String, _ bytes: [UInt8] = [], method: UInt16 = 0, flags: UInt16 = 0
  ) -> [UInt8] {
    changed {
      $0.members.append(Zip.Member(name: name, bytes: bytes, method: method, flags: flags))
    }
  }

  static let archives: [(String, [UInt8], ErrorCode)] = [
    ("bytes before", [0x50, 0x4B, 3, 4] + good.bytes, .zipMalformed),
    ("bytes behind", good.bytes + [0], .zipMalformed),
    ("no directory", Array(good.bytes.dropLast(22)), .zipMalformed),
    ("member twice", adding("a/data/0"), .zipMalformed),
    ("parent folder", adding("a/../../b"), .zipMalformed),
    ("from the root", adding("/etc/passwd"), .zipMalformed),
    ("backslash", adding("a\\..\\b"), .zipMalformed),
    ("zero in a name", adding("a/b\0.pkl"), .zipMalformed), ("no name", adding(""), .zipMalformed),
    ("encrypted", adding("a/x", [1], flags: 1), .zipMalformed),
    ("compressed pickle", changed { $0.members[0].method = 8 }, .zipMalformed),
    ("compressed storage", changed { $0.members[1].method = 8 }, .zipMalformed),
    (
      "zip bomb",
      changed {
        $0.members[1] = Zip.Member(
          name: "a/data/0", bytes: [3, 0], method: 8, said: (0xFFFF_FFF0, nil, nil))
      }, .zipMalformed
    ),
    ("overlapping", changed { $0.members[1].said = (nil, 0, "a/data.pkl") }, .zipMalformed),
    ("longer than it is", changed { $0.members[0].said.size = 300 }, .zipMalformed),
    ("beyond the file", changed { $0.members[1].said.size = 1 << 30 }, .zipMalformed),
    (
      "64 bits that are not there", changed { $0.members[1].said.size = 0xFFFF_FFFF }, .zipMalformed
    ),
    ("header elsewhere", changed { $0.members[1].said.offset = 7 }, .zipMalformed),
    ("header beyond", changed { $0.members[1].said.offset = 0xFFFF_FFF0 }, .zipMalformed),
    ("other name in the header", changed { $0.members[1].said.name = "a/data/1" }, .zipMalformed),
    ("more members", changed { $0.count = 3 }, .zipMalformed),
    ("fewer members", changed { $0.count = 1 }, .zipMalformed),
    ("all members", changed { $0.count = 0xFFFF }, .zipMalformed),
    ("directory elsewhere", changed { $0.directoryOffset = 5 }, .zipMalformed),
    ("two pickles", adding("b/data.pkl", [0x80, 2, 0x7D, 0x2E]), .notTorchArchive),
    ("a program", adding("a/constants.pkl"), .notTorchArchive),
    ("no pickle", Zip([Zip.Member(name: "x.txt", bytes: [1])]).bytes, .foreignFormat),
    ("pickle at the root", Zip([Zip.Member(name: "data.pkl", bytes: [1])]).bytes, .foreignFormat),
    ("no pickle but data", Zip([Zip.Member(name: "a/data/0", bytes: [1])]).bytes, .notTorchArchive),
    ("big-endian", adding("a/byteorder", Array("big".utf8)), .tensorMalformed),
    ("empty archive", Zip([]).bytes, .foreignFormat), ("empty file", [], .notTorchArchive),
    ("bytes", [1, 2, 3, 4, 5], .notTorchArchive),
  ]

  @Test("An archive with one fault gives that fault's code", arguments: archives)
  func archive(given: (name: String, bytes: [UInt8], code: ErrorCode)) throws {
    let error = try Scratch().fault(given.bytes)
    #expect(error?.code == given.code, "\(given.name): \(error?.description ?? "no error")")
  }

  @Test("A comment, folders and other members do no harm")
  func harmless() throws {
    let bytes = Self.changed {
      $0.comment = Array("made by hand".utf8)
      $0.members.append(Zip.Member(name: "a/.data/", bytes: []))
      $0.members.append(Zip.Member(name: "a/byteorder", bytes: Array("little".utf8)))
      $0.members.append(Zip.Member(name: "a/notes", bytes: [1, 2, 3], method: 8))
    }
    #expect(try Scratch().torch(bytes).entries.map(\.name) == ["tensor"])
  }

  @Test("A file cut at any byte is refused", arguments: Reference.versions)
  func truncated(version: String) throws {
    let whole = try Reference.read("\(version)/tied.pt")
    let scratch = try Scratch()
    var read: [Int] = []
    for count in 0..<whole.count where try scratch.fault(Array(whole[..<count])) == nil {
      read.append(count)
    }
    #expect(read == [])
  }

  /// Files with one to four bytes changed in a range.
  private static func mutated(_ whole: [UInt8], _ range: Range<Int>, _ random: inout Seeded)
    -> [UInt8]
  {
    var bytes = whole
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: range, using: &random)
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      let kinds: [UInt8] = [bytes[place] ^ bit, UInt8.random(in: 0...255, using: &random), 0, 0xFF]
      bytes[place] = kinds.randomElement(using: &random) ?? 0
    }
    return bytes
  }

  @Test(
    "A directory with any bytes changed is refused, or the tensors are the right ones",
    arguments: Reference.versions)
  func directory(version: String) throws {
    let whole = try Reference.read("\(version)/tied.pt")
    let scratch = try Scratch()
    let right = try Contents(scratch.torch(whole))
    let start = try #require(
      (0..<whole.count - 4).first { Array(whole[$0..<$0 + 4]) == [0x50, 0x4B, 1, 2] })
    var random = Seeded(state: 11)
    var refused = 0
    for round in 0..<3400 {
      do {
        let file = try scratch.torch(Self.mutated(whole, start..<whole.count, &random))
        #expect(try Contents(file) == right, "round \(round)")
      } catch let error as Diagnostic {
        refused += 1
        #expect(error.code.id.hasPrefix("R04"), "round \(round): \(error)")
      }
    }
    #expect(refused > 1700)
  }

  @Test(
    "A pickle with any bytes changed is refused, or its tensors lie in their storages",
    arguments: Reference.versions)
  func pickle(version: String) throws {
    let whole = try Reference.read("\(version)/checkpoint.pt")
    let scratch = try Scratch()
    let start = try #require(
      (0..<whole.count - 4).first { Array(whole[$0..<$0 + 2]) == [0x80, 2] })
    let end = try #require(
      (start..<whole.count - 4).first { Array(whole[$0..<$0 + 4]) == [0x50, 0x4B, 3, 4] })
    var random = Seeded(state: 12)
    var refused = 0
    for round in 0..<3400 {
      do {
        let file = try scratch.torch(Self.mutated(whole, start..<end, &random))
        for entry in file.entries {
          var part = [UInt8](repeating: 0, count: min(entry.byteCount, 4096))
          try part.withUnsafeMutableBytes {
            try file.read(entry, from: entry.byteCount - $0.count, into: $0)
          }
        }
      } catch let error as Diagnostic {
        refused += 1
        #expect(error.code.id.hasPrefix("R04"), "round \(round): \(error)")
      }
    }
    #expect(refused > 1000)
  }
}
