import Checkpoints
import Diagnostics
import Files

/// Findings that are known and accepted, each with its reason, as a file has them.
///
///     # lines that begin with # are comments
///     R0938 init.parameters:gabor until 2027-06-30: "sigma" has no effect on one-tap kernels
///
/// A line names a code, the test that finds it (without a subject: for all), perhaps the last day on which that is
/// accepted, and after a colon and a space the reason.
public struct Expectations: Sendable, Equatable {
  /// One line.
  public struct Entry: Sendable, Equatable {
    /// The code of the finding.
    public let code: String
    /// `init.parameters` or `init.parameters:gabor`.
    public let test: String
    /// The last day, `2027-06-30`; nil for no end.
    public let until: String?
    /// Why it is accepted.
    public let reason: String
    /// The line's number in the file, from 1.
    public let line: Int
  }

  /// The lines.
  public var entries: [Entry] = []

  /// None.
  public init() {}

  /// Reads a file.
  /// - Throws: the codes of files that cannot be read; ``Diagnostics/ErrorCode/malformedExpectation``.
  public init(path: String) throws(Diagnostic) {
    guard let text = try SmallFile.text(at: path) else {
      throw Diagnostic(.noSuchFile, "there is no file of expected findings", at: path)
    }
    try self.init(parsing: text, source: path)
  }

  /// Reads a file's text.
  /// - Throws: ``Diagnostics/ErrorCode/malformedExpectation``.
  public init(parsing text: String, source: String) throws(Diagnostic) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = String(line.drop { $0 == " " })
      guard !words.isEmpty, !words.hasPrefix("#") else { continue }
      entries.append(try Expectations.entry(words, index + 1, source))
    }
  }

  private static func entry(_ text: String, _ line: Int, _ source: String) throws(Diagnostic) -> Entry {
    func fault(_ found: String) -> Diagnostic {
      Diagnostic(
        .malformedExpectation, "an expected finding is not understood", at: "\(source), line \(line)",
        expected: "CODE TEST[:SUBJECT] [until YYYY-MM-DD]: REASON", found: found,
        hints: ["R0938 init.parameters:gabor until 2027-06-30: sigma has no effect on one-tap kernels"])
    }
    guard let colon = text.firstRange(of: ": ") else { throw fault("no reason in '\(text)'") }
    let reason = String(text[colon.upperBound...].drop { $0 == " " })
    guard !reason.isEmpty else { throw fault("no reason in '\(text)'") }
    let words = text[..<colon.lowerBound].split(separator: " ").map(String.init)
    guard words.count == 2 || words.count == 4 && words[2] == "until" else { throw fault("'\(text)'") }
    guard ErrorCode.named(words[0]) != nil else { throw fault("'\(words[0])', which is no code") }
    let id = words[1].prefix { $0 != ":" }
    guard PluginTest.named(String(id)) != nil else { throw fault("'\(id)', which is no test") }
    let until = words.count == 4 ? words[3] : nil
    if let until, !isDay(until) { throw fault("'\(until)', which is no day") }
    return Entry(code: words[0].uppercased(), test: words[1], until: until, reason: reason, line: line)
  }

  private static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    return text.utf8.count == 10 && parts.count == 3 && (1...12).contains(parts[1]) && (1...31).contains(parts[2])
  }

  /// The entry that accepts a finding; days as `2026-11-26` are in order as texts.
  func entry(for result: TestResult, today: String) -> Entry? {
    guard let code = result.finding?.code.id else { return nil }
    return entries.first {
      $0.code == code && ($0.test == result.test.id || $0.test == result.id) && $0.until.map { today <= $0 } != false
    }
  }
}
