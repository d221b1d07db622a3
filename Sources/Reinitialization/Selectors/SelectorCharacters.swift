/// Which characters stand for themselves in a selector, and how the others are written.
enum SelectorCharacters {
  /// Characters of the grammar, and those that a shell or a recipe would take for its own.
  private static let reserved: Set<Unicode.Scalar> = [
    "@", ">", "=", "?", "\"", "\\", "/", "#", "(", ")", ",", "'", "[", "]",
  ]

  /// Whether a character stands in double quotes only.
  static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value <= 0x20 || scalar.value == 0x7F || reserved.contains(scalar) }
    return mustBeEscaped(scalar)
  }

  /// Whether a character is printed by its number: one that cannot be seen, or would end the shell's quotes.
  static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    case .spaceSeparator: scalar != " "
    default: scalar == "'"
    }
  }

  /// A name in double quotes.
  static func quoted(_ name: String) -> String { "\"" + escaped(name, alsoEscaping: ["\"", "\\"]) + "\"" }

  /// A text in which everything can be seen.
  static func visible(_ text: String) -> String { escaped(text, alsoEscaping: []) }

  private static func escaped(_ text: String, alsoEscaping others: Set<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if mustBeEscaped(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
      } else {
        if others.contains(scalar) { result.append("\\") }
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// A text for an error message: visible, and shortened in the middle of a long one, around a character.
  static func excerpt(of text: [Unicode.Scalar], around position: Int = 0) -> String {
    let (start, end) = (max(0, position - 40), min(text.count, max(position, 0) + 60))
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[min(start, text.count)..<end])
    return (start > 0 ? "…" : "") + visible(String(view)) + (end < text.count ? "…" : "")
  }
}
