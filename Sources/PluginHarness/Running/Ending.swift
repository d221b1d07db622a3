import Diagnostics
import JSONText
import PluginHost

/// How a test's process has ended, and what that says of the plugin.
struct Ending {
  let test: PluginTest
  let result: ChildResult
  let record: TestRecord
  let limit: Duration

  /// Of a process that has not answered.
  /// - Throws: ``Diagnostics/ErrorCode/harnessFailed`` for an end that is not the plugin's doing.
  func finding() throws(Diagnostic) -> Diagnostic {
    // Where both speak, the sanitizer knows more: the fault itself, and not what came of it.
    if let sanitizer {
      return finding(.crashed, "a sanitizer ended the process", sanitizer, report.map { [$0.message] } ?? [])
    }
    if let report { return finding(of: report) }
    switch result.end {
    case .timedOut: return finding(.hung, "the process did not end within its limit", "killed with its whole group")
    case .signaled(let signal):
      return finding(.crashed, "the process was ended by a signal", SignalName.text(of: signal), [Self.core])
    case .exited(let status):
      return finding(.exited, "the process ended before the test did", "exit status \(status)")
    case .lost:
      throw Diagnostic(.harnessFailed, "the process of a test is lost", at: test.id)
    }
  }

  /// Of a process that has answered and found nothing.
  func findingAfterAnswer(leftBehind names: [String]) -> Diagnostic? {
    if result.end != .exited(0) {
      let found = if case .signaled(let signal) = result.end { SignalName.text(of: signal) } else { "\(result.end)" }
      return finding(
        .crashed, "the process did not end as it should, after everything was done", report?.message ?? found)
    }
    if !result.output.bytes.isEmpty {
      let text = result.output.text.prefix(60)
      return Diagnostic(
        .findingOutput, "\(result.output.bytes.count + result.output.dropped) bytes were written to standard output",
        expected: "nothing: what is for the user goes through log", found: "'\(text)'")
    }
    guard test.tier >= .honest, !names.isEmpty else { return nil }
    return Diagnostic(
      .findingFiles, "\(names.count) files are left behind in the working folder", expected: "none",
      found: names.prefix(4).map { "'\($0)'" }.joined(separator: ", "))
  }

  private enum Kind { case crashed, exited, endedThread, hung }

  /// Codes of a first look, where nothing but that was done.
  private func code(_ kind: Kind) -> ErrorCode {
    let isLook = test.id == PluginTest.first.id
    return switch kind {
    case .crashed: isLook ? .pluginCrashedAtSight : test.crash ?? .findingCrashed
    case .exited: isLook ? .pluginEndedAtSight : .findingExited
    case .endedThread: isLook ? .pluginEndedAtSight : .findingEndedThread
    case .hung: isLook ? .pluginHungAtSight : .findingHung
    }
  }

  private func finding(_ kind: Kind, _ message: String, _ found: String, _ notes: [String] = []) -> Diagnostic {
    let words = lastWords.map { "it said: \($0)" }
    return Diagnostic(
      code(kind), message, at: record.lastStep, expected: kind == .hung ? "a return within \(limit)" : "a return",
      found: found, notes: notes + [words].compactMap(\.self))
  }

  /// What the process itself has said of a crash, as the last line of its standard error.
  private var report: Diagnostic? {
    for line in result.errors.text.split(separator: "\n").reversed() where line.hasPrefix("{") {
      guard let json = try? JSONValue(parsing: Array(line.utf8), source: "standard error") else { continue }
      return try? Diagnostic(json: json)
    }
    return nil
  }

  /// What AddressSanitizer and its kin say: "ERROR: AddressSanitizer: heap-buffer-overflow on address …".
  private var sanitizer: String? {
    let line = result.errors.text.split(separator: "\n").first { $0.contains("ERROR: ") && $0.contains("Sanitizer: ") }
    return line.map { String($0[($0.firstRange(of: "ERROR: ")?.lowerBound ?? $0.startIndex)...]) }
  }

  private var lastWords: String? {
    let lines = result.errors.text.split(separator: "\n").filter { !$0.hasPrefix("{\"schema\"") }
    return PluginSight.lastWords(in: lines.joined(separator: "\n"))
  }

  private func finding(of report: Diagnostic) -> Diagnostic {
    // "the plugin 'id' crashed: SIGSEGV in fill of 'gabor'"
    let text = report.message.firstRange(of: ": ").map { String(report.message[$0.upperBound...]) } ?? report.message
    switch report.code {
    case .pluginExited: return finding(.exited, "the plugin ended the process", text)
    case .pluginEndedThread: return finding(.endedThread, "the plugin ended a thread of the host", text)
    case .pluginTimeout: return finding(.hung, "a call did not come back", text)
    default: return crash(text, report.notes)
    }
  }

  /// Where a core file is: nowhere, as each of hundreds of crashes would leave one.
  private static let core =
    "tests leave no core file: gdb -batch -ex run -ex generate-core-file --args, then the command to repeat it, --here"

  private func crash(_ text: String, _ notes: [String]) -> Diagnostic {
    let notes = notes + [Self.core]
    let prefix = "the address is 0x"
    let address = notes.first { $0.hasPrefix(prefix) }.flatMap { UInt($0.dropFirst(prefix.count), radix: 16) }
    if let place = address.flatMap(record.guarded) {
      return Diagnostic(
        .findingOutside, "memory \(place) is touched", at: record.lastStep, expected: "elements of the range alone",
        found: text, notes: notes)
    }
    if let memory = address.flatMap(record.lent) {
      return Diagnostic(
        .findingLentMemory, "memory \(memory) is touched", at: record.lastStep,
        expected: "what is lent used within the call, and within its bounds", found: text, notes: notes)
    }
    return finding(.crashed, "the plugin crashed", text, notes)
  }
}
