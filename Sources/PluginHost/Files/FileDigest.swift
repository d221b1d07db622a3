import CXXHash

/// The hash of a file's bytes, XXH3-128: the same for every copy of a file.
package struct FileDigest: Sendable, Hashable {
  /// The upper 64 bits.
  package let high: UInt64
  /// The lower 64 bits.
  package let low: UInt64

  /// A hash that grows with what is read.
  struct State: ~Copyable {
    private let state: OpaquePointer

    /// Nil where memory is exhausted.
    init?() {
      guard let state = XXH3_createState() else { return nil }
      self.state = state
      XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
      XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
    }

    func finish() -> FileDigest {
      let hash = XXH3_128bits_digest(state)
      return FileDigest(high: hash.high64, low: hash.low64)
    }
  }
}

extension FileDigest: CustomStringConvertible {
  /// Thirty-two hexadecimal digits, as `xxhsum -H2` prints them.
  package var description: String { Self.digits(high) + Self.digits(low) }

  private static func digits(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
