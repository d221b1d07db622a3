extension RuleText {
  /// The two sides of the first `=` outside of double quotes, trimmed; no second side without one.
  static func halves(of text: String) -> (selector: String, initializer: String?) {
    guard let equals = firstEquals(in: text) else { return (trimmed(text), nil) }
    return (trimmed(text[..<equals]), trimmed(text[text.utf8.index(after: equals)...]))
  }

  /// Where the first `=` stands that is in no part: conditions on rows may hold one.
  private static func firstEquals(in text: String) -> String.Index? {
    guard let equals = firstUnquoted("=", in: text) else { return nil }
    guard let bracket = firstUnquoted("[", in: text), bracket < equals else { return equals }
    let inside = Array(text[bracket...].unicodeScalars.dropFirst())
    guard let length = PartText.end(of: inside[...]) else { return equals }
    let end = text.unicodeScalars.index(bracket, offsetBy: length + 1)
    return firstUnquoted("=", in: text[end...])
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

/// A part within a longer text.
enum PartText {
  /// Where the bracket stands that closes a part; brackets in double quotes do not count.
  static func end(of text: ArraySlice<Unicode.Scalar>) -> Int? {
    var (isQuoted, isEscaped) = (false, false)
    for index in text.indices {
      let scalar = text[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == "]", !isQuoted {
        return index
      }
    }
    return nil
  }
}
