import Diagnostics
import JSONText
import LayerVocabulary

/// What config.json must say for a line to count: `config.tie_word_embeddings`, `not config.bias and config.act == gelu`.
struct NoteCondition: Sendable, Equatable {
  private struct Test: Sendable, Equatable {
    let field: String
    let isNegated: Bool
    /// What the field is compared with; nil where it only has to say yes.
    let value: JSONValue?
  }
  private let tests: [Test]
  private let text: String

  /// The words behind `if`.
  /// - Throws: ``Diagnostics/ErrorCode/noteSyntax``.
  init(_ text: String, at place: String) throws(Diagnostic) {
    self.text = text
    var tests: [Test] = []
    for part in text.replacing(" and ", with: "\n").split(separator: "\n", omittingEmptySubsequences: false) {
      guard let test = NoteCondition.test(part.split(separator: " ").map(String.init)) else {
        throw Diagnostic(
          .noteSyntax, "a condition cannot be read", at: place,
          expected: "config.FIELD, not config.FIELD, config.FIELD == VALUE or !=, joined by 'and'",
          found: "'if \(text)'")
      }
      tests.append(test)
    }
    self.tests = tests
  }

  private static func test(_ words: [String]) -> Test? {
    let isNegated = words.first == "not"
    let rest = isNegated ? words.dropFirst() : words[...]
    guard let name = rest.first, name.hasPrefix("config."), name != "config." else { return nil }
    let field = String(name.dropFirst("config.".count))
    switch rest.count {
    case 1: return Test(field: field, isNegated: isNegated, value: nil)
    case 3 where !isNegated && ["==", "!="].contains(rest[rest.startIndex + 1]):
      let isUnequal = rest[rest.startIndex + 1] == "!="
      return Test(field: field, isNegated: isUnequal, value: NoteValue.read(rest[rest.startIndex + 2]))
    default: return nil
    }
  }

  /// Whether it holds.
  func holds(for config: ModelConfig) -> Bool {
    tests.allSatisfy { test in
      let isSo = test.value.map { NoteValue.isSame(config[test.field], $0) } ?? config.says(test.field)
      return isSo != test.isNegated
    }
  }

  /// As it stands at the end of a line.
  var suffix: String { " if \(text)" }
}

/// A value in a note: a number, `true`, `false`, `null`, or a word, perhaps in quotes.
enum NoteValue {
  static func read(_ text: String) -> JSONValue {
    if text == "true" || text == "false" { return .bool(text == "true") }
    if text == "null" { return .null }
    if let integer = Int64(text) { return .integer(integer) }
    let isNumber = text.utf8.first.map { (0x30...0x39).contains($0) || $0 == 0x2D } ?? false
    if isNumber, let number = Double(text) { return .number(number) }
    let isQuoted = text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
    return .string(isQuoted ? String(text.dropFirst().dropLast()) : text)
  }

  /// Whether a field has a value; 2 and 2.0 are the same, and what is nowhere is null.
  static func isSame(_ found: JSONValue?, _ value: JSONValue) -> Bool {
    if value.isNull { return found?.isNull ?? true }
    if let number = value.double { return found?.double == number }
    return found == value
  }
}
