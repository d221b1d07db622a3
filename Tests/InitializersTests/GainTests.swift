import Diagnostics
import Glibc
import Initializers
import Testing

/// torch.nn.init.calculate_gain.
private let torchGains: [(Nonlinearity, Double, Double)] = [
  (.linear, 0.01, 1), (.sigmoid, 0.01, 1), (.tanh, 0.01, 5.0 / 3), (.relu, 0.01, 1.4142135623730951),
  (.leakyReLU, 0.01, 1.4141428569978354), (.leakyReLU, 5.0.squareRoot(), 0.5773502691896257),
  (.leakyReLU, 10, 0.14071950894605836), (.leakyReLU, 0, 1.4142135623730951), (.selu, 0.01, 0.75),
]

@Test("Gains that torch has are torch's", arguments: torchGains)
func torchTable(_ nonlinearity: Nonlinearity, _ slope: Double, _ gain: Double) {
  expectClose(Gain.of(nonlinearity, slope: slope), gain, relative: 1e-14)
}

/// 1/√E[f(z)²] by mpmath at 30 digits (Golden/Reference/make.py).
private let secondMoments: [(Nonlinearity, Double)] = readReference("gains.tsv").compactMap { row in
  guard row.count == 2, let nonlinearity = Nonlinearity(rawValue: row[0]), let gain = Double(row[1]) else {
    return nil
  }
  return (nonlinearity, gain)
}

@Test(
  "Second-moment gains are right to nine digits, for smooth and for kinked functions",
  arguments: secondMoments)
func secondMoment(_ nonlinearity: Nonlinearity, _ gain: Double) throws {
  expectClose(try Gain.secondMoment { nonlinearity($0) }, gain, relative: 1e-9)
}

@Test("Every activation has a reference value")
func allReferences() { #expect(Set(secondMoments.map(\.0)) == Set(Nonlinearity.allCases)) }

@Test("The published constants are met to their digits")
func publishedConstants() throws {
  let published: [(Nonlinearity, Double)] = [
    (.gelu, 1.53353), (.silu, 1.676532), (.mish, 1.486848), (.selu, 1.0), (.elu, 1.245198), (.tanh, 1.592537),
    (.sigmoid, 1.846229), (.hardswish, 1.736657), (.relu, 1.414214), (.relu6, 1.414214),
  ]
  for (nonlinearity, gain) in published {
    let computed = try Gain.secondMoment { nonlinearity($0) }
    #expect(abs(computed - gain) < 5e-6, "\(nonlinearity)")
  }
}

@Test("An activation without an entry in torch's table has its second-moment gain, by mpmath's digits")
func tableFallback() throws {
  // torch.nn.init.calculate_gain knows these and no others; they have rows of their own.
  let table: Set<Nonlinearity> = [.linear, .sigmoid, .tanh, .relu, .leakyReLU, .selu]
  let others = secondMoments.filter { !table.contains($0.0) }
  #expect(others.count > 10)
  for (nonlinearity, gain) in others { expectClose(Gain.of(nonlinearity), gain, relative: 1e-9) }
}

@Test("Any closure has a gain: jumps, kinks off the grid, growth")
func closures() throws {
  expectClose(
    try Gain.secondMoment { $0 > 0.3 ? 1 : 0 }, 1 / normalCumulative(-0.3).squareRoot(), relative: 1e-9)
  // E[e^{2z}] = e².
  expectClose(try Gain.secondMoment { exp($0) }, exp(-1), relative: 1e-9)
  // E[max(z − c, 0)²] = (1 + c²)Φ(−c) − cφ(c).
  let c = 0.123
  let moment = (1 + c * c) * normalCumulative(-c) - c * exp(-c * c / 2) / (2 * Double.pi).squareRoot()
  expectClose(try Gain.secondMoment { max($0 - c, 0) }, 1 / moment.squareRoot(), relative: 1e-9)
  expectClose(try Gain.secondMoment { 1e-8 * $0 }, 1e8, relative: 1e-9)
}

@Test("An activation without a gain is refused")
func noGain() {
  let zero = errorText { _ = try Gain.secondMoment { _ in 0 } }
  #expect(
    zero == """
      error[R0116]: the activation's gain cannot be computed
            expected 0 < E[f(z)²] < ∞ for a standard normal z
            found E[f(z)²] = 0.0
        hint: give the gain as a number, as in 'kaiming_normal(gain: 1.4)'
      """)
  let infinite = errorText { _ = try Gain.secondMoment { 1 / $0 } }
  let undefined = errorText { _ = try Gain.secondMoment { _ in .nan } }
  #expect(infinite.hasPrefix("error[R0116]") && undefined.hasPrefix("error[R0116]"))
}
