import CPluginCalls
import Diagnostics
import Glibc
import JSONText
import PluginHost

/// Runs bodies in copies of this process as it is now: what a body does to the plugin is not seen here.
enum FreshProcess {
  private static let room = 1 << 16
  private static let limit = Duration.seconds(60)
  private static let stack = 8 << 20

  /// What the body says in a copy.
  /// - Throws: what it throws there; ``Diagnostics/ErrorCode/findingCrashed`` where the copy ends by a signal.
  static func answer(_ bench: Bench, _ body: () throws(Diagnostic) -> String) throws(Diagnostic) -> String {
    let memory = mmap(nil, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { throw failed("no memory to share with a process") }
    defer { munmap(memory, room) }
    let child = rp_fork()
    guard child >= 0 else { throw failed("a process could not be copied") }
    if child == 0 {
      // On a new thread: this one has the number of its original in what mutexes keep.
      try? SmallThread.run(stack: stack) { leave(said(bench, body), in: memory) }
      _exit(0)
    }
    try wait(for: child)
    let count = memory.load(as: Int.self)
    let bytes = UnsafeRawBufferPointer(start: memory + 8, count: min(count, room - 8))
    let answer = try TestAnswer(json: JSONValue(parsing: Array(bytes), source: "the copy of a process"))
    if let finding = answer.finding { throw finding }
    return answer.result ?? ""
  }

  private static func said(_ bench: Bench, _ body: () throws(Diagnostic) -> String) -> TestAnswer {
    var answer = TestAnswer()
    do throws(Diagnostic) { answer.result = try body() } catch { answer.finding = error }
    if let breach = bench.inspector.breach { answer.finding = breach }
    return answer
  }

  private static func leave(_ answer: TestAnswer, in memory: UnsafeMutableRawPointer) {
    let bytes = Array(JSONValue.object(answer.json).compact.utf8).prefix(room - 8)
    (memory + 8).copyMemory(from: Array(bytes), byteCount: bytes.count)
    memory.storeBytes(of: bytes.count, as: Int.self)
  }

  private static func wait(for child: Int32) throws(Diagnostic) {
    let clock = ContinuousClock()
    let end = clock.now + limit
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) == 0 {
      guard clock.now < end else {
        kill(child, SIGKILL)
        waitpid(child, &status, 0)
        throw Diagnostic(
          .findingHung, "a process in which the plugin is new does not end", expected: "an end within \(limit)",
          found: "none")
      }
      usleep(300)
    }
    let signal = status & 0x7F
    guard signal == 0 else {
      throw Diagnostic(
        .findingCrashed, "the plugin crashed in a process in which it was new", expected: "a return",
        found: SignalName.text(of: signal))
    }
    // It has said why on standard error, as this process would: that is what the report is made of.
    let exit = (status >> 8) & 0xFF
    if exit != 0 { _exit(exit) }
  }

  private static func failed(_ message: String) -> Diagnostic {
    Diagnostic(.harnessFailed, message, found: String(cString: strerror(errno)))
  }
}
