import ArgumentParser
import JSONText
import Presentation

extension Style.Mode: ExpressibleByArgument {}

/// Text for people, or one JSON object.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
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
  var console: Console { Console(mode: color) }

  /// Prints an answer in the format that was asked for.
  func print(json: @autoclosure () -> JSONValue, text: (Console) throws -> [String]) throws {
    let console = console
    switch format {
    case .json: try console.print([TerminalJSON.safe(json().indented)])
    case .text: try console.print(try text(console))
    }
    try console.output.flush()
  }

  /// Says something worth knowing on standard error.
  func warn(_ warnings: [String]) throws {
    guard !quiet else { return }
    let console = console
    for warning in warnings {
      try console.errors.write(lines: [console.errorStyle("\(Text("warning:"), .changed) \(warning)")])
    }
  }
}
