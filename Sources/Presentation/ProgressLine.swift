/// What a progress line shows, at one moment, set to a width.
struct ProgressLine {
  let label: Text
  let share: Double
  let steps: (done: Int, total: Int)
  let bytes: (done: Int, total: Int)
  let remaining: Duration?
  let style: Style

  /// The label gives way first, then the bar, then the figures.
  func fitted(to columns: Int) -> StyledLine {
    var line = StyledLine()
    line.pad(2)
    let name = StyledLine(label, in: style)
    let figures = StyledLine(figures, in: style)
    let room = columns - 2 - figures.width - 2
    let bar = room < 30 ? 0 : min(24, max(8, room - name.width - 1))
    let space = room - (bar > 0 ? bar + 1 : 0)
    let shown = name.elided(to: max(0, space), .path, in: style)
    line.append(shown)
    if shown.width > 0 { line.pad(1) }
    line.append(self.bar(bar))
    line.pad(bar > 0 ? 2 : 1)
    line.append(figures)
    return line.prefix(max(0, columns))
  }

  private func bar(_ width: Int) -> StyledLine {
    let symbols = style.symbols
    let halves = Int(share * Double(2 * width))
    var line = StyledLine()
    line.append(String(repeating: symbols.done, count: halves / 2))
    if halves % 2 == 1 { line.append(symbols.half) }
    line.append(String(repeating: symbols.rest, count: width - (halves + 1) / 2), .secondary)
    return line
  }

  private var figures: Text {
    let numbers = style.numbers
    var text: Text = "\(numbers.integer(steps.done))/\(numbers.integer(steps.total))"
    if bytes.total > 0 {
      let done = numbers.bytes(UInt64(max(0, bytes.done))).split(separator: " ")
      let total = numbers.bytes(UInt64(bytes.total)).split(separator: " ")
      // A unit that both have in common is said once.
      let first = done.last == total.last ? done.prefix(1) : done[...]
      text += " · \(first.joined(separator: " ")) of \(total.joined(separator: " "))"
    }
    if let remaining { text += " · \(numbers.time(remaining)) left" }
    return text
  }
}
