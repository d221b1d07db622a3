/// How often values fall into each of several equal intervals.
public struct Histogram: Sendable, Equatable {
  /// The values below which the first and the last interval begin and end.
  public let lower: Double, upper: Double
  /// How many values each interval holds: from its lower end up to, not including, its upper; the last with both.
  public private(set) var counts: [Int]
  /// Values outside the range, infinities included.
  public private(set) var below = 0, above = 0
  /// Values that are not numbers.
  public private(set) var notNumbers = 0

  /// A histogram of counts made elsewhere.
  public init(lower: Double, upper: Double, counts: [Int]) {
    self.lower = lower
    self.upper = upper
    self.counts = counts
  }

  /// Counts values; each ends up in one interval, below, above, or among those that are not numbers.
  /// - Parameter bins: the number of intervals, at least 1.
  public init(_ values: some Sequence<Double>, bins: Int, from lower: Double, to upper: Double) {
    self.init(lower: lower, upper: upper, counts: Array(repeating: 0, count: max(1, bins)))
    for value in values { count(value) }
  }

  private mutating func count(_ value: Double) {
    if value.isNaN {
      notNumbers += 1
    } else if value < lower {
      below += 1
    } else if value > upper {
      above += 1
    } else {
      // Halves keep the difference of two huge ends finite.
      let place = (value / 2 - lower / 2) / (upper / 2 - lower / 2)
      let index = place.isFinite ? Int(place * Double(counts.count)) : 0
      counts[min(index, counts.count - 1)] += 1
    }
  }

  /// The number of values counted, wherever they ended up.
  public var total: Int { counts.reduce(below + above + notNumbers, +) }

  /// With neighbors joined, so that there are at most this many intervals, all of them of equal width.
  ///
  /// Where no divisor of their number fits, the last one ends beyond the range.
  public func joined(to bins: Int) -> Histogram {
    let most = max(1, bins)
    let least = (counts.count + most - 1) / most
    guard least > 1 else { return self }
    let group = (least..<(2 * least)).first { counts.count.isMultiple(of: $0) } ?? least
    let starts = Array(stride(from: 0, to: counts.count, by: group))
    let step = (upper - lower) / Double(counts.count)
    var result = Histogram(
      lower: lower,
      // The end itself where it is one: the distance of two huge ends is not finite.
      upper: group * starts.count == counts.count ? upper : lower + step * Double(group * starts.count),
      counts: starts.map { counts[$0..<min($0 + group, counts.count)].reduce(0, +) })
    (result.below, result.above, result.notNumbers) = (below, above, notNumbers)
    return result
  }

  /// The histogram in one line, its ends labeled: `−0.06 ┤▁▂▅█▅▂▁├ 0.06`.
  public func line(in style: Style, digits: Int = 2) -> Text {
    let bars = Sparkline(counts.map(Double.init)).text(in: style)
    let (first, last) = (style.numbers.compact(lower, digits), style.numbers.compact(upper, digits))
    let (start, end) = (Text(style.symbols.axisStart), Text(style.symbols.axisEnd))
    return "\(first, .secondary) \(start, .secondary)\(bars)\(end, .secondary) \(last, .secondary)"
  }
}
