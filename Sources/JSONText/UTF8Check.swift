/// Finds out whether bytes are well-formed UTF-8.
public enum UTF8Check {
  /// The offset of the first byte that does not belong to a well-formed sequence, or nil.
  ///
  /// Overlong forms, surrogates and code points above U+10FFFF are refused (Unicode 16, table 3-7).
  public static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while true {
      offset = endOfASCII(in: bytes, from: offset)
      guard offset < bytes.count else { return nil }
      let length = sequenceLength(in: bytes, at: offset)
      guard length > 0 else { return offset }
      offset += length
    }
  }

  private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset + 32 <= bytes.count {
      let words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      guard (words[0] | words[1] | words[2] | words[3]) & 0x8080_8080_8080_8080 == 0 else { break }
      offset += 32
    }
    while offset < bytes.count, bytes[offset] < 0x80 { offset += 1 }
    return offset
  }

  /// Two to four bytes, or 0 where no well-formed sequence begins.
  private static func sequenceLength(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let (length, second) = allowed(after: bytes[offset])
    guard length > 0, offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
    for place in 2..<max(length, 2) where bytes[offset + place] & 0xC0 != 0x80 { return 0 }
    return length
  }

  private static func allowed(after lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>) {
    switch lead {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: (0, 0...0)
    }
  }
}
