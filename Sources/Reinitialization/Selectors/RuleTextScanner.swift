extension RuleText {
  /// The two sides of the first `=` outside of double quotes, trimmed; no second side without one.
  static func halves(of text: String) -> (selector: String, initializer: String?) {
    guard let equals = firstUnquoted("=", in: text) else { return (trimmed(text), nil) }
    return (trimmed(text[..<equals]), trimmed(text[text.utf8.index(after: equals)...]))
  }

  /// Where a character first stands outside of double quotes.
  package static func firstUnquoted(_ character: Unicode.Scalar, in text: some StringProtocol) -> String.Index? {
    var isQuoted = false
    var isEscaped = false
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == character, !isQuoted {
        return index
      }
    }
    return nil
  }

  /// A text without spaces, tabs and carriage returns around it.
  package static func trimmed(_ text: some StringProtocol) -> String {
    let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let scalars = text.unicodeScalars.drop(while: isSpace)
    let end = scalars.lastIndex { !isSpace($0) }
    guard let end else { return "" }
    return String(String.UnicodeScalarView(scalars[...end]))
  }
}
