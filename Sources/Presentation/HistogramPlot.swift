extension Histogram {
  /// The histogram over several lines, with counts at the left axis and values below.
  ///
  /// - Parameters:
  ///   - height: lines of the plot itself, at least 1.
  ///   - width: columns for everything; intervals are joined until they fit.
  ///   - cell: columns of each interval, as many as fit when `nil`.
  /// - Returns: lines without line breaks.
  public func plot(
    in style: Style, height: Int = 8, width: Int = 80, cell: Int? = nil, indent: Int = 2
  ) -> [String] {
    let label = style.numbers.integer(counts.max() ?? 0)
    let room = max(1, width - indent - label.utf8.count - 2)
    let shown = joined(to: room)
    let columns = max(1, cell ?? min(4, room / max(1, shown.counts.count)))
    let plot = HistogramPlot(histogram: shown, style: style, height: max(1, height), cell: columns)
    return plot.lines(labelWidth: label.utf8.count, indent: indent)
  }
}

private struct HistogramPlot {
  let histogram: Histogram
  let style: Style
  let height: Int
  let cell: Int

  private var symbols: Symbols { style.symbols }
  private var most: Int { histogram.counts.max() ?? 0 }
  private var columns: Int { histogram.counts.count * cell }

  func lines(labelWidth: Int, indent: Int) -> [String] {
    let rows = (0..<height).map { row in
      (label: row == 0 ? style.numbers.integer(most) : "", axis: axis(row), body: cells(height - 1 - row))
    }
    return rows.map { row in
      var line = StyledLine()
      line.pad(indent + labelWidth - displayWidth(row.label))
      line.append(row.label, .secondary)
      line.pad(1)
      line.append(row.axis, .secondary)
      line.append(row.body)
      return line.rendered(in: style)
    } + [base(indent + labelWidth), labels(indent + labelWidth + 2)].map { $0.rendered(in: style) }
  }

  private func axis(_ row: Int) -> String { row == 0 ? symbols.axisTick : symbols.axis }

  /// The part of each column that lies in one line; `level` 0 is the lowest.
  private func cells(_ level: Int) -> String {
    let steps = symbols.levels.count
    return histogram.counts.map { count in
      let units = Double(count) / Double(max(1, most)) * Double(height * steps)
      // What is not nothing shows at least the thinnest line.
      let filled = (count > 0 ? max(1, Int(units.rounded())) : 0) - level * steps
      let sign = filled <= 0 ? " " : symbols.levels[min(filled, steps) - 1]
      return String(repeating: sign, count: cell)
    }.joined()
  }

  private func base(_ left: Int) -> StyledLine {
    var line = StyledLine()
    line.pad(left - 1)
    line.append("0 ", .secondary)
    let ticks = Set([0, columns / 2, columns - 1])
    let signs = (0..<columns).map { ticks.contains($0) ? symbols.baseTick : symbols.base }
    line.append(symbols.corner + signs.joined(), .secondary)
    return line
  }

  /// The values at both ends and, where there is room, in the middle.
  private func labels(_ left: Int) -> StyledLine {
    let numbers = style.numbers
    let first = numbers.compact(histogram.lower, 3)
    let middle = numbers.compact(histogram.lower / 2 + histogram.upper / 2, 3)
    let last = numbers.compact(histogram.upper, 3)
    var line = StyledLine()
    line.pad(left)
    line.append(first, .secondary)
    let half = left + columns / 2 - displayWidth(middle) / 2
    let end = max(left + columns - displayWidth(last), line.width + 1)
    if half > line.width, half + displayWidth(middle) < end {
      line.pad(half - line.width)
      line.append(middle, .secondary)
    }
    line.pad(end - line.width)
    line.append(last, .secondary)
    return line
  }
}
