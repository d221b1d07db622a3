import ArgumentParser
import Diagnostics
import Glibc
import Presentation
import Reinit

/// The command line as a library: everything but the four lines of `main.swift`.
public enum ReinitCommand {
  /// Runs the command and returns the process's exit status.
  /// - Parameter arguments: without the program's name.
  public static func run(_ arguments: [String]) -> Int32 {
    Interruption.install()
    do {
      if let unknown = unknownCommand(arguments) { throw unknown }
      var command = try Root.parseAsRoot(arguments)
      try command.run()
      return ExitStatus.done.rawValue
    } catch let answer as NegativeAnswer {
      return answer.status.rawValue
    } catch let error as Diagnostic {
      return ErrorReport.show(error, arguments)
    } catch is WriteError {
      return ExitStatus.io.rawValue
    } catch {
      return finish(error, arguments)
    }
  }

  /// Help and version are answers; everything else that the parser says is a usage error.
  private static func finish(_ error: any Error, _ arguments: [String]) -> Int32 {
    let text = Root.fullMessage(for: error)
    if Root.exitCode(for: error) == .success {
      let console = Console()
      try? console.print(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      try? console.output.flush()
      return ExitStatus.done.rawValue
    }
    return ErrorReport.show(usage(Root.message(for: error), arguments), arguments)
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

/// What happens on Ctrl-C: temporary files go, nothing was replaced.
enum Interruption {
  static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        TemporaryFiles.removeAllFromSignalHandler()
        _exit(ExitStatus.interrupted.rawValue)
      }
    }
    signal(SIGPIPE, SIG_IGN)
  }
}
