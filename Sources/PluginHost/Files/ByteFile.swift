import Diagnostics
import Glibc

/// An open regular file that is read in pieces: nothing is mapped, so a file that shrinks is an error and no signal.
package final class ByteFile: Sendable {
  /// The path it was opened by.
  package let path: String
  /// What the system said when it was opened.
  package let status: FileStatus

  private let descriptor: Int32

  /// Opens a file without ever waiting, as opening a pipe would.
  ///
  /// - Throws: R0301 where there is none, R0302 where it cannot be opened, R0303 for what is no regular file.
  package init(_ path: String) throws(Diagnostic) {
    let before = try FileStatus(of: path)
    try before.requireRegular(path)
    let descriptor = retrying { Int(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) }
    guard descriptor >= 0 else { throw FileStatus.fault(path, errno) }
    self.path = path
    self.descriptor = Int32(descriptor)
    guard let opened = FileStatus(of: self.descriptor) else {
      let reason = errno
      close(self.descriptor)
      throw FileStatus.fault(path, reason)
    }
    status = opened
    // Another file may have taken the name since.
    guard opened.isRegular else {
      close(self.descriptor)
      throw opened.notRegular(path)
    }
  }

  deinit { close(descriptor) }

  /// The bytes from an offset on.
  ///
  /// - Throws: R0318 where the file ends before, R0302 where the system fails.
  package func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
    guard count > 0 else { return [] }
    var fault: Diagnostic?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
      do throws(Diagnostic) {
        try read(into: whole, at: offset)
        filled = count
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return bytes
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retrying { pread(descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done)) }
      if count < 0 { throw FileStatus.fault(path, errno) }
      if count == 0 { throw shrank(offset + buffer.count, offset + done) }
      done += count
    }
  }

  private func shrank(_ expected: Int, _ found: Int) -> Diagnostic {
    Diagnostic(
      .pluginFileChanged, "the file became shorter while it was read", at: path,
      expected: "at least \(expected) bytes", found: "\(found) bytes",
      hints: ["wait until the build is done, and run the command again"])
  }

  /// The digest of all bytes, read in pieces of 1 MiB.
  ///
  /// - Throws: As ``bytes(at:count:)``.
  package func digest() throws(Diagnostic) -> FileDigest {
    guard var state = FileDigest.State() else { throw FileStatus.fault(path, ENOMEM) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var place = 0
    while place < status.size {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, status.size - place)])
      try read(into: part, at: place)
      state.update(UnsafeRawBufferPointer(part))
      place += part.count
    }
    return state.finish()
  }

  /// Refuses a file whose size or times are others than when it was opened.
  ///
  /// - Throws: R0318.
  package func requireUnchanged() throws(Diagnostic) {
    guard let now = FileStatus(of: descriptor), now != status else { return }
    throw Diagnostic(
      .pluginFileChanged, "the file was written to while it was read", at: path,
      expected: "\(status.size) bytes", found: "\(now.size) bytes, modified since",
      hints: ["wait until the build is done, and run the command again"])
  }
}

/// Repeats a system call that a signal interrupted.
@inline(__always) private func retrying(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
