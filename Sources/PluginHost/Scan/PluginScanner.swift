import CPluginCalls
import Diagnostics
import Glibc
import JSONText

/// A program that looks at new plugins: loads one in a process of its own, and reports what it registers.
///
/// The command line is one: `reinit __look-at NONCE FILE`, hidden, runs ``PluginSight/report(_:_:)``.
public struct PluginScanner: Sendable {
  /// What verdicts depend on besides a plugin's bytes; raised when the checks change.
  static let rules = "reinit 0.1.0, rules 2"
  /// The hidden command.
  package static let command = "__look-at"

  /// The program's file.
  public var executable: String
  /// How long a look may take.
  public var limit: Duration

  /// A scanner.
  public init(executable: String, limit: Duration = PluginLimits.sight) {
    self.executable = executable
    self.limit = limit
  }

  /// The running program, if it is `reinit`; else the `reinit` of the search path, unless the program has more rights
  /// than its user; nil where there is none.
  public static let standard: PluginScanner? = {
    let own = FilePaths.absolute("/proc/self/exe")
    if ShellText.name(of: own) == "reinit" { return PluginScanner(executable: own) }
    let folders = (ProcessEnvironment.trusted["PATH"] ?? "").split(separator: ":")
    let found = folders.map { folder in "\(folder)/reinit" as String }.first { access($0, X_OK) == 0 }
    return found.map { PluginScanner(executable: $0) }
  }()

  /// What a plugin registers.
  /// - Throws: what was wrong with it: the codes of loading, ``Diagnostics/ErrorCode/pluginCrashedAtSight``,
  ///   ``Diagnostics/ErrorCode/pluginEndedAtSight``, ``Diagnostics/ErrorCode/pluginHungAtSight``; and what says nothing
  ///   of it: ``Diagnostics/ErrorCode/childNotStarted``, ``Diagnostics/ErrorCode/pluginFileChanged``.
  package func look(at file: PluginFile) throws(Diagnostic) -> PluginDescription {
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    var request = ChildRequest(executable, [PluginScanner.command, nonce, file.path])
    var variables = ProcessEnvironment.variables
    variables["SWIFT_BACKTRACE"] = "enable=no"
    request.environment = variables
    request.wallLimit = limit
    request.openFiles = 256
    let result = try ChildProcess.run(request)
    let record = result.record.text
    // What a program of another release answers, or does not, says nothing of the plugin.
    guard PluginSight.isBegun(record, nonce) || result.end == .timedOut && record.isEmpty else {
      throw foreign(result, file)
    }
    guard let answer = try? PluginSight.answer(in: record, nonce: nonce) else { throw ended(result, file) }
    guard answer.digest == nil || answer.digest == "\(file.digest)" else {
      throw Diagnostic(
        .pluginFileChanged, "another file took the plugin's place while it was looked at", at: file.path,
        expected: "the digest \(file.digest)", found: answer.digest,
        hints: ["wait until the build is done, and run the command again"])
    }
    return try answer.outcome.get()
  }

  /// The program is not of this release.
  private func foreign(_ result: ChildResult, _ file: PluginFile) -> Diagnostic {
    Diagnostic(
      .childNotStarted, "the program that looks at new plugins does not answer as this release's does", at: executable,
      expected: PluginScanner.rules, found: "\(result.end)",
      notes: ["the plugin \(ShellText.quoted(file.path)) has not been looked at"],
      hints: ["install one release: command -v reinit"])
  }

  /// Why there is no answer.
  private func ended(_ result: ChildResult, _ file: PluginFile) -> Diagnostic {
    let step = PluginSight.lastStep(in: result.record.text).map { "the last step was '\($0)'" }
    let words = PluginSight.lastWords(in: result.errors.text).map { "it said: \($0)" }
    let signals = result.end == .signaled(SIGSYS) ? "it sent a signal to another process" : nil
    let notes = [step, words, signals].compactMap { $0 }
    let hint = ["reinit plugin inspect \(ShellText.quoted(file.path))"]
    switch result.end {
    case .timedOut:
      return Diagnostic(
        .pluginHungAtSight, "the plugin did not come back when it was first looked at", at: file.path,
        expected: "an end within \(limit)", found: "none", notes: notes,
        hints: ["\(PluginLimits.variable)=SECONDS sets another limit"])
    case .signaled(let signal):
      return Diagnostic(
        .pluginCrashedAtSight, "the plugin crashed when it was first looked at", at: file.path,
        found: SignalName.text(of: signal), notes: notes, hints: hint)
    case .exited(let status):
      return Diagnostic(
        .pluginEndedAtSight, "the plugin ended the process that looked at it", at: file.path,
        expected: "a return from the entry", found: "exit status \(status)", notes: notes, hints: hint)
    case .lost:
      return Diagnostic(.pluginEndedAtSight, "the process that looked at the plugin is lost", at: file.path)
    }
  }
}

/// What happens in the process that looks at a plugin, and how it is told.
///
/// A record on descriptor 3: a line with the nonce and the release, one for each step, then one with the nonce and the
/// answer. A process that ends without that line has told nothing, whatever its status.
package enum PluginSight {
  private static let descriptor: Int32 = 3

  /// Loads a plugin and reports; the process should end after it.
  package static func report(_ nonce: String, _ path: String) {
    // A plugin that signals the process that started it would end or freeze every command that finds it.
    _ = rp_spare_parent()
    Confinement.begin(writable: [], isWatched: true)
    write(beginning(nonce))
    write("step reading the file\n")
    var object: JSONObject = ["nonce": .string(nonce)]
    do throws(Diagnostic) {
      let file = try PluginFile.accepted(path)
      object.append("digest", .string("\(file.digest)"))
      write("step loading and entry\n")
      let loaded = try PluginLoader(file: file, services: PluginServices()).load()
      object.append("description", loaded.description.json)
    } catch { object.append("error", error.withAttempts.json) }
    write("answer \(JSONValue.object(object).compact)\n")
  }

  private static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func beginning(_ nonce: String) -> String { "begin \(nonce) \(PluginScanner.rules)\n" }

  /// Whether a record is of this release's program, and of this look.
  static func isBegun(_ record: String, _ nonce: String) -> Bool { record.hasPrefix(beginning(nonce)) }

  /// What a process that looked has to say.
  struct Answer {
    /// The hash of the bytes that it looked at; nil where they could not be read as a plugin's.
    let digest: String?
    /// What the plugin registers, or why it is refused.
    let outcome: Result<PluginDescription, Diagnostic>
  }

  /// The answer in a record; nil if there is none with that nonce.
  static func answer(in record: String, nonce: String) throws(Diagnostic) -> Answer? {
    guard record.hasSuffix("\n"), let line = record.split(separator: "\n").last, line.hasPrefix("answer ") else {
      return nil
    }
    let json = try JSONValue(parsing: Array(line.dropFirst(7).utf8), source: "the record")
    guard json["nonce"]?.string == nonce else { return nil }
    let digest = json["digest"]?.string
    if let description = json["description"] {
      return Answer(digest: digest, outcome: .success(try PluginDescription(json: description)))
    }
    let error = try Diagnostic(json: try json.require("error", "an object", { $0 }))
    return Answer(digest: digest, outcome: .failure(error))
  }

  /// The line of standard error that says most: where a language's runtime ends a process, what it prints first,
  /// before a backtrace and advice; else the last one.
  package static func lastWords(in errors: String) -> String? {
    let lines = errors.split(separator: "\n").map(String.init)
    let ends = [("Fatal error: ", 1), ("error[R", 1), (" panicked at ", 2), ("terminate called ", 2)]
    for (index, line) in lines.enumerated() {
      guard let end = ends.first(where: { line.contains($0.0) }) else { continue }
      return lines[index...].prefix(end.1).joined(separator: " ")
    }
    return lines.last
  }

  /// What the process was doing.
  static func lastStep(in record: String) -> String? {
    record.split(separator: "\n").last { $0.hasPrefix("step ") }.map { String($0.dropFirst(5)) }
  }
}

extension Diagnostic {
  /// The same with what the plugin was refused before: perhaps it failed for want of it.
  fileprivate var withAttempts: Diagnostic {
    var copy = self
    copy.notes += Confinement.attempts.map { "it \($0), which a plugin that is looked at may not do" }
    return copy
  }
}

/// How long plugins may take.
public enum PluginLimits {
  /// The variable that sets all limits, in seconds; 0 for none.
  package static let variable = "REINIT_PLUGIN_TIMEOUT"

  /// For a first look.
  public static var sight: Duration {
    seconds.map { .milliseconds(Int(clamping: min($0, 1e9) * 1000)) } ?? .seconds(10)
  }
  /// For one call.
  static var call: Double { seconds ?? 120 }

  private static var seconds: Double? {
    ProcessEnvironment.trusted[variable].flatMap(Double.init).flatMap { $0 >= 0 && $0 < 1e6 ? $0 : nil }
  }

  /// Makes crashes, exits and hangs of plugins end the process with a report.
  ///
  /// For a program of its own, as the command is: handlers of fatal signals are installed, which call those that were
  /// there before. Loading a plugin installs none.
  package static func guardProcess(reportsJSON: Bool) {
    rp_report_as_json(reportsJSON)
    _ = rp_install_handlers(UInt32(RP_HANDLE_SIGNALS | RP_HANDLE_EXIT))
    rp_set_time_limit(call)
  }
}

extension PluginLimits {
  /// Ends the processes that look at plugins; safe in a signal handler, after which the process has to end.
  package static func endSightsFromSignalHandler() { rp_child_kill_all() }

  /// Asks plugins' calls to come back early, once.
  ///
  /// Says whether one is running. Safe in a signal handler.
  package static func cancelCallsFromSignalHandler() -> Bool { !rp_calls_cancelled() && rp_cancel_calls() }
}

/// The names of signals.
package enum SignalName {
  private static let names: [Int32: String] = [
    SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGTRAP: "SIGTRAP",
    SIGKILL: "SIGKILL", SIGSYS: "SIGSYS", SIGXCPU: "SIGXCPU", SIGTERM: "SIGTERM",
  ]

  package static func text(of signal: Int32) -> String { names[signal] ?? "signal \(signal)" }
}
