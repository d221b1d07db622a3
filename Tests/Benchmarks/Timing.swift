import Presentation

/// The median of several timings of a piece of work, in seconds.
func median(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
  var times: [Double] = []
  for _ in 0..<runs {
    let start = ContinuousClock.now
    try work()
    let elapsed = start.duration(to: .now).components
    times.append(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
  }
  return times.sorted()[runs / 2]
}

/// A number with a few digits after the point.
func text(_ value: Double, digits: Int = 2) -> String { NumberFormat(symbols: .ascii).fixed(value, digits) }

/// Text in a column.
func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
