import CKernels
import Glibc
import Tensors
import Testing

/// A normal distribution cut to an interval.
struct Cut: Sendable, CustomTestStringConvertible {
  var low, high: Float
  var mean: Float = 0
  var std: Float = 1

  var testDescription: String { "N(\(mean), \(std)²) in (\(low), \(high))" }
}

let cuts = [
  Cut(low: -2, high: 2), Cut(low: -0.04, high: 0.04, std: 0.02), Cut(low: -1, high: 3, mean: 0.5),
  Cut(low: -.infinity, high: -1), Cut(low: 0, high: .infinity), Cut(low: -100, high: 100),
  Cut(low: 2, high: 3),
  Cut(low: -3, high: -2.2), Cut(low: 5, high: 6), Cut(low: 7, high: 8), Cut(low: -8, high: -7),
  Cut(low: 7, high: .infinity), Cut(low: -0.01, high: 0.01), Cut(low: 0.5, high: 0.6),
  Cut(low: 1, high: 1.12),
  Cut(low: 0.9, high: 1.3, mean: 1, std: 0.25), Cut(low: 2, high: 2.03125),
]

/// A distribution as its distribution function and density on an interval that holds all of it that matters.
struct Target {
  var low, high: Double
  var cumulative: (Double) -> Double
  var density: (Double) -> Double

  static func normal(_ cut: Cut) -> Target {
    let mean = Double(cut.mean), std = Double(cut.std)
    let a = (Double(cut.low) - mean) / std, b = (Double(cut.high) - mean) / std
    // Upper tails for what lies above the mean, so that differences keep their digits.
    func tail(_ z: Double) -> Double { erfc((a > 0 ? z : -z) / 2.0.squareRoot()) / 2 }
    let mass = tail(b) - tail(a)
    return Target(
      low: mean + std * max(a, -12), high: mean + std * min(b, 12),
      cumulative: { (tail(($0 - mean) / std) - tail(a)) / mass },
      density: {
        let z = ($0 - mean) / std
        return exp(-z * z / 2) / (2 * Double.pi).squareRoot() / std / abs(mass)
      })
  }

  static func uniform(_ low: Double, _ high: Double) -> Target {
    Target(
      low: low, high: high, cumulative: { ($0 - low) / (high - low) }, density: { _ in 1 / (high - low) })
  }

  /// The expectation of (x - origin)^power, by Simpson's rule.
  func moment(_ power: Int, around origin: Double) -> Double {
    let steps = 40_000, width = (high - low) / Double(steps)
    let sum = (0...steps).reduce(0.0) { sum, i in
      let x = low + Double(i) * width
      let weight: Double = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2
      return sum + weight * density(x) * pow(x - origin, Double(power))
    }
    return sum * width / 3
  }

  /// The probability that `samples` of this distribution lie so far from it (Kolmogorov and Smirnov).
  func agreement(_ samples: [Float]) -> Double {
    let count = Double(samples.count)
    var distance = 0.0
    for (i, x) in samples.sorted().enumerated() {
      let expected = cumulative(Double(x))
      distance = max(distance, expected - Double(i) / count, Double(i + 1) / count - expected)
    }
    let scaled = count * distance * distance
    var series = 0.0
    for term in 1...100 {
      let sign: Double = term % 2 == 1 ? 1 : -1
      series += 2 * sign * exp(-2 * Double(term * term) * scaled)
    }
    return min(1, max(0, series))
  }

  /// The first four moments of `samples`, as multiples of their sampling errors.
  func momentErrors(_ samples: [Float]) -> [Double] {
    let origin = moment(1, around: 0), spread = moment(2, around: origin).squareRoot()
    return (1...4).map { power in
      let expected = moment(power, around: origin) / pow(spread, Double(power))
      let square = moment(2 * power, around: origin) / pow(spread, Double(2 * power))
      let sum = samples.reduce(0.0) { $0 + pow((Double($1) - origin) / spread, Double(power)) }
      let error = ((square - expected * expected) / Double(samples.count)).squareRoot()
      return (sum / Double(samples.count) - expected) / error
    }
  }
}

@Suite("Values follow their distributions")
struct Distributions {
  static let count = 1 << 19

  private func check(_ samples: [Float], _ target: Target) {
    let agreement = target.agreement(samples)
    #expect(agreement > 1e-4)
    let errors = target.momentErrors(samples)
    #expect(errors.allSatisfy { abs($0) < 5 }, "moments are off by \(errors) sampling errors")
  }

  @Test("Uniform values", arguments: [(-1, 1), (0, 1), (-0.0625, 0.3)] as [(Float, Float)])
  func uniform(low: Float, high: Float) {
    let stream = RandomStream(seed: 17, name: "uniform \(low)")
    check(
      filled(Self.count) { stream.uniform($0, from: 1 << 40, low: low, high: high) },
      .uniform(Double(low), Double(high)))
  }

  @Test("Normal values", arguments: [(0, 1), (-3, 0.02)] as [(Float, Float)])
  func normal(mean: Float, std: Float) {
    let stream = RandomStream(seed: 17, name: "normal \(mean)")
    check(
      filled(Self.count) { stream.normal($0, from: 0, mean: mean, std: std) },
      .normal(Cut(low: -.infinity, high: .infinity, mean: mean, std: std)))
  }

  @Test("Truncated normal values", arguments: cuts)
  func truncated(_ cut: Cut) throws {
    let truncation = try #require(Truncation(low: cut.low, high: cut.high, mean: cut.mean, std: cut.std))
    let stream = RandomStream(seed: 17, name: "truncated \(cut.low)")
    check(filled(Self.count) { stream.truncatedNormal($0, from: 5, truncation) }, .normal(cut))
  }

  @Test("The check notices a distribution that is slightly wrong")
  func power() {
    let stream = RandomStream(seed: 17, name: "power")
    let samples = filled(Self.count) { stream.normal($0, from: 0, mean: 0, std: 1.02) }
    let target = Target.normal(Cut(low: -.infinity, high: .infinity))
    #expect(target.agreement(samples) < 1e-4)
    #expect(abs(target.momentErrors(samples)[1]) > 5)
  }

  @Test("Neighbours, lanes, names and seeds are uncorrelated")
  func independence() {
    func values(_ stream: RandomStream, from first: Int = 0) -> [Float] {
      filled(Self.count) { stream.normal($0, from: first, mean: 0, std: 1) }
    }
    let one = values(RandomStream(seed: 1, name: "a"))
    let others =
      [1, 2, 3, 4, 16, 32, 64, 1024].map { values(RandomStream(seed: 1, name: "a"), from: $0) } + [
        values(RandomStream(seed: 1, name: "a", lane: 1)), values(RandomStream(seed: 1, name: "b")),
        values(RandomStream(seed: 2, name: "a")), values(RandomStream(seed: 1 << 32 | 1, name: "a")),
      ]
    for other in others {
      var products = 0.0
      var squares = 0.0
      for (a, b) in zip(one, other) {
        products += Double(a * b)
        squares += Double((a * a - 1) * (b * b - 1))
      }
      let error = Double(Self.count).squareRoot()
      #expect(abs(products) < 5 * error)
      #expect(abs(squares) < 5 * 2 * error)
    }
  }
}
