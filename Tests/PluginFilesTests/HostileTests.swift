import Diagnostics
import PluginHost
import Testing

/// A shared object of tables alone, as no linker makes one.
private struct Tables {
  var symbols: [UInt32]
  var names: [UInt8]

  private static let start = 4096

  private func number(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private func segment(_ type: UInt64, _ offset: Int, _ size: Int) -> [UInt8] {
    number(type, 4) + number(4, 4) + [offset, offset, offset, size, size, 4096].flatMap { number(UInt64($0), 8) }
  }

  /// Header and segments, the dynamic table, an old hash table for the number of symbols, symbols, names.
  var bytes: [UInt8] {
    let (hash, table) = (Self.start + 96, Self.start + 112)
    let text = table + symbols.count * 24
    let size = text + names.count
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    #if arch(arm64)
      let machine: UInt64 = 183
    #else
      let machine: UInt64 = 62
    #endif
    bytes +=
      number(3, 2) + number(machine, 2) + number(1, 4) + number(0, 8) + number(64, 8) + number(0, 8) + number(0, 4)
    bytes += number(64, 2) + number(56, 2) + number(3, 2) + number(64, 2) + number(0, 2) + number(0, 2)
    bytes += segment(1, 0, size) + segment(2, Self.start, 96) + segment(0x6474_E551, 0, 0)
    bytes += [UInt8](repeating: 0, count: Self.start - bytes.count)
    for (tag, value) in [(4, hash), (5, text), (6, table), (10, names.count), (11, 24), (0, 0)] {
      bytes += number(UInt64(tag), 8) + number(UInt64(value), 8)
    }
    bytes += number(1, 4) + number(UInt64(symbols.count), 4) + number(0, 8)
    for name in symbols { bytes += number(UInt64(name), 4) + [0x12, 0] + number(7, 2) + number(16, 8) + number(0, 8) }
    return bytes + names
  }
}

/// What costs a hostile file little must cost its reader little.
@Suite("Hostile tables of names", .timeLimit(.minutes(5))) struct HostileTests {
  private func code(_ tables: Tables) throws -> [ErrorCode] {
    let folder = try Folder()
    return try judge(folder.write(tables.bytes, "plugin.so")).map(\.code)
  }

  @Test("The tables are read where names are short")
  func short() throws {
    #expect(try code(Tables(symbols: [1, 1, 3], names: Array("\0a\0bc\0".utf8))) == [.pluginEntryMissing])
  }

  @Test("Many symbols of one very long name are refused at the first of them")
  func longName() throws {
    let name = [0] + [UInt8](repeating: 0x61, count: 4 << 20) + [0]
    #expect(try code(Tables(symbols: [UInt32](repeating: 1, count: 100_000), names: name)) == [.pluginFileMalformed])
  }

  @Test("Many symbols of one name of the greatest length are refused when they come to more than a table may hold")
  func manyNames() throws {
    let name = [0] + [UInt8](repeating: 0x61, count: 4096) + [0]
    #expect(try code(Tables(symbols: [UInt32](repeating: 1, count: 100_000), names: name)) == [.pluginFileMalformed])
    #expect(try code(Tables(symbols: [UInt32](repeating: 1, count: 10_000), names: name)) == [.pluginEntryMissing])
  }
}
