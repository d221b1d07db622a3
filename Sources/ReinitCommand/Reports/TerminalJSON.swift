/// JSON that may be sent to a terminal: the same values, without characters that act on one.
enum TerminalJSON {
  /// The text with DEL, C1 controls, bidirectional overrides and the like as escapes.
  ///
  /// Outside of strings JSON is ASCII, and ASCII controls are escaped in strings already.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isTreacherous) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      guard isTreacherous(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result
  }

  private static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
