import CKernels
import Glibc
import Tensors
import Testing

@Suite("Normal values are the quantiles of their words")
struct Quantiles {
  private struct Table: Decodable {
    var words: [UInt32]
    var values: [Double]
  }

  private func normal(_ words: [UInt32]) -> [Float] {
    bits(of: words) { rk_normal_from_words($0, $1, $2, 0, 1) }.map(Float.init(bitPattern:))
  }

  @Test("To 2e-6, against scipy's ndtri over all octaves")
  func accuracy() throws {
    let table: Table = try reference("quantile_values.json")
    let errors = zip(normal(table.words), table.values).map { abs(Double($0) - $1) }
    #expect(errors.count > 5000)
    #expect((errors.max() ?? 1) < 2e-6)
  }

  @Test("The words at both ends are ordinary values, not clamped ones")
  func ends() {
    // Quantiles of 1, 3, 5 and 7 times 2^-32, by scipy.
    let exact: [Double] = [
      -6.2302601, -6.2302601, -6.0558266, -6.0558266, -5.9730695, -5.9730695, -5.9179581,
    ]
    let low = normal([0, 1, 2, 3, 4, 5, 6])
    let high = normal([0, 1, 2, 3, 4, 5, 6].map { ~$0 })
    #expect(zip(low, exact).allSatisfy { abs(Double($0) - $1) < 2e-6 })
    #expect(high == low.map { -$0 })
  }

  @Test("They never fall as the word grows, and change sign with its complement")
  func monotone() {
    var words: [UInt32] = []
    for octave in 0..<32 { words += (0..<4000).map { (UInt32(1) << octave) &+ UInt32($0 * 3) &- 6000 } }
    for half in 0..<64 {
      words += (0..<200).map { UInt32(truncatingIfNeeded: (2 + half % 2) << (half / 2)) &+ $0 &- 100 }
    }
    words = Array(Set(words)).sorted()
    let values = normal(words)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(normal(words.map { ~$0 }) == values.map { -$0 })
  }

  @Test("Uniform values change sign with the word's complement, and reach the lower end only")
  func uniform() {
    let words: [UInt32] = [0, 255, 256, 1 << 20, (1 << 31) - 1, 0x1234_5678]
    let values = bits(of: words) { rk_uniform_from_words($0, $1, $2, -2, 2) }.map(Float.init(bitPattern:))
    let opposite = bits(of: words.map { ~$0 }) { rk_uniform_from_words($0, $1, $2, -2, 2) }
    #expect(opposite.map(Float.init(bitPattern:)) == values.map { -$0 })
    let ends: [UInt32] = [0, .max]
    for (low, high) in [
      (-2, 2), (0, 1), (1, Float(1).nextUp), (1e6, 1e6 + 1),
      (-.leastNonzeroMagnitude, .leastNonzeroMagnitude),
    ]
      as [(Float, Float)]
    {
      let found = bits(of: ends) { rk_uniform_from_words($0, $1, $2, low, high) }.map(Float.init(bitPattern:))
      #expect(found.allSatisfy { $0 >= low && $0 < high }, "\(low) ..< \(high)")
    }
    #expect(
      bits(of: ends) { rk_uniform_from_words($0, $1, $2, 3, 3) } == [
        Float(3).bitPattern, Float(3).bitPattern,
      ])
  }

  @Test(
    "The mass of an interval is precise far out and close together",
    arguments: [  // mpmath, 50 digits
      (-1, 1, 0.68268949213708590), (2, 3, 0.021400233916549112), (5, 6, 2.8566498423415623e-07),
      (7, 8, 1.2791904478284077e-12), (-8, -7.5, 3.1286820671681786e-14), (30, 31, 4.9067139271479176e-198),
      (0, 1e-9, 3.9894228040143270e-10), (3, 3.0000000001, 4.4318487779660114e-13),
      (-.infinity, 3, 0.99865010196836990), (7.04, .infinity, 9.6119916126893890e-13), (2, 2, 0), (3, 2, 0),
    ] as [(Double, Double, Double)])
  func mass(low: Double, high: Double, expected: Double) {
    #expect(abs(Truncation.mass(low: low, high: high) - expected) <= 4e-16 * expected)
  }

  @Test("Tails agree with the C library's erfc")
  func tails() {
    for step in -370...370 {
      let x = Double(step) / 10.1
      let expected = erfc(x / 2.0.squareRoot()) / 2
      let found = Truncation.mass(low: x, high: .infinity)
      // erfc sees a rounded argument, which costs it x² units in the last place.
      #expect(abs(found - expected) <= expected * 3e-16 * (2 + x * x))
    }
  }
}

@Suite("Truncations")
struct Truncations {
  @Test("Impossible ones are refused")
  func refused() {
    let bad: [(Float, Float, Float, Float)] = [
      (1, 1, 0, 1), (2, 1, 0, 1), (.nan, 1, 0, 1), (0, .nan, 0, 1), (-1, 1, .nan, 1), (-1, 1, .infinity, 1),
      (-1, 1, 0, 0), (-1, 1, 0, -1), (-1, 1, 0, .nan), (-1, 1, 0, .infinity), (1, Float(1).nextUp, 0, 1),
      (8, 9, 0, 1), (7.1, .infinity, 0, 1), (0, 1e-13, 0, 1), (100, 200, 0, 1), (.infinity, .infinity, 0, 1),
    ]
    for (low, high, mean, std) in bad {
      #expect(Truncation(low: low, high: high, mean: mean, std: std) == nil, "\(low) \(high) \(mean) \(std)")
    }
  }

  @Test("Values are inside of the open interval, whatever the word", arguments: cuts)
  func inside(_ cut: Cut) throws {
    var prepared = try #require(Truncation(low: cut.low, high: cut.high, mean: cut.mean, std: cut.std)).cValue
    let words = (0..<100_000).map { UInt32($0) &* 42949 } + [0, 1, .max, .max - 1]
    let values = bits(of: words) { rk_truncated_from_words($0, $1, $2, &prepared) }.map(
      Float.init(bitPattern:))
    #expect(values.allSatisfy { $0 > cut.low && $0 < cut.high })
    let sorted = bits(of: words.sorted()) { rk_truncated_from_words($0, $1, $2, &prepared) }
      .map(Float.init(bitPattern:))
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("What cuts nothing is the normal distribution")
  func whole() throws {
    var prepared = try #require(Truncation(low: -100, high: 100, mean: 0.5, std: 2)).cValue
    let words = (0..<10_000).map { UInt32($0) &* 429_497 }
    let cut = bits(of: words) { rk_truncated_from_words($0, $1, $2, &prepared) }
    #expect(cut == bits(of: words) { rk_normal_from_words($0, $1, $2, 0.5, 2) })
  }
}
