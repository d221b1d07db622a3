import CXXHash
import Tensors

extension ContentHash {
  /// The hash of a tensor from the hashes of its chunks, in order.
  public init(chunks: [UInt64]) {
    self.init(bits: chunks.map(\.littleEndian).withUnsafeBytes { reinit_xxh3($0.baseAddress, $0.count) })
  }

  /// The hash of bytes in memory.
  public init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      chunks: stride(from: 0, to: bytes.count, by: ContentHash.chunk).map { start in
        ContentHash.hash(
          chunk: UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + ContentHash.chunk, bytes.count)]))
      })
  }

  /// The hash of one chunk.
  public static func hash(chunk: UnsafeRawBufferPointer) -> UInt64 { reinit_xxh3(chunk.baseAddress, chunk.count) }
}
