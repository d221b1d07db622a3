/// Text made safe for one style, with its width known: what tables and wrapping measure, cut and pad.
struct StyledLine {
  struct Span {
    var string: String
    var role: Style.Role?
  }

  private(set) var spans: [Span] = []
  /// Columns on the terminal.
  private(set) var width = 0

  init() {}

  init(_ text: Text, in style: Style) {
    for span in text.spans { append(style.safe(span.string, isData: span.isData), span.role) }
  }

  mutating func append(_ string: String, _ role: Style.Role? = nil) {
    guard !string.isEmpty else { return }
    width += displayWidth(string)
    if let last = spans.indices.last, spans[last].role == role {
      spans[last].string += string
    } else {
      spans.append(Span(string: string, role: role))
    }
  }

  mutating func append(_ line: StyledLine) {
    for span in line.spans { append(span.string, span.role) }
  }

  mutating func pad(_ columns: Int) {
    if columns > 0 { append(String(repeating: " ", count: columns)) }
  }

  /// The same line with a role for the spans that have none.
  func styled(_ role: Style.Role?) -> StyledLine {
    var result = self
    for index in result.spans.indices { result.spans[index].role = result.spans[index].role ?? role }
    return result
  }

  /// With escape codes if the style has colors, without blanks at the end.
  func rendered(in style: Style) -> String {
    var result = ""
    for span in trimmed.spans {
      guard style.usesColor, let role = span.role else {
        result += span.string
        continue
      }
      result += "\u{1B}[" + Style.code(of: role) + "m" + span.string + "\u{1B}[0m"
    }
    return result
  }

  private var trimmed: StyledLine {
    var result = self
    while let last = result.spans.last {
      let blanks = last.string.reversed().prefix { $0 == " " }.count
      if blanks == 0 { break }
      result.width -= blanks
      result.spans[result.spans.count - 1].string.removeLast(blanks)
      if !result.spans[result.spans.count - 1].string.isEmpty { break }
      result.spans.removeLast()
    }
    return result
  }

  /// As much of the beginning as fits.
  func prefix(_ columns: Int) -> StyledLine {
    var result = StyledLine()
    for span in spans {
      for character in span.string {
        guard result.width + displayWidth(character) <= columns else { return result }
        result.append(String(character), span.role)
      }
    }
    return result
  }

  /// As much of the end as fits.
  func suffix(_ columns: Int) -> StyledLine {
    var result: [Span] = []
    var width = 0
    outer: for span in spans.reversed() {
      var kept: [Character] = []
      for character in span.string.reversed() {
        width += displayWidth(character)
        if width > columns {
          result.append(Span(string: String(kept.reversed()), role: span.role))
          break outer
        }
        kept.append(character)
      }
      result.append(Span(string: String(kept.reversed()), role: span.role))
    }
    var line = StyledLine()
    for span in result.reversed() { line.append(span.string, span.role) }
    return line
  }
}
