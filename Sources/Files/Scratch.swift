import Diagnostics

/// Lends a buffer for one call.
package func withScratch(
  _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
) throws(Diagnostic) {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
  defer { buffer.deallocate() }
  try body(buffer)
}
