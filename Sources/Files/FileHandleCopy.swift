import CGuard
import Diagnostics
import Glibc

/// Copies bytes from file to file, within the system where it can.
package struct FileCopy {
  private let source: FileHandle
  private let target: FileHandle
  private var from: Int
  private var to: Int
  private var count: Int

  /// A copy of that many bytes from one offset to another.
  package init(source: FileHandle, target: FileHandle, from: Int, to: Int, count: Int) {
    (self.source, self.target, self.from, self.to, self.count) = (source, target, from, to, count)
  }

  /// Copies all of it.
  ///
  /// - Throws: R0607 where the source ends early; reading's and writing's codes.
  package mutating func run() throws(Diagnostic) {
    try copyInKernel()
    if count > 0 { try copyByBuffer() }
  }

  /// Copies until the system says that it cannot for these files; what is left has to be copied otherwise.
  private mutating func copyInKernel() throws(Diagnostic) {
    while count > 0 {
      let size = min(count, 1 << 30)
      let done = retrying {
        reinit_copy_range(source.descriptor, Int64(from), target.descriptor, Int64(to), size)
      }
      if done < 0 {
        if [ENOSPC, EDQUOT, EFBIG].contains(errno) { throw FileFault.writing(target.path, errno) }
        return
      }
      // Zero is the source's end, and on some file systems a refusal: reading finds out which.
      if done == 0 { return }
      advance(by: done)
    }
  }

  mutating func copyByBuffer() throws(Diagnostic) {
    let size = min(count, 1 << 20)
    guard let memory = aligned_alloc(4096, (size + 4095) & ~4095) else {
      throw Diagnostic(.outOfMemory, "the system gives no memory to copy through", at: target.path)
    }
    defer { free(memory) }
    while count > 0 {
      let part = UnsafeMutableRawBufferPointer(start: memory, count: min(count, size))
      try source.read(into: part, at: from)
      try target.write(UnsafeRawBufferPointer(part), at: to)
      advance(by: part.count)
    }
  }

  private mutating func advance(by size: Int) {
    from += size
    to += size
    count -= size
  }
}
