import ArgumentParser
import Diagnostics
import Glibc
import LinearAlgebra
import PluginHarness
import Presentation
import Reinit
import Synchronization

/// The command line as a library: everything but `main.swift`.
public enum ReinitCommand {
  /// Runs the command and returns the process's exit status.
  /// - Parameter arguments: without the program's name.
  public static func run(_ arguments: [String]) -> Int32 {
    StandardDescriptors.open()
    LinearAlgebra.prepareProcess()
    given.withLock { $0 = arguments }
    if arguments.count == 3, arguments[0] == PluginScanner.command {
      PluginSight.report(arguments[1], arguments[2])
      return ExitStatus.done.rawValue
    }
    if arguments.count == 3, arguments[0] == TestProcess.command {
      TestProcess.run(arguments[1], arguments[2])
      return ExitStatus.done.rawValue
    }
    if arguments.count == 3, arguments[0] == PortraitProcess.command {
      PortraitProcess.run(arguments[1], arguments[2])
      return ExitStatus.done.rawValue
    }
    Interruption.install()
    Memory.ending.withLock { $0 = { error in Interruption.end(error, arguments) } }
    do {
      try requireText()
      try requireFew(arguments)
      if let unknown = unknownCommand(arguments) { throw unknown }
      var command = try Root.parseAsRoot(arguments)
      try command.run()
      RankGroup.end(after: false)
      return ExitStatus.done.rawValue
    } catch let answer as NegativeAnswer {
      RankGroup.end(after: false)
      return RankGroup.speaks ? answer.status.rawValue : ExitStatus.done.rawValue
    } catch let error as Diagnostic where error.code == .rankFailed {
      RankGroup.end(after: true)
      return RankGroup.isTold ? ExitStatus.done.rawValue : error.code.exit.rawValue
    } catch let error as Diagnostic {
      defer { RankGroup.end(after: true) }
      return ErrorReport.show(error, arguments)
    } catch let error as WriteError {
      return ErrorReport.show(unwritten(error), arguments)
    } catch {
      return finish(error, arguments)
    }
  }

  private static let given = Mutex<[String]>([])
  /// The arguments as they were given: the order between options is lost in parsing.
  static var arguments: [String] { given.withLock { $0 } }

  /// Help and version are answers; everything else that the parser says is a usage error.
  private static func finish(_ error: any Error, _ arguments: [String]) -> Int32 {
    let text = Root.fullMessage(for: error, columns: max(40, Console().width))
    if Root.exitCode(for: error) == .success {
      let console = Console()
      do {
        try console.print(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        try console.output.flush()
        return ExitStatus.done.rawValue
      } catch {
        return ErrorReport.show(unwritten(error), arguments)
      }
    }
    return ErrorReport.show(usage(Root.message(for: error), arguments), arguments)
  }

  static func unwritten(_ error: WriteError, note: String? = nil) -> Diagnostic {
    Diagnostic(
      .writeFailed, "the answer cannot be written", at: "standard output", found: error.reason,
      notes: note.map { [$0] } ?? [])
  }

  /// Refuses arguments that are not UTF-8: repaired ones would name other files than the user meant.
  private static func requireText() throws(Diagnostic) {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      throw Diagnostic(
        .usage, "an argument is not UTF-8", at: "argument \(index)", found: String(cString: argument),
        hints: ["give the file another name, or a link with one: ln -s -- FILE NAME"])
    }
  }

  /// Refuses more arguments than the parser, whose work grows with the square of their number, takes in a moment.
  private static func requireFew(_ arguments: [String]) throws(Diagnostic) {
    let most = 2000
    guard arguments.count > most else { return }
    throw Diagnostic(
      .usage, "there are too many arguments", expected: "at most \(most)", found: "\(arguments.count)",
      hints: ["put the rules into a file, one a line: --recipe rules.txt"])
  }

  private static func usage(_ message: String, _ arguments: [String]) -> Diagnostic {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    var text = lines.isEmpty ? "the command line cannot be understood" : lines.removeFirst()
    var hints: [String] = []
    if let question = text.firstRange(of: ". Did you mean '") {
      hints = ["a similar option exists: '" + text[question.upperBound...].dropLast()]
      text = String(text[..<question.lowerBound])
    }
    if text.hasSuffix(".") { text.removeLast() }
    let known = Root.configuration.subcommands.map { $0._commandName }
    let command = arguments.first { known.contains($0) }
    return Diagnostic(
      .usage, text.prefix(1).lowercased() + text.dropFirst(), notes: lines,
      hints: hints + [command.map { "reinit \($0) --help" } ?? "reinit --help"])
  }

  /// A first word that is no command, with the nearest ones: the parser does not suggest those.
  private static func unknownCommand(_ arguments: [String]) -> Diagnostic? {
    let known = Root.configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
    return Diagnostic(
      .usage, "unknown command '\(word)'",
      hints: Suggestion.nearest(to: word, in: known).prefix(1).map { "a similar command exists: '\($0)'" }
        + ["reinit --help"])
  }
}

/// Thrown where the answer is no and all has been printed.
struct NegativeAnswer: Error {
  var status = ExitStatus.no
}

/// Standard input, output and errors of a process that was started without one of them.
enum StandardDescriptors {
  /// Opens the null device in place of each that is closed, so that no file gets its number.
  ///
  /// The wrong way round: whoever reads or writes there gets an error, as from a closed one.
  static func open() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
      // The lowest number that is free is this one.
      _ = Glibc.open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

/// What happens on Ctrl-C: temporary files go, nothing was replaced; where a run in place was at work, that is said.
///
/// While a plugin's call runs, the first one asks it to come back, and the command then ends as if it had failed; the
/// second one ends the process at once.
enum Interruption {
  /// Ends the process with an error that could not be thrown.
  static func end(_ error: Diagnostic, _ arguments: [String]) -> Never {
    TemporaryFiles.removeAllFromSignalHandler()
    let status = ErrorReport.show(error, arguments)
    StandingNotices.writeFromSignalHandler(to: STDERR_FILENO)
    _exit(status)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  nonisolated(unsafe) private static var isWatched = false

  /// Says why nothing seems to happen.
  private static func sayAgain() {
    let text: StaticString = "\nwaiting for a plugin to come back; Ctrl-C once more ends at once\n"
    if isWatched { _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount) }
  }

  static func install() {
    isWatched = isatty(STDERR_FILENO) == 1
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // What nohup, or a shell for its background jobs, has ignored stays ignored.
      var inherited = sigaction()
      if sigaction(number, nil, &inherited) == 0, inherited.sa_flags & SA_SIGINFO == 0, isIgnored(inherited) {
        continue
      }
      signal(number) { number in
        if number == SIGINT, PluginLimits.cancelCallsFromSignalHandler() { return Interruption.sayAgain() }
        TemporaryFiles.removeAllFromSignalHandler()
        StandingNotices.writeFromSignalHandler(to: STDERR_FILENO)
        PluginLimits.endSightsFromSignalHandler()
        _exit(ExitStatus.interrupted.rawValue)
      }
    }
    // A pipe without reader and a file above ulimit -f are errors of the write.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
  }
}
