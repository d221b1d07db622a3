extension Table {
  /// Headings, rules, rows and footer, each line padded to the same width.
  func layout(in style: Style, width: Int?) -> [StyledLine] {
    let titles = columns.map { StyledLine($0.title.styled(.secondary), in: style) }
    let hasTitles = titles.contains { $0.width > 0 }
    var body = (hasTitles ? [titles] : []) + rows.map { resolve($0, in: style) }
    if !footer.isEmpty { body.append(resolve(footer.map { $0.styled(.total) }, in: style)) }
    alignDecimals(&body, from: hasTitles ? 1 : 0)
    let widths = fitted(columns.indices.map { column in body.map { $0[column].width }.max() ?? 0 }, width)
    var lines = body.map { join($0, widths, style) }
    // From the last insertion to the first, so that positions hold.
    if rules.contains(.footer), !(footer.isEmpty && closing.isEmpty) {
      lines.insert(footerRule(widths, style), at: lines.count - (footer.isEmpty ? 0 : 1))
    }
    if rules.contains(.header), hasTitles { lines.insert(headerRule(titles, widths, style), at: 1) }
    return lines
  }

  private func resolve(_ cells: [Text], in style: Style) -> [StyledLine] {
    columns.indices.map { $0 < cells.count ? StyledLine(cells[$0], in: style) : StyledLine() }
  }

  /// Pads the cells of decimal columns on the right until their points are below each other.
  private func alignDecimals(_ body: inout [[StyledLine]], from first: Int) {
    for column in columns.indices where columns[column].alignment == .decimal {
      let tails = body.indices.map { $0 < first ? 0 : body[$0][column].widthFromPoint }
      let longest = tails.max() ?? 0
      for row in body.indices.dropFirst(first) where body[row][column].width > 0 {
        body[row][column].pad(longest - tails[row])
      }
    }
  }

  /// Takes columns away, one at a time, from the widest that may shrink until the line fits.
  private func fitted(_ natural: [Int], _ limit: Int?) -> [Int] {
    var widths = natural
    guard let limit else { return widths }
    for column in columns.indices where columns[column].elision != nil {
      widths[column] = min(widths[column], max(limit, Self.leastWidth))
    }
    var excess = indent + widths.reduce(0, +) + gaps - limit
    while excess > 0 {
      let shrinkable = columns.indices.filter { columns[$0].elision != nil && widths[$0] > Self.leastWidth }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  /// A shorter cell says too little to be worth its place.
  private static let leastWidth = 12

  private var gaps: Int { columns.dropLast().reduce(0) { $0 + $1.gap } }

  private func join(_ cells: [StyledLine], _ widths: [Int], _ style: Style) -> StyledLine {
    var line = StyledLine()
    line.pad(indent)
    for (column, cell) in cells.enumerated() {
      let shown = cell.elided(to: widths[column], columns[column].elision ?? .middle, in: style)
      let blanks = widths[column] - shown.width
      if columns[column].alignment != .left { line.pad(blanks) }
      line.append(shown)
      if columns[column].alignment == .left { line.pad(blanks) }
      if column < columns.count - 1 { line.pad(columns[column].gap) }
    }
    return line
  }

  private func headerRule(_ titles: [StyledLine], _ widths: [Int], _ style: Style) -> StyledLine {
    let cells = widths.indices.map { column in
      var cell = StyledLine()
      let sign = titles[column].width > 0 ? style.symbols.rule : " "
      cell.append(String(repeating: sign, count: widths[column]), .secondary)
      return cell
    }
    return join(cells, widths, style)
  }

  private func footerRule(_ widths: [Int], _ style: Style) -> StyledLine {
    var line = StyledLine()
    line.pad(indent)
    line.append(String(repeating: style.symbols.rule, count: widths.reduce(0, +) + gaps), .secondary)
    return line
  }
}

extension StyledLine {
  /// The columns from the last decimal point on, the point included.
  fileprivate var widthFromPoint: Int {
    var tail = 0
    for span in spans.reversed() {
      for character in span.string.reversed() {
        tail += displayWidth(character)
        if character == "." { return tail }
      }
    }
    return 0
  }
}
