import Diagnostics
import Glibc

/// Reads JSON from bytes, token by token: what parsers of whole values and of large headers share.
///
/// The bytes must be well-formed UTF-8 (``UTF8Check``) and must outlive the scanner. Every error names the
/// offset of a byte, counted from the beginning of the buffer.
@frozen public struct JSONScanner {
  /// What is read.
  public let bytes: UnsafeRawBufferPointer
  /// The offset of the next byte.
  public var offset: Int

  /// Starts at an offset, by default the first byte.
  @inlinable public init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The byte the scanner stands on, or nil at the end.
  @inlinable public var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// Moves behind spaces, tabs and line ends, and returns the byte after them.
  @inlinable @inline(__always) @discardableResult public mutating func next() -> UInt8? {
    if offset < bytes.count, bytes[offset] > 0x20 { return bytes[offset] }
    return nextAfterSpace()
  }

  @inlinable @inline(never) mutating func nextAfterSpace() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Moves behind whitespace and that byte, if it is the next one.
  @inlinable @inline(__always) public mutating func skip(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    offset += 1
    return true
  }

  /// Moves behind these bytes, if they stand exactly here.
  @inlinable @inline(__always) public mutating func skip(exactly word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard count <= bytes.count - offset, let base = bytes.baseAddress,
      memcmp(base + offset, word.utf8Start, count) == 0
    else { return false }
    offset += count
    return true
  }

  /// Moves behind whitespace and that byte, which must be the next one.
  @inlinable @inline(__always) public mutating func expect(_ byte: UInt8) throws(Diagnostic) {
    guard skip(byte) else { throw unexpected(byte) }
  }

  /// Moves behind a comma and returns true, or behind the closing byte and returns false.
  @inlinable @inline(__always) public mutating func continues(until closing: UInt8) throws(Diagnostic) -> Bool {
    if skip(0x2C) { return true }
    if skip(closing) { return false }
    throw unexpected(0x2C, or: closing)
  }

  /// Reads a word such as `null`, byte for byte.
  public mutating func expect(word: StaticString) throws(Diagnostic) {
    let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard offset + wanted.count <= bytes.count, bytes[offset..<offset + wanted.count].elementsEqual(wanted)
    else { throw unexpected("a value") }
    offset += wanted.count
  }

  /// Requires that nothing but whitespace is left.
  public mutating func expectEnd() throws(Diagnostic) {
    guard next() == nil else { throw unexpected("the end of the text") }
  }

  /// The error for what stands at the current offset.
  public func unexpected(_ expected: String) -> Diagnostic {
    fault(.jsonSyntax, "text is not JSON", expected: expected, found: foundHere)
  }

  @usableFromInline @inline(never) func unexpected(_ byte: UInt8, or other: UInt8? = nil) -> Diagnostic {
    unexpected(Self.describe(byte) + (other.map { " or " + Self.describe($0) } ?? ""))
  }

  /// An error at an offset, by default the current one.
  public func fault(
    _ code: ErrorCode, _ message: String, at place: Int? = nil, expected: String? = nil, found: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: "byte \(place ?? offset)", expected: expected, found: found)
  }

  /// What stands at the current offset, in words.
  public var foundHere: String { Self.describe(current) }

  static func describe(_ byte: UInt8?) -> String {
    guard let byte else { return "the end" }
    guard (0x21...0x7E).contains(byte) else { return "byte 0x" + String(byte, radix: 16, uppercase: true) }
    return "'\(Character(Unicode.Scalar(byte)))'"
  }
}
