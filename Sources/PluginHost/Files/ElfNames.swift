import Diagnostics

/// A table of names, as a hostile file may have it: any number of entries may point at the same long name, so that each
/// name and all that is read of a table have a limit.
struct ElfNames {
  /// The longest name in bytes.
  static let limit = 4096

  private let block: ElfBlock
  private let fault: ElfFault
  /// How many bytes may still be read.
  private var rest = Int(ElfLayout.tableLimit)

  init(_ block: ElfBlock, _ fault: ElfFault) { (self.block, self.fault) = (block, fault) }

  /// The name at an offset; nil where that lies outside of the table.
  ///
  /// - Throws: R0310 for a name or names that are too long.
  mutating func name(at offset: Int) throws(Diagnostic) -> ArraySlice<UInt8>? {
    guard let name = block.terminated(at: offset) else {
      guard block.bytes.indices.contains(offset), block.bytes.count - offset > Self.limit else { return nil }
      throw fault.malformed(
        "a name is longer than any plugin's", expected: "at most \(Self.limit) bytes", found: "more, at \(offset)")
    }
    rest -= name.count
    guard rest >= 0 else {
      throw fault.malformed(
        "its names are together longer than any plugin's", expected: "at most \(ElfLayout.tableLimit) bytes",
        found: "more")
    }
    return name
  }

  /// The name at an offset that must lie in the table.
  ///
  /// - Throws: R0310.
  mutating func required(at offset: UInt64) throws(Diagnostic) -> ArraySlice<UInt8> {
    guard let place = Int(exactly: offset), let name = try name(at: place) else {
      throw fault.malformed("a name lies outside of its table of names", found: "at \(offset)")
    }
    return name
  }
}
