/// Running text set to a width: help pages, explanations, errors with their hints.
public enum HelpText {
  /// Breaks text between words; a word longer than the line is left whole, so that it can still be copied.
  ///
  /// Line breaks of the text's literals begin a new paragraph; blanks at a paragraph's beginning indent it.
  /// A paragraph that begins with four blanks is an example: it is set as it is.
  /// - Parameters:
  ///   - width: the columns of a line, `nil` for no breaks.
  ///   - indent: the blanks before the first line of each paragraph.
  ///   - hanging: the blanks before the lines after it, the same as `indent` when `nil`.
  /// - Returns: lines without line breaks and without blanks at their ends.
  public static func wrap(
    _ text: Text, width: Int?, indent: Int = 0, hanging: Int? = nil, in style: Style
  ) -> [String] {
    text.lines.flatMap { paragraph in
      wrap(StyledLine(paragraph, in: style), width, max(0, indent), max(0, hanging ?? indent))
    }.map { $0.rendered(in: style) }
  }

  /// Sets a list of terms and what they mean in two columns, as options in help.
  ///
  /// A term too long for its column stands on a line of its own.
  /// - Parameters:
  ///   - width: the columns of a line, `nil` for no breaks.
  ///   - indent: the blanks before the terms.
  ///   - column: where the meanings begin; after the longest term, though not beyond 30, when `nil`.
  public static func definitions(
    _ entries: [(term: Text, meaning: Text)], width: Int?, indent: Int = 2, column: Int? = nil,
    in style: Style
  ) -> [String] {
    let terms = entries.map { StyledLine($0.term, in: style) }
    let longest = terms.map(\.width).filter { $0 + indent + 2 <= 30 }.max() ?? 0
    let start = column ?? indent + longest + 2
    return zip(terms, entries).flatMap { term, entry in
      definition(term, entry.meaning, width: width, indent: indent, start: start, in: style)
    }
  }

  private static func definition(
    _ term: StyledLine, _ meaning: Text, width: Int?, indent: Int, start: Int, in style: Style
  ) -> [String] {
    var first = StyledLine()
    first.pad(indent)
    first.append(term)
    var lines =
      meaning.isEmpty
      ? []
      : meaning.lines.flatMap { paragraph in
        wrap(StyledLine(paragraph, in: style), width, start, start)
      }
    if let meant = lines.first, first.width + 2 <= start {
      first.pad(start - first.width)
      first.append(meant.suffix(meant.width - start))
      lines.removeFirst()
    }
    return ([first] + lines).map { $0.rendered(in: style) }
  }

  private static func wrap(_ line: StyledLine, _ width: Int?, _ indent: Int, _ hanging: Int) -> [StyledLine] {
    let own = line.leadingBlanks
    guard let width, own < 4 else {
      var whole = StyledLine()
      whole.pad(indent)
      whole.append(line)
      return [whole]
    }
    return StyledLine.filled(with: line.words, width: width, indent: indent + own, hanging: hanging + own)
  }
}

extension StyledLine {
  /// Sets words one after another, as many to a line as fit.
  static func filled(with words: [StyledLine], width: Int, indent: Int, hanging: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    var current = StyledLine()
    current.pad(indent)
    var isEmpty = true
    for word in words {
      if !isEmpty, current.width + 1 + word.width > width {
        lines.append(current)
        current = StyledLine()
        current.pad(hanging)
        isEmpty = true
      }
      if !isEmpty { current.append(" ", word.commonRole(after: current)) }
      current.append(word)
      isEmpty = false
    }
    return lines + [current]
  }

  /// The role of the blank between two words: theirs, where it is the same.
  fileprivate func commonRole(after line: StyledLine) -> Style.Role? {
    spans.first?.role == line.spans.last?.role ? spans.first?.role : nil
  }

  fileprivate var leadingBlanks: Int {
    var count = 0
    for span in spans {
      for character in span.string {
        if character != " " { return count }
        count += 1
      }
    }
    return count
  }

  /// Cut at blanks; a word may have pieces in several roles.
  fileprivate var words: [StyledLine] {
    var result: [StyledLine] = []
    var word = StyledLine()
    for span in spans {
      let parts = span.string.split(separator: " ", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index > 0 {
          if word.width > 0 { result.append(word) }
          word = StyledLine()
        }
        word.append(String(part), span.role)
      }
    }
    return word.width > 0 ? result + [word] : result
  }
}
