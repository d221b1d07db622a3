import Diagnostics
import Tensors

/// Lends a buffer for one call.
/// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
func withScratch(
  _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
) throws(Diagnostic) {
  let start = try Memory.allocate(byteCount)
  defer { Memory.free(start) }
  try body(UnsafeMutableRawBufferPointer(start: start, count: byteCount))
}
