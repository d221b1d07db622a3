import Diagnostics
import Glibc
import PluginHost
import Synchronization
import Testing

/// No damage to a file does more than make an error.
@Suite("Damaged files", .timeLimit(.minutes(20))) struct DamageTests {
  /// What is said of a file, or nil where nothing is.
  private static func code(_ path: String) -> ErrorCode? {
    do {
      return try judge(path).first?.code
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test("Every beginning of a plugin is refused: as empty, as no library, or as cut off")
  func truncation() throws {
    let folder = try Folder()
    let path = try folder.patched { _ in }
    let size = try Source.goodBytes.get().count
    let points = Array(0..<130) + (0..<100).map { 130 + $0 * (size - 131) / 99 }
    var wrong: [Int] = []
    for point in points.reversed() {
      try #require(truncate(path, off_t(point)) == 0)
      let expected: ErrorCode = point == 0 ? .pluginFileEmpty : point < 4 ? .pluginFileNotELF : .pluginFileTruncated
      if Self.code(path) != expected { wrong.append(point) }
    }
    #expect(wrong.isEmpty)
    #expect(points.last == size - 1)
  }

  @Test("A plugin without a table of sections is never read beyond its end")
  func truncationWithoutSections() throws {
    let folder = try Folder()
    let path = try folder.patched { $0.replaceSubrange(40..<48, with: repeatElement(0, count: 8)) }
    let size = try Source.goodBytes.get().count
    var accepted: [Int] = []
    for point in (0..<200).map({ $0 * size / 200 }).reversed() {
      try #require(truncate(path, off_t(point)) == 0)
      if Self.code(path) == nil { accepted.append(point) }
    }
    // Beyond the last segment lie only sections that are not loaded, and their table.
    #expect(accepted.allSatisfy { $0 > size / 2 })
  }

  @Test("Random corruption gives an error of the family or none, and never ends the process", arguments: 0..<8)
  func corruption(part: Int) throws {
    let folder = try Folder()
    let good = try Source.goodBytes.get()
    var random = Seeded(state: UInt64(part) + 1)
    var foreign: [String] = []
    var refused = 0
    for _ in 0..<250 {
      let bytes = Self.corrupt(good, &random)
      guard let code = Self.code(try folder.write(bytes, "plugin.so")) else { continue }
      refused += 1
      if !code.id.hasPrefix("R03") { foreign.append(code.id) }
    }
    #expect(foreign.isEmpty)
    #expect(refused > 50)
  }

  /// Changes one to four numbers: anywhere, in the header and the table of segments, or in the table of sections.
  private static func corrupt(_ good: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = good
    let hot = [0..<64 + 56 * 9, bytes.count - 64 * 28..<bytes.count, 0..<bytes.count, 0..<bytes.count / 4]
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let range = hot[Int.random(in: 0..<hot.count, using: &random)]
      let place = Int.random(in: range, using: &random)
      let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
      let byte = extremes[Int.random(in: 0..<extremes.count, using: &random)]
      for at in place..<min(place + [1, 1, 2, 4, 8][Int.random(in: 0..<5, using: &random)], bytes.count) {
        bytes[at] = byte
      }
    }
    return bytes
  }

  @Test("Every number of the header and of all tables may be the largest one")
  func extremes() throws {
    let folder = try Folder()
    let good = try Source.goodBytes.get()
    var foreign: [Int] = []
    for place in stride(from: 0, to: good.count - 8, by: good.count / 500 / 8 * 8 + 8) {
      var bytes = good
      bytes.replaceSubrange(place..<place + 8, with: repeatElement(0xFF, count: 8))
      if let code = Self.code(try folder.write(bytes, "plugin.so")), !code.id.hasPrefix("R03") { foreign.append(place) }
    }
    #expect(foreign.isEmpty)
  }

  @Test("A file that shrinks and grows while it is read is an error or whole, never a signal")
  func shrinking() throws {
    let folder = try Folder()
    let good = try Source.goodBytes.get()
    let path = try folder.patched { _ in }
    let isDone = Atomic(false)
    let writer = Task.detached {
      while !isDone.load(ordering: .relaxed) {
        truncate(path, 3000)
        guard let file = fopen(path, "r+") else { continue }
        fwrite(good, 1, good.count, file)
        fclose(file)
      }
    }
    var foreign: [ErrorCode] = []
    for _ in 0..<500 { if let code = Self.code(path), !code.id.hasPrefix("R03") { foreign.append(code) } }
    isDone.store(true, ordering: .relaxed)
    writer.cancel()
    #expect(foreign.isEmpty)
  }

  @Test("A file written to between opening and the end of reading is refused")
  func changed() throws {
    let folder = try Folder()
    let file = try ByteFile(folder.patched { _ in })
    #expect(throws: Never.self) { try file.requireUnchanged() }
    try #require(truncate(file.path, 5000) == 0)
    let codes = try [{ try file.requireUnchanged() }, { _ = try file.digest() }].flatMap { check in
      try faults {
        try check()
        return []
      }.map(\.code)
    }
    #expect(codes == [.pluginFileChanged, .pluginFileChanged])
  }

  @Test("A file rewritten with as many bytes while it is judged is refused")
  func rewritten() throws {
    let folder = try Folder()
    // The question for a sanitizer comes after all tables have been read.
    let path = try folder.compile(Source.good + "void __asan_init(void); void f(void) { __asan_init(); }")
    let found = try faults {
      try PluginFile(reading: path) { _ in utimes(path, [timeval(), timeval()]) == 0 }.refusals
    }
    #expect(found.map(\.code) == [.pluginFileChanged])
  }

  @Test("Names from a file reach no terminal as control characters")
  func controls() throws {
    let folder = try Folder()
    var bytes = try Bytes.read(folder.compile("int evil_name(void) { return 0; }", flags: "-Wl,-soname,evil_lib"))
    for place in bytes.indices where bytes[place...].starts(with: "evil_".utf8) { bytes[place + 4] = 0x1B }
    let path = try folder.write(bytes, "plugin.so")
    let faults = try judge(path)
    let texts = faults.map(\.description) + [try ElfFile(path: path).soname ?? ""]
    #expect(texts.contains { $0.contains("u{1b}") })
    #expect(texts.allSatisfy { text in text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A } })
  }
}
