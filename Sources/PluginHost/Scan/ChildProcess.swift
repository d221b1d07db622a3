import CPluginCalls
import Diagnostics
import Glibc

/// A program to run with limits; 0 in a limit means none.
package struct ChildRequest: Sendable {
  /// The path of the program.
  package var executable: String
  /// What follows the program's name.
  package var arguments: [String]
  /// The whole environment; nil for this process's.
  package var environment: [String: String]?
  /// Where it starts; nil for here.
  package var folder: String?
  /// How long it may take.
  package var wallLimit: Duration = .zero
  /// Processor time in seconds, for each process of the group.
  package var cpuSeconds = 0
  /// Address space in bytes, for each process of the group.
  package var memoryBytes = 0
  /// The largest file that it may write, in bytes.
  package var fileBytes = 0
  /// Descriptors that it may have open.
  package var openFiles = 0
  /// Bytes of the record that are kept: the first ones.
  package var recordBytes = 4 << 20
  /// Bytes of standard output that are kept: the first ones.
  package var outputBytes = 64 << 10
  /// Bytes of standard error that are kept: the last ones, where a crash says why.
  package var errorBytes = 64 << 10

  /// A request without limits.
  package init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil, folder: String? = nil
  ) {
    (self.executable, self.arguments) = (executable, arguments)
    (self.environment, self.folder) = (environment, folder)
  }
}

/// How a program ended, and what it wrote.
package struct ChildResult: Sendable {
  /// How a program ends.
  package enum End: Sendable, Equatable {
    /// By itself, with this status.
    case exited(Int32)
    /// By a signal that was not ours.
    case signaled(Int32)
    /// Killed at the time limit.
    case timedOut
    /// Nobody knows: another part of this process has waited for it.
    case lost
  }

  /// How it ended.
  package let end: End
  /// From the start to the end.
  package let wall: Duration
  /// Processor time of the program and of those that it has waited for.
  package let cpu: Duration
  /// What was written to descriptor 3.
  package let record: ChildBytes
  /// What was written to standard output.
  package let output: ChildBytes
  /// What was written to standard error.
  package let errors: ChildBytes
}

/// What was kept of one pipe.
package struct ChildBytes: Sendable, Equatable {
  /// The bytes.
  package let bytes: [UInt8]
  /// How many more there were.
  package let dropped: Int

  /// The bytes as text, repaired where they are not UTF-8.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Bytes that were kept, and a count of the others.
  package init(_ bytes: [UInt8], dropped: Int = 0) { (self.bytes, self.dropped) = (bytes, dropped) }

  init(_ raw: rp_bytes) {
    bytes = Array(UnsafeBufferPointer(start: raw.start, count: raw.start == nil ? 0 : Int(raw.count)))
    dropped = Int(clamping: raw.dropped)
  }
}

/// Runs programs that may crash, hang, and write without an end.
///
/// A child has no standard input, a pipe as descriptor 3 for a record that nothing else writes to, and a process group
/// of its own, of which nothing is left when `run` returns; it ends with this process as well.
package enum ChildProcess {
  /// Runs a program and waits for its end, on this thread.
  /// - Throws: ``Diagnostics/ErrorCode/childNotStarted``.
  package static func run(_ request: ChildRequest) throws(Diagnostic) -> ChildResult {
    var raw = rp_child_result()
    defer { rp_child_free(&raw) }
    let environment = request.environment.map { $0.map { "\($0.key)=\($0.value)" }.sorted() }
    let strings = [request.executable] + request.arguments + (environment ?? []) + [request.folder ?? ""]
    guard !strings.contains(where: { $0.utf8.contains(0) }) else {
      throw failure(request, "an argument contains a NUL")
    }
    let isStarted = withStrings([request.executable] + request.arguments) { arguments in
      withStrings(environment ?? []) { variables in
        start(request, arguments, environment == nil ? inherited : variables, &raw)
      }
    }
    guard isStarted else {
      let step = raw.step.map { String(cString: $0) } ?? "?"
      throw failure(request, "\(step): \(String(cString: strerror(raw.error)))")
    }
    return ChildResult(raw)
  }

  private typealias Strings = UnsafePointer<UnsafePointer<CChar>?>?

  private static var inherited: Strings {
    UnsafeRawPointer(environ).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
  }

  private static func start(
    _ request: ChildRequest, _ arguments: Strings, _ environment: Strings, _ result: inout rp_child_result
  ) -> Bool {
    func limit(_ value: Int) -> UInt64 { UInt64(max(0, value)) }
    return request.executable.withCString { executable in
      withOptionalCString(request.folder) { folder in
        var raw = rp_child_request(
          executable: executable, arguments: arguments, environment: environment, folder: folder,
          wall_milliseconds: milliseconds(request.wallLimit), cpu_seconds: limit(request.cpuSeconds),
          memory_bytes: limit(request.memoryBytes), file_bytes: limit(request.fileBytes),
          open_files: limit(request.openFiles), record_bytes: limit(request.recordBytes),
          output_bytes: limit(request.outputBytes), error_bytes: limit(request.errorBytes))
        return rp_child_run(&raw, &result)
      }
    }
  }

  /// Rounded up: less than a millisecond is not none.
  private static func milliseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 1 }
    return UInt64(min(seconds, 1 << 40)) * 1000 + UInt64((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  private static func failure(_ request: ChildRequest, _ reason: String) -> Diagnostic {
    Diagnostic(
      .childNotStarted, "a process could not be started", at: request.executable, expected: "a program that runs",
      found: reason)
  }

  private static func withOptionalCString<Result>(
    _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
  ) -> Result {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
  }

  /// The strings as C has lists of them: with a null pointer at the end.
  private static func withStrings<Result>(_ strings: [String], _ body: (Strings) -> Result) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    let list = copies.map { UnsafePointer<CChar>($0) } + [nil]
    return list.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

extension ChildResult {
  init(_ raw: rp_child_result) {
    if raw.timed_out {
      end = .timedOut
    } else if raw.signal != 0 {
      end = .signaled(raw.signal)
    } else {
      end = raw.status >= 0 ? .exited(raw.status) : .lost
    }
    wall = .nanoseconds(Int64(clamping: raw.wall_nanoseconds))
    cpu = .nanoseconds(Int64(clamping: raw.cpu_nanoseconds))
    (record, output, errors) = (ChildBytes(raw.record), ChildBytes(raw.output), ChildBytes(raw.errors))
  }
}
