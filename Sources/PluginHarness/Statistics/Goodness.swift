import Glibc

/// How well a sample goes with a distribution: the probability that chance alone gives one that fits as badly.
struct Goodness {
  /// What was measured, for a message.
  let what: String
  /// What the distribution has.
  let expected: String
  /// What the sample has.
  let found: String
  let p: Double

  /// The worst of mean, variance and shape; three looks at one sample count three times.
  static func worst(of sample: [Double], as distribution: Distribution) -> Goodness {
    if let bounds = distribution.bounds {
      // Bounds are given in double precision, values in single.
      let slack = 1e-6 * max(abs(bounds.lowerBound), abs(bounds.upperBound))
      if let outside = sample.first(where: { $0 < bounds.lowerBound - slack || $0 > bounds.upperBound + slack }) {
        return Goodness(what: "bounds", expected: distribution.name, found: Decimals.text(outside), p: 0)
      }
    }
    let looks = [mean(sample, distribution), variance(sample, distribution), shape(sample, distribution)]
    let worst = looks.min { $0.p < $1.p } ?? looks[0]
    return Goodness(what: worst.what, expected: worst.expected, found: worst.found, p: min(1, 3 * worst.p))
  }

  private static func mean(_ sample: [Double], _ distribution: Distribution) -> Goodness {
    let n = Double(sample.count)
    let mean = sample.reduce(0, +) / n
    let z = (mean - distribution.mean) / (distribution.variance / n).squareRoot()
    return Goodness(
      what: "mean", expected: Decimals.text(distribution.mean), found: Decimals.text(mean),
      p: erfc(abs(z) / 2.0.squareRoot()))
  }

  /// The sample's own fourth moment gives the spread of its variance.
  private static func variance(_ sample: [Double], _ distribution: Distribution) -> Goodness {
    let n = Double(sample.count)
    let squares = sample.map { ($0 - distribution.mean) * ($0 - distribution.mean) }
    let second = squares.reduce(0, +) / n
    let fourth = squares.reduce(0) { $0 + $1 * $1 } / n
    let spread = (max(fourth - second * second, 1e-12 * fourth) / n).squareRoot()
    let z = spread > 0 ? (second - distribution.variance) / spread : .infinity
    return Goodness(
      what: "standard deviation", expected: Decimals.text(distribution.variance.squareRoot()),
      found: Decimals.text(second.squareRoot()), p: erfc(abs(z) / 2.0.squareRoot()))
  }

  /// Kolmogorov-Smirnov, with Stephens' correction for finite samples (JRSS B 32, 1970).
  private static func shape(_ sample: [Double], _ distribution: Distribution) -> Goodness {
    let sorted = sample.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (index, value) in sorted.enumerated() {
      let share = distribution.below(value)
      distance = max(distance, share - Double(index) / n, Double(index + 1) / n - share)
    }
    let root = n.squareRoot()
    return Goodness(
      what: "shape (Kolmogorov-Smirnov distance)", expected: "at most \(Decimals.text(2.2 / root))",
      found: Decimals.text(distance), p: kolmogorov((root + 0.12 + 0.11 / root) * distance))
  }

  /// The probability of a larger distance: 2 Σ (-1)^(k-1) exp(-2 k² λ²).
  static func kolmogorov(_ lambda: Double) -> Double {
    guard lambda > 0.2 else { return 1 }
    var sum = 0.0
    for k in 1...100 { sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * Double(k * k) * lambda * lambda) }
    return min(1, max(0, sum))
  }
}
