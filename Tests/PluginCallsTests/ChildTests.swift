import Diagnostics
import Glibc
import PluginHost
import Testing

@Suite("Child processes")
struct ChildTests {
  private func shell(_ script: String, _ change: (inout ChildRequest) -> Void = { _ in }) throws -> ChildResult {
    var request = ChildRequest("/bin/sh", ["-c", script])
    request.wallLimit = .seconds(20)
    change(&request)
    return try ChildProcess.run(request)
  }

  @Test("An exit status is told", arguments: [0, 1, 64, 255])
  func status(_ status: Int32) throws { #expect(try shell("exit \(status)").end == .exited(status)) }

  @Test("A signal is told", arguments: [SIGSEGV, SIGABRT, SIGTERM, SIGKILL])
  func signal(_ signal: Int32) throws { #expect(try shell("kill -\(signal) $$").end == .signaled(signal)) }

  @Test("The three pipes are kept apart; standard input is empty")
  func pipes() throws {
    let result = try shell("cat; echo out; echo err >&2; echo record >&3")
    #expect([result.output.text, result.errors.text, result.record.text] == ["out\n", "err\n", "record\n"])
    #expect(result.end == .exited(0))
  }

  @Test("No descriptor of this process but the three pipes and /dev/null reaches the child")
  func descriptors() throws {
    // Without close-on-exec, as careless libraries open files.
    let stray = open("/dev/null", O_RDONLY)
    defer { close(stray) }
    let list = try shell("ls /proc/self/fd").output.text.split(separator: "\n").compactMap { Int($0) }
    // The fourth is the folder that ls reads.
    #expect(list.sorted() == [0, 1, 2, 3, 4])
  }

  @Test("A program that hangs is killed with all that it has started", .timeLimit(.minutes(10)))
  func hang() throws {
    let result = try shell("sleep 987 & sh -c 'sleep 987 & wait' & echo $$ >&3; wait") {
      $0.wallLimit = .milliseconds(300)
    }
    #expect(result.end == .timedOut)
    try expectNothingLeft(result)
  }

  @Test("What a program leaves behind is killed, and nobody waits for its pipes", .timeLimit(.minutes(10)))
  func stragglers() throws {
    let result = try shell("sleep 986 & echo $$ >&3; exit 5")
    #expect(result.end == .exited(5))
    try expectNothingLeft(result)
  }

  /// The group whose number is in the record has no members any more.
  private func expectNothingLeft(_ result: ChildResult) throws {
    let group = try #require(pid_t(result.record.text.split(separator: "\n").first ?? ""))
    for _ in 0..<200 where kill(-group, 0) == 0 { usleep(10_000) }
    #expect(kill(-group, 0) == -1 && errno == ESRCH)
  }

  @Test("A program that ignores all signals and closes its pipes is killed at the limit too")
  func stubborn() throws {
    let result = try shell("trap '' TERM INT HUP; exec >&- 2>&- 3>&-; while :; do :; done") {
      $0.wallLimit = .milliseconds(200)
    }
    #expect(result.end == .timedOut)
  }

  @Test(
    "Of output the first bytes are kept, of errors the last ones; the rest is counted", arguments: [1, 1000, 100_000])
  func bounded(_ limit: Int) throws {
    let result = try shell("seq 1 60000; seq 1 60000 >&2; seq 1 60000 >&3") {
      ($0.outputBytes, $0.errorBytes, $0.recordBytes) = (limit, limit, limit)
    }
    let all = Array((1...60000).map { "\($0)\n" }.joined().utf8)
    #expect(result.end == .exited(0))
    #expect(result.output == ChildBytes(Array(all.prefix(limit)), dropped: all.count - limit))
    #expect(result.record == ChildBytes(Array(all.prefix(limit)), dropped: all.count - limit))
    #expect(result.errors == ChildBytes(Array(all.suffix(limit)), dropped: all.count - limit))
  }

  @Test("A program that never stops writing ends at the limit, in little memory")
  func flood() throws {
    let result = try shell("cat /dev/zero") { ($0.wallLimit, $0.outputBytes) = (.milliseconds(300), 10) }
    #expect(result.end == .timedOut)
    #expect(result.output.bytes == [UInt8](repeating: 0, count: 10))
    #expect(result.output.dropped > 1 << 20)
  }

  @Test("Limits reach the program")
  func limits() throws {
    let result = try shell("ulimit -c; ulimit -t; ulimit -v; ulimit -n; ulimit -f") {
      ($0.cpuSeconds, $0.memoryBytes, $0.openFiles, $0.fileBytes) = (7, 1 << 30, 19, 1 << 20)
    }
    // Shells count memory in KiB and files in blocks of 512 bytes.
    #expect(result.output.text == "0\n7\n1048576\n19\n2048\n")
  }

  @Test("Processor time above its limit ends with SIGXCPU")
  func cpu() throws {
    let result = try shell("while :; do :; done") { $0.cpuSeconds = 1 }
    #expect(result.end == .signaled(SIGXCPU))
    #expect(result.cpu > .zero)
  }

  @Test("A file above its limit cannot be written, memory above its limit cannot be had")
  func resources() throws {
    let file = "\(Workbench.folder)/large"
    #expect(try shell("exec head -c 100000 /dev/zero > '\(file)'") { $0.fileBytes = 4096 }.end == .signaled(SIGXFSZ))
    let memory = try shell("exec head -c 1000000000 /dev/zero | sort > /dev/null; exit 3") { $0.memoryBytes = 64 << 20 }
    #expect(memory.end == .exited(3))
    #expect(memory.errors.text.contains("memory"))
  }

  @Test("Environment and folder are what was asked for, or this process's")
  func surroundings() throws {
    setenv("REINIT_TEST_INHERITED", "yes", 1)
    let inherited = try shell("echo $REINIT_TEST_INHERITED; pwd") { $0.folder = "/usr" }
    #expect(inherited.output.text == "yes\n/usr\n")
    let own = try shell("echo $A.$REINIT_TEST_INHERITED.$B") { $0.environment = ["A": "1 2", "B": "ü"] }
    #expect(own.output.text == "1 2..ü\n")
  }

  @Test("Signals that this process blocks or ignores are as usual in the child")
  func signals() throws {
    let ignored = Glibc.signal(SIGPIPE, SIG_IGN)
    defer { Glibc.signal(SIGPIPE, ignored) }
    let masks = try shell("sed -nE 's/Sig(Blk|Ign):.//p' /proc/self/status").output.text
      .split(separator: "\n").map { UInt64($0, radix: 16) ?? .max }
    // Signals 32 and 33 are the C library's own.
    #expect(masks.map { $0 & ~(3 << 31) } == [0, 0])
  }

  @Test(
    "What cannot be started says which call failed, and why",
    arguments: [
      ("\(Workbench.folder)/absent/program", nil, "execve: No such file or directory"),
      ("/dev/null", nil, "execve: Permission denied"),
      ("/bin/sh", "\(Workbench.folder)/absent", "chdir: No such file or directory"),
      ("/bin/sh\0", nil, "an argument contains a NUL"),
    ] as [(String, String?, String)])
  func absent(_ program: String, _ folder: String?, _ reason: String) {
    let error = #expect(throws: Diagnostic.self) {
      try ChildProcess.run(ChildRequest(program, folder: folder))
    }
    #expect(error?.code == .childNotStarted)
    #expect(error?.found == reason)
  }

  @Test("Many at once, from several threads, do not take each other's ends")
  func many() async throws {
    let ends = try await withThrowingTaskGroup(of: (Int32, ChildResult).self) { group in
      for status in Int32(0)..<40 {
        group.addTask {
          (status, try ChildProcess.run(ChildRequest("/bin/sh", ["-c", "echo \(status) >&3; exit \(status)"])))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ends.count == 40)
    #expect(ends.allSatisfy { $1.end == .exited($0) && $1.record.text == "\($0)\n" })
  }

  @Test("The child dies with the process that runs it")
  func parentDies() async throws {
    let file = "\(Workbench.folder)/orphan"
    await #expect(processExitsWith: .exitCode(3)) { [file = file as String] in
      onThread {
        // The runner's thread is still waiting when the process ends.
        var thread = pthread_t()
        pthread_create(
          &thread, nil,
          { path in
            let path = path.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) } ?? ""
            _ = try? ChildProcess.run(ChildRequest("/bin/sh", ["-c", "echo $$ > '\(path)'; exec sleep 985"]))
            return nil
          }, strdup(file))
        for _ in 0..<1000 where access(file, F_OK) != 0 { usleep(5000) }
        usleep(100_000)
        _exit(3)
      }
    }
    let child = try #require(pid_t(try shell("cat '\(file)'").output.text.split(separator: "\n").first ?? ""))
    for _ in 0..<200 where kill(child, 0) == 0 { usleep(10_000) }
    #expect(kill(child, 0) == -1 && errno == ESRCH)
  }
}
