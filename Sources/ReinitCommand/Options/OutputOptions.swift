import ArgumentParser
import Glibc
import JSONText
import Presentation
import Synchronization

extension Style.Mode: ExpressibleByArgument {}

/// Text for people, or one JSON object.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Where the answer goes: standard output, but for a process with plugins in it, which may print to that.
enum AnswerStream {
  private static let number = Mutex<Int32>(STDOUT_FILENO)

  /// The descriptor of the answer.
  static var descriptor: Int32 { number.withLock { $0 } }

  /// Sends what others print to standard error, so that the answer is the answer alone.
  static func keepToOurselves() {
    number.withLock { number in
      guard number == STDOUT_FILENO else { return }
      let kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
      guard kept >= 0 else { return }
      guard dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
        close(kept)
        return
      }
      number = kept
    }
  }
}

/// How the answer is printed.
struct OutputOptions: ParsableArguments {
  @Option(help: "Print text, or one JSON object.")
  var format = OutputFormat.text

  @Option(help: "Use color: auto, always or never.")
  var color = Style.Mode.auto

  @Flag(help: "Print errors and the answer only: no progress, no warnings.")
  var quiet = false

  /// The streams as these options want them.
  var console: Console { Console(mode: color, output: AnswerStream.descriptor) }

  /// Prints an answer in the format that was asked for.
  ///
  /// What a command says of a file that it has written is not what it was called for: where that cannot be printed for
  /// want of space, it is said, and the command has done its work. A program that reads the answer is told all the same.
  /// - Parameter written: the file, complete, that the answer is about.
  func print(
    json: @autoclosure () -> JSONValue, of written: String? = nil, text: (Console) throws -> [String]
  ) throws {
    do { try printAnswer(json: json(), text: text) } catch let error as WriteError {
      guard let written else { throw error }
      let complete = "'\(written)' is written and complete"
      guard format == .text else { throw ReinitCommand.unwritten(error, note: complete) }
      try? warn(["the answer cannot be printed (\(error.reason)); \(complete)"])
    }
  }

  private func printAnswer(json: @autoclosure () -> JSONValue, text: (Console) throws -> [String]) throws {
    guard RankGroup.speaks else { return }
    let console = console
    switch format {
    case .json: try console.print([TerminalJSON.safe(json().indented)])
    case .text: try console.print(try text(console))
    }
    try console.output.flush()
  }

  /// Says something worth knowing on standard error.
  func warn(_ warnings: [String]) throws {
    guard !quiet, RankGroup.speaks else { return }
    let console = console
    for warning in warnings {
      try console.errors.write(lines: [console.errorStyle("\(Text("warning:"), .changed) \(warning)")])
    }
  }
}
