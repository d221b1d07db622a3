import CKernels
import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// Bounds in standard deviations with the moments between them, by mpmath (Golden/Reference/make.py).
private let references: [(low: Double, high: Double, mean: Double, std: Double)] = readReference(
  "truncated.tsv"
).map {
  (Double($0[0]) ?? .nan, Double($0[1]) ?? .nan, Double($0[2]) ?? .nan, Double($0[3]) ?? .nan)
}

@Test(
  "`of: result` widens the parent by the deviation between the bounds, however far out", arguments: references
)
private func corrected(_ low: Double, _ high: Double, _ mean: Double, _ std: Double) throws {
  let initializer = TruncatedNormal(std: 3, low: low, high: high, bounds: .sigma, of: .result)
  let draw = try initializer.draw(for: weight([4, 5]))
  expectClose(draw["std"] ?? 0, 3 / std, relative: 1e-10)
}

@Test(
  "`of: result` with absolute bounds finds the parent whose truncation has the deviation",
  arguments: references)
private func absoluteResult(_ low: Double, _ high: Double, _ mean: Double, _ std: Double) throws {
  guard high - low < 1e9, low < 1, high > -1 else { return }
  let initializer = TruncatedNormal(std: 0.1 * std, low: 0.1 * low, high: 0.1 * high, of: .result)
  let draw = try initializer.draw(for: weight([4, 5]))
  expectClose(draw["std"] ?? 0, 0.1, relative: 1e-6)
}

@Test("The published constant at two standard deviations is met")
func publishedCorrection() throws {
  let draw = try resolved("lecun_normal", weight([3, 16]))
  expectClose(draw["std"] ?? 0, 0.25 / 0.87962566103423978, relative: 1e-14)
  expectClose(draw["high"] ?? 0, 0.5 / 0.87962566103423978, relative: 1e-14)
}

@Test(
  "Bounds out of reach are no truncation: the plain normal distribution, without outliers",
  arguments: [
    "truncated_normal(std: 0.02)", "torch.trunc_normal_(std: 0.002)", "flux.lecun_normal",
    "timm.trunc_normal_(0, 0.02)",
  ])
func outOfReach(_ text: String) throws {
  let draw = try resolved(text, weight([64, 576]))
  #expect(draw.method == .normal)
}

/// The words at both ends, where inverse distribution functions go wrong.
private let extremeWords: [UInt32] = [
  0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFF,
]

@Test(
  "The extreme random words give values inside of the bounds, none on them",
  arguments: [
    (-2.0, 2.0, 0.0, 1.0), (-1.2, 1.2, 0, 0.3), (0.5, 4, 0, 1), (-0.04, 0.04, 0, 0.02), (3, 5, 0, 1),
    (2, 3, 2.5, 10),
  ])
func extremes(_ low: Double, _ high: Double, _ mean: Double, _ std: Double) throws {
  let draw = try TruncatedNormal(mean: mean, std: std, low: low, high: high).draw(for: weight([4, 5]))
  let number = { (name: String) in Float(draw[name] ?? .nan) }
  var truncation = rk_truncation()
  try #require(rk_truncation_make(&truncation, number("low"), number("high"), number("mean"), number("std")))
  var made = [Float](repeating: .nan, count: extremeWords.count)
  rk_truncated_from_words(&made, extremeWords, made.count, &truncation)
  #expect(made.allSatisfy { Double($0) > low && Double($0) < high })
}

@Test("The extreme random words of a plain normal stay within 6.5 standard deviations")
func normalExtremes() {
  var made = [Float](repeating: .nan, count: extremeWords.count)
  rk_normal_from_words(&made, extremeWords, made.count, 0, 1)
  #expect(made.allSatisfy { abs($0) < 6.5 } && Set(made.map(\.sign)).count == 2)
}

@Test("A parent without spread is a constant where the bounds allow it")
func degenerate() throws {
  #expect(try resolved("truncated_normal(mean: 1, std: 0)", weight([4, 5])) == .constant(1))
  #expect(try resolved("normal(mean: 3, std: 0)", weight([4, 5])) == .constant(3))
  #expect(try resolved("uniform(2, 2)", weight([4, 5])) == .constant(2))
  #expect(try resolved("kaiming_normal(gain: 0)", weight([4, 5])) == .constant(0))
}
