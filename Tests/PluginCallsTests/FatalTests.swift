import CGuard
import CPluginCalls
import CReinit
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

  @Test(
    "A process that was forked from this one ends as it ends, and its parent's files stay",
    arguments: [("fork_exit", 3), ("fork_segv", 1000 + SIGSEGV), ("fork_abort", 1000 + SIGABRT)])
  func forked(_ function: String, _ ending: ri_status) async throws {
    let library = try #require(CrashFixture.library)
    let temporary = "\(Workbench.folder)/\(function).temporary"
    try #require(Workbench.write("unfinished", temporary))
    let result = await #expect(processExitsWith: .exitCode(9), observing: [\.standardErrorContent]) {
      [
        library = library as String, function = function as String, ending = ending as ri_status,
        temporary = temporary as String
      ] in
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      _ = rp_install_handlers(UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT))
      _ = reinit_temporary_add(temporary)
      let outcome = guardedFill(try Library(library).function(function))
      exit(outcome.status == ending && access(temporary, F_OK) == 0 ? 9 : 10)
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(!said.contains("error[R03"), "\(said)")
  }
}

/// A host whose functions take their time.
private enum SlowHost {
  nonisolated(unsafe) static let table: UnsafeMutablePointer<ri_host> = {
    let table = UnsafeMutablePointer<ri_host>.allocate(capacity: 1)
    table.initialize(to: ri_host())
    table.pointee.parallel = { _, milliseconds, _, _, _ in
      usleep(UInt32(milliseconds) * 1000)
      return ri_status(RI_OK)
    }
    rp_time_host_functions(table)
    return table
  }()
}

@Suite("Whose time it is")
struct HostTimeTests {
  @Test("The time of the host's functions is not the plugin's")
  func host() async {
    await #expect(processExitsWith: .exitCode(9)) {
      _ = rp_install_handlers(UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT))
      rp_set_time_limit(0.2)
      let outcome = guardedFill { _, _ in SlowHost.table.pointee.parallel(nil, 2000, 0, nil, nil) }
      exit(outcome == Outcome(rp_outcome()) ? 9 : 10)
    }
  }

  @Test("Behind a function of the host the plugin's time goes on, also where it was nested in another one's")
  func plugin() async throws {
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      _ = rp_install_handlers(UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT))
      rp_set_time_limit(0.3)
      _ = guardedFill { _, _ in
        _ = SlowHost.table.pointee.parallel(nil, 1000, 0, nil, nil)
        usleep(20_000_000)
        return ri_status(RI_OK)
      }
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(said.hasPrefix("error[R0364]"), "\(said)")
  }
}
