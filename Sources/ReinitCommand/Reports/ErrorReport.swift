import Diagnostics
import JSONText
import Presentation

/// Shows an error on standard error: as text, or as one JSON object where JSON was asked for.
enum ErrorReport {
  /// Shows it and returns the exit status that goes with it.
  static func show(_ error: Diagnostic, _ arguments: [String]) -> Int32 {
    let console = Console(mode: mode(arguments))
    if wantsJSON(arguments) {
      try? console.errors.write(TerminalJSON.safe(error.errorJSON.compact) + "\n")
    } else {
      try? console.errors.write(lines: lines(error, console.errorStyle))
    }
    return error.code.exit.rawValue
  }

  /// The error's lines, in the order code, context, hints.
  static func lines(_ error: Diagnostic, _ style: Style) -> [String] {
    var lines = [style("\(Text("error[\(error.code.id)]:"), .failed) \(error.message)")]
    if let place = error.place { lines.append(style("      at \(place)")) }
    if let expected = error.expected { lines.append(style("      expected \(expected)")) }
    if let found = error.found { lines.append(style("      found \(found)")) }
    lines += error.notes.map { style("      \($0)") }
    lines += error.hints.map { style("  \(Text("hint:"), .initializer) \($0)") }
    return lines
  }

  private static func wantsJSON(_ arguments: [String]) -> Bool { value(of: "--format", arguments) == "json" }

  private static func mode(_ arguments: [String]) -> Style.Mode {
    value(of: "--color", arguments).flatMap(Style.Mode.init(rawValue:)) ?? .auto
  }

  /// An option's value straight from the arguments: parsing may be what failed.
  private static func value(of option: String, _ arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
      if argument == option, index + 1 < arguments.count { return arguments[index + 1] }
    }
    return nil
  }
}
