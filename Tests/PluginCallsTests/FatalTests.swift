import CGuard
import CPluginCalls
import Glibc
import JSONText
import Testing

@Suite("What a call must not do to the process")
struct FatalTests {
  /// A function, and what the report says of it.
  struct Case: Sendable, Codable, CustomTestStringConvertible {
    var function: String
    var code: String
    var message: String
    var testDescription: String { function }
  }

  static let cases = [
    Case(function: "segv", code: "R0361", message: "crashed: SIGSEGV in fill of 'gabor'"),
    Case(function: "bus", code: "R0361", message: "crashed: SIGBUS in fill of 'gabor'"),
    Case(function: "fpe", code: "R0361", message: "crashed: SIGFPE (integer division by zero) in fill of 'gabor'"),
    Case(function: "ill", code: "R0361", message: "crashed: SIGILL in fill of 'gabor'"),
    Case(function: "trap", code: "R0361", message: "crashed: SIGTRAP in fill of 'gabor'"),
    Case(function: "sys", code: "R0361", message: "crashed: SIGSYS in fill of 'gabor'"),
    Case(function: "abort_it", code: "R0361", message: "crashed: SIGABRT in fill of 'gabor'"),
    Case(function: "terminate_it", code: "R0361", message: "crashed: SIGABRT in fill of 'gabor'"),
    Case(function: "overflow", code: "R0361", message: "crashed: SIGSEGV (the stack is full) in fill of 'gabor'"),
    Case(function: "exit_3", code: "R0362", message: "ended the process: exit(3) in fill of 'gabor'"),
    Case(function: "exit_0", code: "R0362", message: "ended the process: exit(0) in fill of 'gabor'"),
    Case(function: "quick", code: "R0362", message: "ended the process: quick_exit in fill of 'gabor'"),
    Case(
      function: "end_thread", code: "R0363",
      message: "ended a thread of the host: pthread_exit or cancellation in fill of 'gabor'"),
    Case(
      function: "cancel_thread", code: "R0363",
      message: "ended a thread of the host: pthread_exit or cancellation in fill of 'gabor'"),
    Case(function: "hang", code: "R0364", message: "did not come back within 0.3 s: fill of 'gabor'"),
  ]

  @Test("Each way of not coming back ends with 69 and one report, and temporary files are gone", arguments: cases)
  func text(_ item: Case) async throws {
    var scene = try Scene(item.function)
    scene.temporary = "\(Workbench.folder)/\(item.function).temporary"
    try #require(Workbench.write("unfinished", scene.temporary))
    let report = try await scene.play().report
    #expect(report.first == "error[\(item.code)]: the plugin 'org.example.gabor' \(item.message)")
    #expect(report.dropFirst().first == "      at /opt/plugins/gabor.so")
    #expect(report.last == "  hint: reinit plugin inspect /opt/plugins/gabor.so")
    #expect(access(scene.temporary, F_OK) != 0)
  }

  @Test("As JSON the report is one object with the keys of the command line's errors", arguments: cases)
  func json(_ item: Case) async throws {
    var scene = try Scene(item.function)
    scene.isJSON = true
    let line = try #require(try await scene.play().lines.last { $0.hasPrefix("{") })
    let report = try JSONValue(parsing: Array(line.utf8))
    #expect(report.object?.keys == ["schema", "code", "message", "place", "notes", "hints"])
    #expect(report["schema"] == "reinit.error/1")
    #expect(report["code"]?.string == item.code)
    #expect(report["message"]?.string == "the plugin 'org.example.gabor' \(item.message)")
    #expect(report["place"] == "/opt/plugins/gabor.so")
    #expect(report["hints"] == ["reinit plugin inspect /opt/plugins/gabor.so"])
  }

  @Test("On another thread than the main one, with a small stack, it is the same", arguments: cases)
  func thread(_ item: Case) async throws {
    var scene = try Scene(item.function)
    scene.isOnThread = true
    let first = try await scene.play().report.first
    #expect(first == "error[\(item.code)]: the plugin 'org.example.gabor' \(item.message)")
  }

  @Test("Code without unwind tables cannot end a thread unnoticed")
  func blind() async throws {
    var scene = try Scene("end_thread", library: CrashFixture.blind)
    scene.isOnThread = true
    #expect(try await scene.play().report.first?.hasPrefix("error[R0363]") == true)
  }
}
