import Diagnostics

/// A string within JSON text: where it stands, and whether it can be taken as it is.
@frozen public struct JSONStringToken {
  /// The bytes between the quotes.
  public let range: Range<Int>
  /// True where escapes have to be resolved.
  public let hasEscapes: Bool

  @inlinable init(range: Range<Int>, hasEscapes: Bool) {
    self.range = range
    self.hasEscapes = hasEscapes
  }
}

extension JSONScanner {
  /// Reads a string after whitespace and checks its escapes.
  @inlinable public mutating func string() throws(Diagnostic) -> JSONStringToken {
    guard next() == 0x22 else { throw unexpected("a string") }
    let start = offset + 1
    var place = Self.plainEnd(in: bytes, from: start)
    if place < bytes.count, bytes[place] == 0x22 {
      offset = place + 1
      return JSONStringToken(range: start..<place, hasEscapes: false)
    }
    try skipEscapes(from: &place)
    offset = place + 1
    return JSONStringToken(range: start..<place, hasEscapes: true)
  }

  /// A string's text, escapes resolved.
  @inlinable public func text(_ token: JSONStringToken) -> String {
    guard token.hasEscapes else {
      return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[token.range]), as: UTF8.self)
    }
    return resolved(token.range)
  }

  /// Whether a string without escapes has exactly these bytes.
  @inlinable public func matches(_ token: JSONStringToken, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard token.range.count == count else { return false }
    for place in 0..<count where bytes[token.range.lowerBound + place] != word.utf8Start[place] {
      return false
    }
    return true
  }

  /// The next quote, backslash or control character, or the end: eight bytes at a time.
  @inlinable static func plainEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    while place + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      // High bits mark zeros of the xor and bytes below 0x20; carries only spoil later bytes.
      let zeros = ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
      let hits = zeros & (ones &* 0x80)
      if hits != 0 { return place + hits.trailingZeroBitCount >> 3 }
      place += 8
    }
    while place < bytes.count, bytes[place] != 0x22, bytes[place] != 0x5C, bytes[place] >= 0x20 { place += 1 }
    return place
  }

  /// Moves from the first byte that is not plain to the closing quote.
  @usableFromInline func skipEscapes(from place: inout Int) throws(Diagnostic) {
    while true {
      place = Self.plainEnd(in: bytes, from: place)
      guard place < bytes.count else {
        throw fault(.jsonSyntax, "string without an end", at: place, expected: "'\"'", found: "the end")
      }
      if bytes[place] == 0x22 { return }
      guard bytes[place] == 0x5C else {
        throw fault(
          .jsonSyntax, "control character in a string", at: place, expected: "an escape such as '\\n'",
          found: Self.describe(bytes[place]))
      }
      place += try escapeLength(at: place)
    }
  }

  private func escapeLength(at place: Int) throws(Diagnostic) -> Int {
    let byte = place + 1 < bytes.count ? bytes[place + 1] : 0
    switch byte {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return 2
    case 0x75: return try unicodeEscapeLength(at: place)
    default:
      throw fault(
        .jsonSyntax, "unknown escape in a string", at: place,
        expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
  }

  private func unicodeEscapeLength(at place: Int) throws(Diagnostic) -> Int {
    guard let unit = hexadecimal(at: place + 2) else {
      throw fault(
        .jsonSyntax, "unfinished escape in a string", at: place, expected: "four hexadecimal digits")
    }
    if !(0xD800...0xDFFF).contains(unit) { return 6 }
    let pairs =
      unit < 0xDC00 && place + 7 < bytes.count && bytes[place + 6] == 0x5C && bytes[place + 7] == 0x75
    guard pairs, let low = hexadecimal(at: place + 8), (0xDC00...0xDFFF).contains(low) else {
      throw fault(.jsonSyntax, "half of a surrogate pair in a string", at: place, expected: "both halves")
    }
    return 12
  }

  private func hexadecimal(at place: Int) -> UInt32? {
    guard place + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[place..<place + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The text of a checked range with escapes.
  @usableFromInline func resolved(_ range: Range<Int>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var place = range.lowerBound
    while place < range.upperBound {
      if bytes[place] == 0x5C {
        appendEscape(at: &place, to: &text)
      } else {
        text.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func appendEscape(at place: inout Int, to text: inout [UInt8]) {
    let byte = bytes[place + 1]
    guard byte == 0x75 else {
      text.append(Self.meaning(of: byte))
      place += 2
      return
    }
    var value = hexadecimal(at: place + 2) ?? 0xFFFD
    place += 6
    if (0xD800...0xDBFF).contains(value) {
      value = 0x10000 + (value - 0xD800) << 10 + ((hexadecimal(at: place + 2) ?? 0xDC00) - 0xDC00)
      place += 6
    }
    text += Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
  }

  private static func meaning(of escape: UInt8) -> UInt8 {
    switch escape {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: escape
    }
  }
}
