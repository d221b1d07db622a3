import Diagnostics
import Glibc
import Tensors

/// Moments of the standard normal distribution cut to an interval.
enum TruncatedMoments {
  /// The standard deviation between ±2, which JAX and Keras write as 0.87962566103423978.
  static let stdAtTwo = std(low: -2, high: 2)

  /// Whether so much of the standard normal distribution lies between two bounds that values can be drawn there.
  static func hasMass(low: Double, high: Double) -> Bool { Truncation.mass(low: low, high: high) >= 0x1p-40 }

  /// The standard deviation between two bounds, which may be infinite.
  ///
  /// - Precondition: the interval has mass (``hasMass(low:high:)``), so its near end is some 7 from 0 at most.
  ///
  /// Quadrature instead of the textbook formula, which cancels in the tails and for narrow intervals.
  static func std(low: Double, high: Double) -> Double {
    if low == -.infinity, high == .infinity { return 1 }
    // The density relative to its largest value, so that tails do not underflow.
    let peak = min(max(0, low), high)
    let far = (peak * peak + 80).squareRoot()
    let (a, b) = (max(low, -far), min(high, far))
    let (scale, panels) = ((b - a), max(4, Int(clamping: (b - a) / 0.5)))
    let density = { (x: Double) in exp((peak - x) * (peak + x) / 2) }
    let rule = Quadrature.standard
    // Everything in units of the interval, about the peak: differences stay exact for narrow intervals.
    let mass = rule.integral(from: a, to: b, panels: panels, density)
    let mean = rule.integral(from: a, to: b, panels: panels) { ($0 - peak) / scale * density($0) } / mass
    let variance = rule.integral(from: a, to: b, panels: panels) { x in
      let distance = (x - peak) / scale - mean
      return distance * distance * density(x)
    }
    return scale * (variance / mass).squareRoot()
  }

  /// The parent's standard deviation for which the result, cut at absolute distances from the mean, has `std`.
  /// - Returns: nil if no parent has it that leaves mass between the bounds; the upper limit is the uniform
  ///   distribution's.
  static func parentStd(forResult std: Double, low: Double, high: Double) -> Double? {
    guard std < (high - low) / 12.0.squareRoot() else { return nil }
    // Narrower parents have a narrower result; without mass it counts as none.
    let result = { (parent: Double) -> Double in
      let (a, b) = (low / parent, high / parent)
      return hasMass(low: a, high: b) ? parent * TruncatedMoments.std(low: a, high: b) : 0
    }
    var (below, above) = (std, 2 * std)
    while result(above) < std {
      (below, above) = (above, 2 * above)
      guard above < 1e6 * (high - low) else { return nil }
    }
    for _ in 0..<100 where below.nextUp < above {
      let middle = (below + above) / 2
      if result(middle) < std { below = middle } else { above = middle }
    }
    let parent = (below + above) / 2
    return abs(result(parent) - std) <= 1e-6 * std ? parent : nil
  }
}
