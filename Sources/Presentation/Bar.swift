/// A share of a whole as a horizontal bar, exact to an eighth of a column.
public struct Bar: Sendable {
  /// From 0 to 1.
  public let share: Double
  /// Columns of a whole.
  public let width: Int

  /// Draws a share; values outside 0 to 1 are taken to the nearer end, NaN as 0.
  public init(_ share: Double, width: Int) {
    self.share = share > 0 ? min(share, 1) : 0
    self.width = max(0, width)
  }

  /// The bar, padded to its width.
  ///
  /// What is not nothing shows at least the thinnest line.
  public func text(in style: Style) -> Text {
    let steps = style.symbols.eighths.count
    let units = share * Double(width * steps)
    var filled = Int(units.rounded())
    if share > 0, width > 0 { filled = max(1, filled) }
    var bar = String(repeating: style.symbols.eighths[steps - 1], count: filled / steps)
    if filled % steps > 0 { bar += style.symbols.eighths[filled % steps - 1] }
    return Text(bar + String(repeating: " ", count: width - (filled + steps - 1) / steps))
  }

  /// The bar and the share as a percentage, seven columns wider than the bar alone.
  public func labeled(in style: Style) -> Text {
    let percent = style.numbers.percent(share)
    return "\(text(in: style))\(String(repeating: " ", count: max(0, 7 - percent.count)))\(percent)"
  }
}

/// A row of values as columns of one character each.
public struct Sparkline: Sendable {
  /// What is drawn, in order.
  public let values: [Double]
  /// The value whose column is full.
  public let maximum: Double

  /// Draws values from 0 to the greatest, or to a maximum shared with other sparklines.
  public init(_ values: [Double], maximum: Double? = nil) {
    self.values = values
    self.maximum = maximum ?? values.filter(\.isFinite).max() ?? 0
  }

  /// One character a value; what is not above 0, or not a number, is blank.
  public func text(in style: Style) -> Text {
    Text(values.map { cell($0, style.symbols.levels) }.joined())
  }

  private func cell(_ value: Double, _ levels: [String]) -> String {
    guard value > 0, maximum > 0 else { return " " }
    // Two infinities have no ratio, yet the column is full.
    let ratio = value >= maximum ? 1 : value / maximum
    return levels[max(0, Int((ratio * Double(levels.count)).rounded()) - 1)]
  }
}
