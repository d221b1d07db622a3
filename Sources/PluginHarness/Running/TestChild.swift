import Diagnostics
import JSONText
import PluginHost

/// Runs one test in a process of its own, and says what came of it, however that process ended.
struct TestChild: Sendable {
  let executable: String
  let callLimit: Duration

  /// What came of one process.
  struct Outcome: Sendable {
    var answer: TestAnswer
    /// The fuzz case that the process ended in, and how many simpler ones there are.
    var fatalCase: (path: String, simplifications: Int)?
    var wall: Duration
  }

  /// Runs a test.
  /// - Throws: ``Diagnostics/ErrorCode/harnessFailed`` where that says nothing of the plugin.
  func run(_ test: PluginTest, _ order: TestOrder) throws(Diagnostic) -> Outcome {
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let folder = try EmptyFolder()
    let request = request(test, order, nonce, folder.path)
    let result: ChildResult
    do throws(Diagnostic) { result = try ChildProcess.run(request) } catch { throw failed(error.message, error.found) }
    let record = TestRecord(result.record.text)
    guard record.isBegun(nonce: nonce) else {
      throw failed("the process of a test did not begin to answer", "\(result.end), \(result.errors.text.prefix(200))")
    }
    let ending = Ending(test: test, result: result, record: record, limit: callLimit)
    guard var answer = try read(record, nonce) else {
      return Outcome(answer: TestAnswer(finding: try ending.finding()), fatalCase: record.lastCase, wall: result.wall)
    }
    answer.finding = answer.finding ?? ending.findingAfterAnswer(leftBehind: folder.names)
    return Outcome(answer: answer, fatalCase: nil, wall: result.wall)
  }

  private func read(_ record: TestRecord, _ nonce: String) throws(Diagnostic) -> TestAnswer? {
    do throws(Diagnostic) { return try record.answer(nonce: nonce) } catch {
      throw failed("the answer of a test's process cannot be read: \(error.message)", error.found)
    }
  }

  private func failed(_ message: String, _ found: String?) -> Diagnostic {
    Diagnostic(
      .harnessFailed, message, at: executable, expected: "the reinit of this release", found: found,
      hints: ["reinit doctor"])
  }

  private func request(_ test: PluginTest, _ order: TestOrder, _ nonce: String, _ folder: String) -> ChildRequest {
    var request = ChildRequest(executable, [TestProcess.command, nonce, order.json.compact])
    request.environment = TestEnvironment.variables(
      folder: folder, callLimit: callLimit, isOther: test.reference != nil)
    request.folder = folder
    request.wallLimit = max(.seconds(20), callLimit * 6)
    request.cpuSeconds = Int(request.wallLimit.components.seconds) * 4
    request.fileBytes = 64 << 20
    request.openFiles = 256
    return request
  }
}

/// The variables of a test's process: few, and the same everywhere.
enum TestEnvironment {
  /// What the loader, and tools that look at programs, are told by the user.
  private static let kept = [
    "PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS",
    "RUST_BACKTRACE", "LLVM_PROFILE_FILE",
  ]

  /// What plugins have been seen to look at, and results must not depend on.
  private static let suspicious = [
    "DEBUG", "VERBOSE", "SEED", "PYTHONHASHSEED", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUM_THREADS", "THREADS",
    "CI", "TEST", "TESTING", "FAST", "SLOW", "PROFILE", "TRACE", "LOGLEVEL", "LOG_LEVEL", "NO_COLOR", "TERM",
    "HOSTNAME",
    "LOGNAME", "SHELL", "EDITOR", "DISPLAY", "CUDA_VISIBLE_DEVICES", "RANK", "WORLD_SIZE", "LOCAL_RANK", "SLURM_JOB_ID",
    "DETERMINISTIC", "USE_AVX", "USE_SIMD", "DISABLE_SIMD", "REINIT_DEBUG",
  ]

  /// - Parameter isOther: another language, zone and home, for results that must not depend on them.
  static func variables(folder: String, callLimit: Duration, isOther: Bool) -> [String: String] {
    let given = ProcessEnvironment.variables
    var variables = given.filter { kept.contains($0.key) }
    variables["HOME"] = isOther ? "/" : folder
    variables["TMPDIR"] = folder
    variables["LANG"] = isOther ? "C" : "C.UTF-8"
    variables["TZ"] = isOther ? "Asia/Kolkata" : "UTC"
    if isOther {
      variables["LC_ALL"] = "C"
      variables["USER"] = "another"
      for name in suspicious { variables[name] = "1" }
      variables["REINIT_TEST_PADDING"] = String(repeating: "x", count: 1000)
    }
    variables["SWIFT_BACKTRACE"] = "enable=no"
    variables["OPENBLAS_NUM_THREADS"] = "1"
    let (seconds, attoseconds) = callLimit.components
    variables[PluginLimits.variable] = "\(Double(seconds) + Double(attoseconds) * 1e-18)"
    return variables
  }
}
