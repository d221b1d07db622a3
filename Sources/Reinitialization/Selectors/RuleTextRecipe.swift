import Diagnostics

extension RuleText {
  /// Reads a recipe: one rule a line; `#` begins a comment, and empty lines are skipped.
  ///
  /// - Parameters:
  ///   - text: The file's text; lines may end in CR LF, and a byte order mark is skipped.
  ///   - name: What errors call the recipe: its file, or its name.
  /// - Throws: ``Diagnostics/ErrorCode/recipeSyntax`` with the line's number, the first fault of all lines.
  public static func parse(recipe text: String, named name: String) throws(Diagnostic) -> [RuleText] {
    var rules: [RuleText] = []
    var scalars = Substring(text).unicodeScalars
    if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
    let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let rule = trimmed(withoutComment(Substring(line)))
      guard !rule.isEmpty else { continue }
      do {
        rules.append(try RuleText(parsing: rule, line: index + 1))
      } catch {
        throw error.inRecipe(name, line: index + 1)
      }
    }
    guard !rules.isEmpty else {
      throw Diagnostic(
        .recipeSyntax, "the recipe holds no rule", at: name,
        expected: "lines such as 'Conv.weight = kaiming_normal'")
    }
    return rules
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    firstUnquoted("#", in: line).map { line[..<$0] } ?? line
  }
}

extension Diagnostic {
  fileprivate func inRecipe(_ name: String, line: Int) -> Diagnostic {
    Diagnostic(
      .recipeSyntax, message, at: place.map { "\(name):\(line), \($0)" } ?? "\(name):\(line)",
      expected: expected,
      found: found, notes: notes, hints: hints)
  }
}
