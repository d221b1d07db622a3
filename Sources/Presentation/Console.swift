import Glibc

/// The two streams of a command, and how each is to be written.
public struct Console: Sendable {
  /// The answer: standard output.
  public let output: Writer
  /// Everything about getting it: standard error.
  public let errors: Writer
  /// How the answer is shown.
  public let style: Style
  /// How errors and progress are shown.
  public let errorStyle: Style
  private let environment: [String: String]
  private let descriptors: (output: Int32, errors: Int32)

  /// Looks at both streams and at the environment.
  /// - Parameters:
  ///   - mode: the command line's `--color`.
  ///   - environment: the variables that ``Style`` and the terminal's width depend on.
  ///   - output: an open file descriptor for the answer.
  ///   - errors: an open file descriptor for everything else.
  public init(
    mode: Style.Mode = .auto, environment: [String: String] = Console.currentEnvironment, output: Int32 = 1,
    errors: Int32 = 2
  ) {
    self.environment = environment
    descriptors = (output, errors)
    self.output = Writer(descriptor: output)
    self.errors = Writer(descriptor: errors, capacity: 0)
    style = Style(mode: mode, isTerminal: self.output.isTerminal, environment: environment)
    errorStyle = Style(mode: mode, isTerminal: self.errors.isTerminal, environment: environment)
  }

  /// The process's own values of the variables that output depends on.
  public static var currentEnvironment: [String: String] {
    let names = ["NO_COLOR", "CLICOLOR_FORCE", "TERM", "LC_ALL", "LC_CTYPE", "LANG", "COLUMNS"]
    return names.reduce(into: [:]) { result, name in
      if let value = getenv(name) { result[name] = String(cString: value) }
    }
  }

  /// The columns for running text: `COLUMNS`, the terminal's own, or 80.
  public var width: Int { Self.width(of: descriptors.output, environment) }

  /// The columns that a table has to fit into, `nil` where the output is no terminal and nothing may be shortened.
  public var tableWidth: Int? { output.isTerminal ? width : nil }

  /// Writes the lines of the answer.
  /// - Throws: the system's error; a closed pipe is none.
  public func print(_ lines: [String]) throws(WriteError) { try output.write(lines: lines) }

  /// Writes one line of the answer.
  /// - Throws: the system's error; a closed pipe is none.
  public func print(_ text: Text) throws(WriteError) { try print([style(text)]) }

  /// Progress on standard error, shown if that is a terminal that can redraw a line.
  /// - Parameters:
  ///   - total: the number of steps.
  ///   - totalBytes: the bytes in all of them, 0 where bytes say nothing.
  ///   - isQuiet: whether the user asked for silence.
  public func progress(total: Int, totalBytes: Int = 0, isQuiet: Bool = false) -> Progress {
    let (errors, environment, descriptor) = (errors, environment, descriptors.errors)
    return Progress(
      total: total, totalBytes: totalBytes, style: errorStyle,
      isEnabled: errors.isTerminal && environment["TERM"] != "dumb" && !isQuiet,
      width: { Self.width(of: descriptor, environment) },
      // Progress that cannot be shown is no reason to fail.
      write: { try? errors.write($0) })
  }

  static func width(of descriptor: Int32, _ environment: [String: String]) -> Int {
    if let value = environment["COLUMNS"].flatMap({ Int($0) }), value > 0 { return value }
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return 80
  }
}
