/// Reads little-endian numbers and pieces of bytes one after the other, never past the end.
struct ByteReader {
  let bytes: [UInt8]
  var offset: Int

  init(_ bytes: [UInt8], from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// How many bytes are left.
  var left: Int { bytes.count - offset }

  /// The range of the next bytes, which are then behind; nil where fewer are left.
  mutating func take(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= left else { return nil }
    defer { offset += count }
    return offset..<offset + count
  }

  /// The next number.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    guard let range = take(MemoryLayout<Number>.size) else { return nil }
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
    }
  }
}
