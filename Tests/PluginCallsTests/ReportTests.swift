import CGuard
import CPluginCalls
import Glibc
import JSONText
import Testing

/// What host functions do that a plugin calls back: it has no other way to name them.
private enum Host {
  nonisolated(unsafe) static var inner: FillFunction?

  /// Calls another plugin from within a plugin's call.
  static let calling: @convention(c) () -> Int32 = {
    let site = makeSite("forward", of: "Gate", plugin: "org.example.gate", file: "/opt/plugins/gate.so")
    return guardedFill(Host.inner, at: site).status
  }

  /// A mapped file of the host's that has been cut off, known to CGuard.
  static func truncatedMapping() -> UnsafeMutableRawPointer? {
    var name = Array("\(Workbench.folder)/map-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    unlink(name)
    guard ftruncate(file, 8192) == 0, let start = mmap(nil, 8192, PROT_READ, MAP_SHARED, file, 0) else { return nil }
    return reinit_guard_add(start, 8192) >= 0 && ftruncate(file, 0) == 0 ? start : nil
  }
}

@Suite("Who is named, and what is left alone")
struct ReportTests {
  private static let handlers = UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT)

  private func report(_ result: ExitTest.Result?) throws -> [String] {
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    return text.split(separator: "\n").map(String.init).drop { !$0.hasPrefix("error[") }.map { $0 }
  }

  @Test(
    "Of nested calls the innermost is named, and who called it", arguments: ["segv", "exit_0", "end_thread", "hang"])
  func nested(_ function: String) async throws {
    let library = try #require(CrashFixture.library)
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      [library = library as String, function = function as String] in
      _ = rp_install_handlers(Self.handlers)
      rp_set_time_limit(0.2)
      let plugin = try Library(library)
      Host.inner = try plugin.function(function)
      _ = guardedFill(try plugin.function("call_back"), unsafeBitCast(Host.calling, to: UnsafeMutableRawPointer.self))
    }
    let lines = try report(result)
    #expect(lines.first?.contains("the plugin 'org.example.gate'") == true)
    #expect(lines.first?.hasSuffix("forward of 'Gate'") == true)
    #expect(lines.contains("      called from fill of 'gabor' of the plugin 'org.example.gabor'"))
    #expect(lines.last == "  hint: reinit plugin inspect /opt/plugins/gate.so")
  }

  @Test("Once a nested call is over, the outer one is named again")
  func outerAgain() async throws {
    let library = try #require(CrashFixture.library)
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      [library = library as String] in
      _ = rp_install_handlers(Self.handlers)
      Host.inner = try Library(library).function("doze")
      let outer: FillFunction = { _, _ in
        _ = Host.calling()
        return raise(SIGFPE)
      }
      _ = guardedFill(outer)
    }
    #expect(
      try report(result).first == "error[R0361]: the plugin 'org.example.gabor' crashed: SIGFPE in fill of 'gabor'")
  }

  @Test("A crash outside of any call is not reported: the process dies of its signal")
  func noCall() async throws {
    let result = await #expect(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), [rlimit(rlim_cur: 0, rlim_max: 0)])
      _ = rp_install_handlers(Self.handlers)
      _ = guardedFill { _, _ in 0 }
      raise(SIGSEGV)
    }
    #expect(try report(result) == [])
  }

  @Test("Outside of calls, handlers that were there before are called, and exit is exit")
  func before() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGFPE) { _ in exit(42) }
      _ = rp_install_handlers(Self.handlers)
      _ = guardedFill { _, _ in 0 }
      raise(SIGFPE)
    }
  }

  @Test("A signal from another process is not the plugin's")
  func foreign() async throws {
    let library = try #require(CrashFixture.library)
    await #expect(processExitsWith: .exitCode(43)) { [library = library as String] in
      signal(SIGFPE) { _ in _exit(43) }
      _ = rp_install_handlers(Self.handlers)
      _ = guardedFill(try Library(library).function("from_elsewhere"))
    }
  }

  @Test("A file of the host's that was cut off under a plugin is read as zeros, as it is outside of plugins")
  func mapping() async throws {
    let library = try #require(CrashFixture.library)
    await #expect(processExitsWith: .exitCode(7)) { [library = library as String] in
      // In either order of installing.
      _ = reinit_guard_install()
      _ = rp_install_handlers(Self.handlers)
      let read: FillFunction = try Library(library).function("read_first")
      let first = guardedFill(read, Host.truncatedMapping()), second = guardedFill(read, Host.truncatedMapping())
      exit(first.status == 0 && second.status == 0 ? 7 : 8)
    }
  }

  @Test("A crash in a thread of the plugin's own is the plugin's, with the instruction's place in its file")
  func ownThread() async throws {
    let library = try #require(CrashFixture.library)
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      [library = library as String] in
      _ = rp_install_handlers(Self.handlers)
      let plugin = try Library(library)
      let code = UnsafeRawPointer(bitPattern: try plugin.code("own_thread"))
      let (isAdded, isNowhere) = (rp_add_image(makeSite("a thread", of: nil), code), !rp_add_image(makeSite(), nil))
      guard isAdded, isNowhere else { exit(1) }
      _ = guardedFill(try plugin.function("own_thread"))
    }
    let lines = try report(result)
    #expect(lines.first == "error[R0361]: the plugin 'org.example.gabor' crashed: SIGSEGV in a thread")
    #expect(lines.contains("      the address is 0x20"))
    let offset = lines.compactMap { $0.wholeMatch(of: #/ *the instruction is at 0x([0-9a-f]+) in the file/#)?.1 }
    // A small file's code is near its beginning, wherever it was loaded.
    #expect(offset.compactMap { Int($0, radix: 16) }.map { $0 > 0 && $0 < 0x10000 } == [true])
  }

  @Test("A handler that a plugin puts in the place of ours is noticed and removed")
  func restored() async throws {
    let library = try #require(CrashFixture.library)
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      [library = library as String] in
      _ = rp_install_handlers(Self.handlers)
      let plugin = try Library(library)
      _ = guardedFill(try plugin.function("take_handler"))
      guard rp_restore_handlers() == 1 << UInt32(SIGSEGV), rp_restore_handlers() == 0 else { exit(1) }
      _ = guardedFill(try plugin.function("segv"))
    }
    #expect(try report(result).first?.hasPrefix("error[R0361]") == true)
  }

  @Test("A limit that is far away changes nothing; without one nothing is late")
  func limit() async throws {
    let library = try #require(CrashFixture.library)
    await #expect(processExitsWith: .exitCode(9)) { [library = library as String] in
      let doze: FillFunction = try Library(library).function("doze")
      rp_set_time_limit(60)
      let early = (0..<5).map { _ in guardedFill(doze).flags }
      rp_set_time_limit(0)
      exit(early == [0, 0, 0, 0, 0] && guardedFill(doze).flags == 0 ? 9 : 10)
    }
  }

  @Test("A call that is back just above the limit, before the watchdog has noticed, is late")
  func late() async throws {
    // The clock's step is 50 ms here, and an end comes two steps above the limit: on a busy machine a nap may take
    // that long, so there are several attempts.
    for _ in 0..<8 {
      let result = await #expect(processExitsWith: .failure, observing: [\.exitStatus]) {
        rp_set_time_limit(0.8)
        exit(guardedFill { _, _ in usleep(860_000) }.flags == RP_LATE ? 9 : 10)
      }
      if result?.exitStatus == .exitCode(9) { return }
    }
    Issue.record("no call was late")
  }

  @Test("Names that would act on a terminal or a shell are harmless in reports", arguments: [false, true])
  func hostile(_ isJSON: Bool) async throws {
    var scene = try Scene("segv")
    (scene.file, scene.subject, scene.isJSON) = ("/tmp/it's \u{1B}[31m\u{202E}ü.so", "a\"b\\c\n", isJSON)
    let ending = try await scene.play()
    guard isJSON else {
      #expect(ending.report[0].hasSuffix("SIGSEGV in fill of 'a\"b\\c\\u{A}'"))
      #expect(ending.report[1] == "      at /tmp/it's \\u{1B}[31m\\u{202E}ü.so")
      #expect(ending.report.last == "  hint: reinit plugin inspect '/tmp/it'\\''s \\u{1B}[31m\\u{202E}ü.so'")
      return
    }
    let line = try #require(ending.lines.last { $0.hasPrefix("{") })
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    let report = try JSONValue(parsing: Array(line.utf8))
    #expect(report["place"]?.string == scene.file)
    #expect(report["message"]?.string?.hasSuffix("of 'a\"b\\c\n'") == true)
  }

  @Test("Names in memory that is gone are left out; the report comes all the same")
  func unreadable() async throws {
    let result = await #expect(processExitsWith: .exitCode(69), observing: [\.standardErrorContent]) {
      _ = rp_install_handlers(Self.handlers)
      let nowhere = UnsafePointer<CChar>(bitPattern: 0x1000)
      let page = mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      let end = page.map { $0.assumingMemoryBound(to: CChar.self) + 4093 }
      for (index, byte) in "abc".utf8.enumerated() { end?[index] = CChar(byte) }
      munmap(page.map { $0 + 4096 }, 4096)
      var site = rp_site(plugin: end, file: nowhere, call: nil, subject: nowhere)
      _ = guardedFill({ _, _ in raise(SIGILL) }, at: &site)
    }
    #expect(try report(result) == ["error[R0361]: the plugin 'abc' crashed: SIGILL in a call"])
  }
}
