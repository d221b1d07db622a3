import Glibc

/// The first bytes of a file, to the end of its header: the names of its tensors stay in there.
final class SafeTensorsText: @unchecked Sendable {
  // Unchecked: the bytes are written before the object is shared, and never after.
  let bytes: UnsafeMutableRawBufferPointer

  /// Memory for that many bytes, not initialized.
  init(count: Int) {
    let large = 2 << 20
    let alignment = count < large ? 16 : large
    bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: alignment)
    // Page by page, fresh memory would cost as much as parsing what is read into it.
    if count >= large { madvise(bytes.baseAddress, count, MADV_HUGEPAGE) }
  }

  /// A copy of bytes.
  convenience init(_ source: some Collection<UInt8>) {
    self.init(count: source.count)
    bytes.copyBytes(from: source)
  }

  deinit { bytes.deallocate() }
}
