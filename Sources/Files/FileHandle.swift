import Diagnostics
import Glibc

/// An open regular file; it is closed when the last reference goes.
package final class FileHandle: Sendable {
  /// What a file is opened for.
  package enum Access {
    case reading
    case updating
  }

  /// What the system said about the file when it was opened.
  package struct Status: Sendable {
    package let size: Int
    package let mode: mode_t
    package let owner: uid_t
    package let group: gid_t
    package let device: dev_t
    package let inode: ino_t
    /// How many names the file has.
    package let links: Int

    package init(_ info: stat) {
      size = Int(info.st_size)
      mode = info.st_mode
      owner = info.st_uid
      group = info.st_gid
      device = info.st_dev
      inode = info.st_ino
      links = Int(info.st_nlink)
    }

    package var isRegular: Bool { mode & S_IFMT == S_IFREG }
    package var isFolder: Bool { mode & S_IFMT == S_IFDIR }

    /// What may be done with the file, by whom.
    package var permissions: mode_t { mode & 0o777 }

    package func isSame(as other: Status) -> Bool { device == other.device && inode == other.inode }
  }

  package let path: String
  package let descriptor: Int32
  package let status: Status

  /// Takes over a descriptor.
  package init(path: String, descriptor: Int32, status: Status) {
    self.path = path
    self.descriptor = descriptor
    self.status = status
  }

  deinit {
    // A child process that is just being started has a copy of the descriptor, and would keep the lock.
    unlock()
    close(descriptor)
  }

  /// Who else may use the file while it is locked.
  package enum Lock {
    /// Readers, and whoever puts another file in its place.
    case shared
    /// Nobody.
    case exclusive
  }

  /// Locks the file without waiting.
  ///
  /// A file system that has no locks does not keep anybody from anything.
  /// - Returns: 0, `EWOULDBLOCK` where another process has a lock that excludes this one, or the system's reason.
  package func lock(_ lock: Lock) -> Int32 {
    retrying { Int(flock(descriptor, (lock == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB)) } == 0 ? 0 : errno
  }

  /// Gives the lock back before the file is closed.
  package func unlock() { flock(descriptor, LOCK_UN) }

  /// Opens a regular file without ever waiting for a pipe's other end.
  package static func open(_ path: String, for access: Access = .reading) throws(Diagnostic) -> FileHandle {
    try check(path: path)
    // Asking before opening: to open a device can have effects of its own.
    let (before, reason) = status(of: path)
    guard let before else { throw FileFault.opening(path, reason) }
    try requireRegular(before, path)
    let descriptor = Descriptor.open(path, (access == .reading ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw FileFault.opening(path, errno) }
    guard let after = status(of: descriptor) else {
      let reason = errno
      close(descriptor)
      throw FileFault.opening(path, reason)
    }
    let handle = FileHandle(path: path, descriptor: descriptor, status: after)
    try requireRegular(after, path)
    return handle
  }

  /// Refuses paths that no file can have.
  package static func check(path: String) throws(Diagnostic) {
    if path.isEmpty { throw Diagnostic(.badPath, "the path is empty") }
    if path.utf8.contains(0) { throw Diagnostic(.badPath, "the path holds a zero byte", at: path) }
  }

  private static func requireRegular(_ status: Status, _ path: String) throws(Diagnostic) {
    if status.isFolder { throw Diagnostic(.isFolder, "this is a folder, not a file", at: path) }
    guard status.isRegular else {
      throw Diagnostic(
        .notRegularFile, "this is not a regular file", at: path, expected: "a file on a disk",
        found: "a pipe, socket or device")
    }
  }

  /// The status behind a path, links followed, or an errno.
  package static func status(of path: String) -> (Status?, reason: Int32) {
    var info = stat()
    return stat(path, &info) == 0 ? (Status(info), 0) : (nil, errno)
  }

  package static func status(of descriptor: Int32) -> Status? {
    var info = stat()
    return fstat(descriptor, &info) == 0 ? Status(info) : nil
  }

  /// The file's size now.
  func currentSize() throws(Diagnostic) -> Int {
    guard let status = Self.status(of: descriptor) else { throw FileFault.reading(path, errno) }
    return status.size
  }

  /// Fills a buffer with the bytes from an offset on.
  ///
  /// - Throws: R0607 where the file ends before the buffer is full.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retrying {
        pread(descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done))
      }
      if count < 0 { throw FileFault.reading(path, errno) }
      if count == 0 { throw FileFault.shrank(path, expected: offset + buffer.count, found: offset + done) }
      done += count
    }
  }

  /// The bytes of a range.
  package func bytes(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
    var fault: Diagnostic?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count)
      do throws(Diagnostic) {
        try read(into: whole, at: range.lowerBound)
        count = range.count
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return bytes
  }

  /// Writes a buffer from an offset on.
  package func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
      let count = retrying {
        pwrite(descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done))
      }
      if count < 0 { throw FileFault.writing(path, errno) }
      if count == 0 { throw FileFault.writing(path, ENOSPC) }
      done += count
    }
  }

  /// Writes bytes from an offset on.
  package func write(_ bytes: [UInt8], at offset: Int) throws(Diagnostic) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(Diagnostic) in try write(buffer, at: offset) }
    }
    try result.get()
  }

  /// Forces what was written to the disk.
  package func sync() throws(Diagnostic) {
    guard retrying({ Int(fsync(descriptor)) }) == 0 else { throw FileFault.syncing(path, errno) }
  }
}

/// Repeats a system call that a signal interrupted.
@inline(__always) package func retrying(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
