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
func text(_ value: Double, digits: Int = 2) -> String {
  let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
  let whole = Int((value * scale).rounded())
  let fraction = String(whole % Int(scale))
  return "\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// Text in a column.
func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
