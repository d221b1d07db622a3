import Checkpoints
import Tensors
import Testing

/// From the Python package xxhash.
@Test(
  "A content hash is XXH3-64 over the XXH3-64 of chunks of 256 KiB",
  arguments: [
    (0, "2d06800538d394c2"), (1, "113425e2d3c1afc3"), (1000, "a23c7ea3d2f693b4"), (262_144, "f85ac33982921a81"),
    (262_145, "d811fd27fc4fe216"), (600_000, "0c0b9a033b54f848"),
  ])
func contentHash(_ count: Int, _ digits: String) {
  let bytes = (0..<count).map { UInt8($0 * 37 % 256) }
  let hash = bytes.withUnsafeBytes { ContentHash($0) }
  #expect("\(hash)" == digits && ContentHash(digits) == hash)
}
