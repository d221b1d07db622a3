import Diagnostics

/// A number within JSON text, its grammar checked.
@frozen public struct JSONNumberToken {
  /// The bytes of the number.
  public let range: Range<Int>
  /// True where there is neither fraction nor exponent.
  public let isInteger: Bool
}

extension JSONScanner {
  /// Reads a number after whitespace (RFC 8259, section 6).
  public mutating func number() throws(Diagnostic) -> JSONNumberToken {
    next()
    let start = offset
    if current == 0x2D { offset += 1 }
    let first = current
    try digits("a digit")
    if first == 0x30, offset > start + (bytes[start] == 0x2D ? 2 : 1) {
      offset = start
      throw fault(.jsonSyntax, "number with a leading zero", expected: "no zeros before other digits")
    }
    var isInteger = true
    if current == 0x2E {
      isInteger = false
      offset += 1
      try digits("a digit after the point")
    }
    if current == 0x65 || current == 0x45 {
      isInteger = false
      offset += 1
      if current == 0x2B || current == 0x2D { offset += 1 }
      try digits("a digit of the exponent")
    }
    return JSONNumberToken(range: start..<offset, isInteger: isInteger)
  }

  private mutating func digits(_ expected: String) throws(Diagnostic) {
    let start = offset
    while let byte = current, (0x30...0x39).contains(byte) { offset += 1 }
    if offset == start { throw unexpected(expected) }
  }

  /// Reads a non-negative integer after whitespace: digits alone; nil, without moving, for anything else.
  ///
  /// Integers above `UInt64.max` are nil as well.
  @inlinable @inline(__always) public mutating func unsigned() -> UInt64? {
    guard let first = next(), first &- 0x30 < 10 else { return nil }
    var value = UInt64(first &- 0x30)
    var place = offset + 1
    while place < bytes.count {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { break }
      // Nineteen digits never overflow.
      if place - offset >= 19, value > (UInt64.max - UInt64(digit)) / 10 { return nil }
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
    if first == 0x30, place > offset + 1 { return nil }
    if place < bytes.count, bytes[place] == 0x2E || bytes[place] | 0x20 == 0x65 { return nil }
    offset = place
    return value
  }

  /// The nearest double to a number.
  public func double(_ token: JSONNumberToken) throws(Diagnostic) -> Double {
    let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[token.range]), as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw fault(
        .jsonNumberRange, "number out of range", at: token.range.lowerBound, expected: "at most 1.8e308",
        found: text.count > 40 ? "\(text.prefix(40))…" : text)
    }
    return value
  }
}
