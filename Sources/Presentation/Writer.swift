import Glibc
import Synchronization

/// A failed write to an output stream, other than a pipe whose reader has gone.
public struct WriteError: Error, Sendable, Equatable {
  /// The system's error number.
  public let code: Int32

  /// The system's words for it.
  public var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

/// A buffered output stream that may be used from any thread.
///
/// A pipe whose reader has gone (`reinit list | head -1`) is no error: what is written from then on is dropped.
public final class Writer: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var isClosed = false
    var error: WriteError?
  }

  private let descriptor: Int32
  private let capacity: Int
  private let state = Mutex(State())
  /// Whether the stream goes to a terminal.
  public let isTerminal: Bool

  /// Writes to an open file descriptor, which stays open.
  /// - Parameter capacity: the bytes collected before they are written; 0 for none, as fits errors. On a
  ///   terminal nothing is held back.
  public init(descriptor: Int32, capacity: Int = 1 << 16) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    self.capacity = isTerminal ? 0 : capacity
  }

  /// Whether the reader has gone, so that there is no use in writing more.
  public var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Writes a string as it is.
  /// - Throws: the error of this or of an earlier write.
  public func write(_ string: String) throws(WriteError) {
    try state.withLock { state throws(WriteError) in
      state.buffer.append(contentsOf: string.utf8)
      if state.buffer.count > capacity { try drain(&state) }
    }
  }

  /// Writes lines, each followed by a line break, with nothing in between them from other threads.
  /// - Throws: the error of this or of an earlier write.
  public func write(lines: [String]) throws(WriteError) {
    if !lines.isEmpty { try write(lines.joined(separator: "\n") + "\n") }
  }

  /// Writes what is still held back.
  /// - Throws: the error of this or of an earlier write.
  public func flush() throws(WriteError) {
    try state.withLock { state throws(WriteError) in try drain(&state) }
  }

  private func drain(_ state: inout State) throws(WriteError) {
    defer { state.buffer.removeAll(keepingCapacity: true) }
    if let error = state.error { throw error }
    var start = 0
    while start < state.buffer.count, !state.isClosed {
      let (count, code) = state.buffer.withUnsafeBytes { writeQuietly(descriptor, $0[start...]) }
      switch code {
      case 0: start += count
      case EINTR: continue
      case EAGAIN: waitUntilWritable(descriptor)
      case EPIPE: state.isClosed = true
      default:
        state.error = WriteError(code: code)
        throw WriteError(code: code)
      }
    }
  }
}

/// Writes once; a pipe without reader gives `EPIPE` and no signal, whatever the process does with signals.
private func writeQuietly(_ descriptor: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> (Int, Int32) {
  var pipe = sigset_t()
  var old = sigset_t()
  var pending = sigset_t()
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  sigpending(&pending)
  pthread_sigmask(SIG_BLOCK, &pipe, &old)
  defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
  let part = UnsafeRawBufferPointer(rebasing: bytes)
  let count = Glibc.write(descriptor, part.baseAddress, part.count)
  let code = count < 0 ? errno : 0
  // The signal that our own write left waiting is taken away; one that waited before is not ours. A write cut
  // short by a reader that goes gives both a count and the signal.
  if count < part.count, sigismember(&pending, SIGPIPE) == 0 {
    var none = timespec()
    while sigtimedwait(&pipe, nil, &none) == -1, errno == EINTR {}
  }
  return (count, code)
}

private func waitUntilWritable(_ descriptor: Int32) {
  var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  _ = Glibc.poll(&poll, 1, 1000)
}
