import Diagnostics
import JSONText
import Reinitialization

extension ArchitectureNote {
  /// Reads a note.
  /// - Parameters:
  ///   - text: The file's text; lines may end in CR LF.
  ///   - source: What errors call it: its file.
  /// - Throws: ``Diagnostics/ErrorCode/noteSyntax`` with the line. Types and rules are read when they are needed, or by
  ///   ``check(layers:initializers:)``.
  public init(parsing text: String, source: String) throws(Diagnostic) {
    var reader = NoteReader(source)
    var scalars = Substring(text).unicodeScalars
    if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
    for (index, line) in scalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      try reader.read(Substring(line), number: index + 1)
    }
    self = try reader.finished()
  }
}

/// Reads a note line by line.
private struct NoteReader {
  private var note: ArchitectureNote
  private var isRecipe = false
  /// Whether only comments were read so far.
  private var isHead = true
  private static let keys = ["architecture", "names", "config", "default", "tie", "residual_out", "adds", "recipe"]

  init(_ source: String) { note = ArchitectureNote(source: source) }

  func finished() throws(Diagnostic) -> ArchitectureNote {
    guard !note.names.isEmpty else {
      throw Diagnostic(
        .noteSyntax, "the note does not say which architecture it is about", at: note.source,
        expected: "a line such as 'architecture: mamba2'")
    }
    return note
  }

  mutating func read(_ line: Substring, number: Int) throws(Diagnostic) {
    let comment = RuleText.firstUnquoted("#", in: line)
    let text = RuleText.trimmed(comment.map { line[..<$0] } ?? line)
    guard !text.isEmpty else {
      if isHead, let comment { head(RuleText.trimmed(line[comment...].drop { $0 == "#" })) }
      return
    }
    isHead = false
    let place = note.place(number)
    let (body, condition) = try NoteReader.condition(of: text, at: place)
    let written = ArchitectureNote.Line(number: number, text: body, condition: condition)
    guard !isRecipe else {
      note.rules.append(written)
      return
    }
    if let key = NoteReader.keys.first(where: { text.hasPrefix("\($0):") }) {
      try read(key, RuleText.trimmed(body.dropFirst(key.count + 1)), written, at: place)
    } else {
      try readType(written, at: place)
    }
  }

  /// A line of the comment at the top: title and source first, then what is special.
  private mutating func head(_ text: String) {
    guard note.title.isEmpty else {
      note.remarks.append(text)
      return
    }
    let colon = text.firstRange(of: ": ")
    note.title = String(text[..<(colon?.lowerBound ?? text.endIndex)])
    note.reference = colon.map { String(text[$0.upperBound...]) } ?? ""
  }

  private mutating func read(
    _ key: String, _ text: String, _ line: ArchitectureNote.Line, at place: String
  ) throws(Diagnostic) {
    guard line.condition == nil || ["tie", "residual_out", "adds"].contains(key) else {
      throw Diagnostic(.noteSyntax, "a line '\(key):' has no condition", at: place, found: "'\(line.text)'")
    }
    switch key {
    case "architecture": note.names += try list(text, at: place)
    case "names": note.patterns += try list(text, at: place).map(NamePattern.init)
    case "config": note.nested += try list(text, at: place)
    case "default": note.defaults.append(try assignment(text, at: place))
    case "tie":
      let sides = try halves(text, "=", at: place, expected: "tie: ALIAS = TENSOR")
      note.ties.append((sides.0, sides.1, line))
    case "adds": note.additions.append(try NoteAddition(text, line, at: place))
    case "residual_out":
      note.residualOut += try list(text, at: place).map { ($0, line) }
    default:
      guard text.isEmpty else {
        throw Diagnostic(.noteSyntax, "rules stand below 'recipe:'", at: place, found: "'\(text)'")
      }
      isRecipe = true
    }
  }

  private mutating func readType(_ line: ArchitectureNote.Line, at place: String) throws(Diagnostic) {
    guard line.text.contains(" is ") else {
      let word = String(line.text.prefix { $0 != ":" && $0 != " " })
      throw Diagnostic(
        .noteSyntax, "a line of a note cannot be read", at: place,
        expected: "'SELECTOR is TYPE', or one of " + NoteReader.keys.map { "'\($0):'" }.joined(separator: ", "),
        found: "'\(line.text)'",
        hints: line.text.contains("=")
          ? ["rules stand below a line 'recipe:'"] : Suggestion.hint(for: word, in: NoteReader.keys))
    }
    let sides = try halves(line.text, " is ", at: place, expected: "SELECTOR is TYPE")
    note.types.append(ArchitectureNote.TypeLine(selector: sides.0, type: sides.1, line: line))
  }

  /// A line and what stands behind its last `if`.
  private static func condition(of text: String, at place: String) throws(Diagnostic) -> (String, NoteCondition?) {
    let starts = text.ranges(of: " if ").map(\.upperBound)
    guard let start = starts.last(where: { text[$0...].hasPrefix("config.") || text[$0...].hasPrefix("not ") }) else {
      return (text, nil)
    }
    let end = text.index(start, offsetBy: -" if ".count)
    return (RuleText.trimmed(text[..<end]), try NoteCondition(String(text[start...]), at: place))
  }

  private func list(_ text: String, at place: String) throws(Diagnostic) -> [String] {
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map { RuleText.trimmed($0) }
    guard !items.contains(where: { $0.isEmpty || $0.contains(" ") }) else {
      throw Diagnostic(
        .noteSyntax, "a list cannot be read", at: place, expected: "words and commas", found: "'\(text)'")
    }
    return items
  }

  private func assignment(_ text: String, at place: String) throws(Diagnostic) -> (String, JSONValue) {
    let sides = try halves(text, "=", at: place, expected: "default: FIELD = VALUE")
    guard !sides.0.hasPrefix("config.") else {
      throw Diagnostic(
        .noteSyntax, "a field's default is written without 'config.'", at: place, found: "'\(sides.0)'",
        hints: ["default: \(sides.0.dropFirst("config.".count)) = \(sides.1)"])
    }
    return (sides.0, NoteValue.read(sides.1))
  }

  private func halves(
    _ text: String, _ separator: String, at place: String, expected: String
  ) throws(Diagnostic) -> (String, String) {
    guard let range = text.firstRange(of: separator) else {
      throw Diagnostic(
        .noteSyntax, "a line of a note cannot be read", at: place, expected: expected, found: "'\(text)'")
    }
    let sides = (RuleText.trimmed(text[..<range.lowerBound]), RuleText.trimmed(text[range.upperBound...]))
    guard !sides.0.isEmpty, !sides.1.isEmpty else {
      throw Diagnostic(
        .noteSyntax, "a line of a note cannot be read", at: place, expected: expected, found: "'\(text)'")
    }
    return sides
  }
}
