import Diagnostics

extension ModelConfig? {
  /// Whether there is a configuration at all: one that a note has only given defaults is none.
  private var isThere: Bool { map { $0.source != nil || !$0.fields.isEmpty } ?? false }

  /// What is said where a number was wanted from a field, and none is there.
  /// - Parameters:
  ///   - place: what needs it.
  ///   - expected: what would do.
  package func missing(_ field: String, at place: String, expected: String) -> Diagnostic {
    let (found, isKnown) = (self?.kind(of: field), self?.fields.contains(field) ?? false)
    let source = self?.source ?? "config.json"
    guard isThere || found != nil else {
      return Diagnostic(
        .valueOfExpression, "there is no config.json to take 'config.\(field)' from", at: place, expected: expected,
        hints: ["--config FILE names it"])
    }
    let what = found != nil ? "no number in" : isKnown ? "null in" : "not in"
    return Diagnostic(
      .valueOfExpression, "'\(field)' is \(what) \(source)", at: place, expected: expected, found: found,
      hints: isKnown ? [] : Suggestion.hint(for: field, in: self?.fields ?? []))
  }
}
