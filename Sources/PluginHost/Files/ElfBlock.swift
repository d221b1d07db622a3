/// Little-endian numbers and texts in a part of a file.
///
/// What lies outside of the bytes reads as zero or nil, so that no offset in a hostile file can do harm; callers
/// check the lengths that mean something.
struct ElfBlock {
  let bytes: [UInt8]

  func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type = Number.self) -> Number {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return 0 }
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
  }

  /// The bytes from an offset up to the next NUL; nil where none follows in the block, or within the limit of names.
  func terminated(at offset: Int) -> ArraySlice<UInt8>? {
    guard bytes.indices.contains(offset) else { return nil }
    let longest = bytes[offset..<min(bytes.count, offset + ElfNames.limit + 1)]
    return longest.firstIndex(of: 0).map { bytes[offset..<$0] }
  }

  /// The text from an offset up to the next NUL.
  func text(at offset: Int) -> String? {
    terminated(at: offset).map { ShellText.printable($0) }
  }
}
