import Glibc
import Synchronization
import Testing

@testable import Presentation

/// Both ends of a pipe.
private func makePipe() -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  _ = pipe(&ends)
  return (ends[0], ends[1])
}

private func readAll(_ descriptor: Int32) -> String {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

/// What comes until nothing has come for a while: the system passes a terminal's output on in the background.
private func readAvailable(_ descriptor: Int32) -> String {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  while poll(&waiting, 1, 200) == 1, case let count = read(descriptor, &chunk, chunk.count), count > 0 {
    bytes += chunk[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

private final class Body: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A thread of its own: a task that blocks would keep the pool's few threads from the other end of its pipe.
private func startThread(_ run: @escaping @Sendable () -> Void) -> pthread_t {
  var thread = pthread_t()
  let body = Unmanaged.passRetained(Body(run)).toOpaque()
  pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, body)
  return thread
}

/// Both ends of a pseudo-terminal with this many columns.
private func makeTerminal(columns: UInt16) -> (controller: Int32, terminal: Int32) {
  let controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
  var (number, locked): (Int32, Int32) = (0, 0)
  // TIOCSPTLCK and TIOCGPTN, which Swift does not import: unlocks the terminal and asks its number.
  guard ioctl(controller, 0x4004_5431, &locked) == 0, ioctl(controller, 0x8004_5430, &number) == 0 else {
    return (-1, -1)
  }
  let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
  var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
  _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  return (controller, terminal)
}

@Test("What is written arrives, held back until the buffer is full or flushed")
func buffered() throws {
  let (reading, writing) = makePipe()
  let writer = Writer(descriptor: writing, capacity: 10)
  try writer.write("héllo")
  var waiting = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
  #expect(poll(&waiting, 1, 0) == 0)
  try writer.write(lines: ["one", "two"])
  #expect(poll(&waiting, 1, 0) == 1)
  try writer.write("x")
  try writer.flush()
  close(writing)
  #expect(readAll(reading) == "hélloone\ntwo\nx")
  close(reading)
}

@Test("A pipe whose reader has gone ends quietly: no signal, no error, no more writing")
func closedPipe() throws {
  let (reading, writing) = makePipe()
  close(reading)
  let writer = Writer(descriptor: writing, capacity: 0)
  try writer.write("lost")
  #expect(writer.isClosed)
  try writer.write("lost too")
  try writer.flush()
  var pending = sigset_t()
  sigpending(&pending)
  #expect(sigismember(&pending, SIGPIPE) == 0)
  close(writing)
}

@Test("A reader that goes in the midst of a write is no error either")
func readerLeaves() throws {
  let (reading, writing) = makePipe()
  let reader = startThread {
    var chunk = [UInt8](repeating: 0, count: 1000)
    _ = read(reading, &chunk, chunk.count)
    close(reading)
  }
  let writer = Writer(descriptor: writing)
  try writer.write(String(repeating: "x", count: 1 << 20))
  try writer.flush()
  pthread_join(reader, nil)
  #expect(writer.isClosed)
  close(writing)
}

@Test("A full disk is reported, again at each later attempt")
func fullDisk() {
  let full = open("/dev/full", O_WRONLY)
  let writer = Writer(descriptor: full)
  #expect(throws: Never.self) { try writer.write("held back") }
  #expect(throws: WriteError(code: ENOSPC)) { try writer.flush() }
  #expect(throws: WriteError(code: ENOSPC)) { try writer.flush() }
  #expect(WriteError(code: ENOSPC).reason == "No space left on device")
  close(full)
}

@Test("A pipe that takes nothing for a while is waited for")
func slowPipe() throws {
  let (reading, writing) = makePipe()
  _ = fcntl(writing, F_SETFL, O_NONBLOCK)
  let received = Mutex(0)
  let reader = startThread {
    let count = readAll(reading).utf8.count
    received.withLock { $0 = count }
  }
  let writer = Writer(descriptor: writing)
  try writer.write(String(repeating: "x", count: 300_000))
  try writer.flush()
  close(writing)
  pthread_join(reader, nil)
  #expect(received.withLock { $0 } == 300_000)
  close(reading)
}

@Test(
  "COLUMNS counts more than the terminal, that more than 80",
  arguments: [(["COLUMNS": "132"], 132), (["COLUMNS": "0"], 57), (["COLUMNS": "wide"], 57), ([:], 57)]
    as [([String: String], Int)])
func terminalWidth(_ environment: [String: String], _ expected: Int) throws {
  let (controller, terminal) = makeTerminal(columns: 57)
  try #require(terminal >= 0)
  let console = Console(environment: environment, output: terminal, errors: terminal)
  #expect(console.output.isTerminal && console.width == expected && console.tableWidth == expected)
  close(terminal)
  close(controller)
}

@Test("Where the output is no terminal nothing is shortened, colored, or drawn as progress")
func piped() throws {
  let (reading, writing) = makePipe()
  let environment = ["LANG": "C.UTF-8", "TERM": "xterm"]
  let console = Console(environment: environment, output: writing, errors: writing)
  #expect(console.tableWidth == nil && console.width == 80 && !console.style.usesColor)
  let progress = console.progress(total: 2)
  usleep(350_000)
  progress.advance()
  progress.finish()
  try console.print("\("a", .failed)")
  try console.output.flush()
  close(writing)
  #expect(readAll(reading) == "a\n")
  close(reading)
}

@Test("On a terminal output appears at once, in color, and progress is drawn", arguments: ["xterm", "dumb"])
func onTerminal(_ term: String) throws {
  let (controller, terminal) = makeTerminal(columns: 60)
  try #require(terminal >= 0)
  let environment = ["LANG": "C.UTF-8", "TERM": term]
  let console = Console(environment: environment, output: terminal, errors: terminal)
  try console.print("\("a", .failed)")
  let progress = console.progress(total: 2)
  usleep(350_000)
  progress.advance()
  let shown = readAvailable(controller)
  #expect(shown.contains("\u{1B}[31ma") == (term == "xterm"))
  #expect(shown.contains("1/2") == (term == "xterm"))
  progress.finish()
  close(terminal)
  close(controller)
}
