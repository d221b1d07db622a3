/// The hash of a tensor's bytes, as receipts of files record it.
///
/// Bytes are cut into chunks of 256 KiB; the hash is XXH3-64 over the little-endian XXH3-64 of each chunk, so
/// chunks can be hashed where and when they are made, in any order.
public struct ContentHash: Sendable, Equatable {
  /// The bytes of a chunk; the last one may be shorter.
  public static let chunk = 256 << 10

  /// The 64 bits.
  public let bits: UInt64

  /// A hash of that many bits.
  package init(bits: UInt64) { self.bits = bits }

  /// The number of chunks of that many bytes.
  public static func chunks(of byteCount: Int) -> Int { (byteCount + chunk - 1) / chunk }
}

extension ContentHash: CustomStringConvertible {
  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// A hash from its sixteen digits; nil if the text is not one.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 16, let bits = UInt64(text, radix: 16) else { return nil }
    self.bits = bits
  }
}
