extension Style {
  /// The string as it may be sent to a terminal: nothing in it moves the cursor, hides or reorders text.
  func safe(_ string: String, isData: Bool) -> String {
    if string.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7F }) { return string }
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in string.unicodeScalars {
      append(scalar, after: previous, isData: isData, to: &result)
      previous = scalar
    }
    return result
  }

  private func append(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar, isData: Bool, to result: inout String
  ) {
    if scalar.isASCII, scalar.value >= 0x20, scalar.value != 0x7F {
      result.unicodeScalars.append(scalar)
    } else if !isData, symbols.isASCII, let sign = Symbols.ascii(for: scalar) {
      result += sign
    } else if showsUnicode, !scalar.isTreacherous(after: previous) {
      result.unicodeScalars.append(scalar)
    } else {
      result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }
}

extension Unicode.Scalar {
  /// Whether it acts on a terminal or cannot be seen: controls, bidirectional overrides, invisible fillers.
  ///
  /// Joiners between characters that are not ASCII belong to their spelling (emoji, Persian, Indic scripts).
  fileprivate func isTreacherous(after previous: Unicode.Scalar) -> Bool {
    if value == 0x200C || value == 0x200D { return previous.isASCII }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    case .nonspacingMark: return false
    default: return properties.isDefaultIgnorableCodePoint
    }
  }
}
