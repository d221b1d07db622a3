import Diagnostics
import Functors
import Glibc
import LayerVocabulary
import Tensors
import Testing

@testable import Initializers

/// What reads the old values of a tensor by itself.
@Suite("Initializers that read")
struct ReadingTests {
  private func old(_ shape: Shape, _ dtype: DType = .f32, mean: Double = 0.5, std: Double = 2) throws -> Tensor {
    try Tensor(lazy: shape, dtype: dtype).filled(
      with: .normal(mean: mean, std: std), from: RandomStream(seed: 9, name: "old"))
  }

  private func filled(_ tensor: Tensor, _ text: String) throws -> Tensor {
    try tensor.filled(
      with: InitializerRegistry.standard.initializer(parsing: text), from: RandomStream(seed: 4, name: "w"))
  }

  private static let types: [DType] = [.f64, .f32, .f16, .bf16, .f8e4m3, .f8e5m2]

  @Test("Shrinking by 1 without noise changes no bit, not even of what is no number", arguments: types)
  func identity(_ dtype: DType) throws {
    var tensor = try old([37, 41], dtype)
    tensor.withMutableBytes { bytes in for index in 0..<dtype.size { bytes[index] = 0x7F } }
    for text in ["shrink_perturb(shrink: 1, perturb: 0)", "scale(1)"] {
      #expect(try filled(tensor, text).hasSameBits(as: tensor))
    }
  }

  @Test("Noise alone is the plain fill, bit for bit", arguments: types)
  func plain(_ dtype: DType) throws {
    let tensor = try old([37, 41], dtype)
    for text in ["normal(std: 0.02)", "uniform(low: -1, high: 1)", "sparse(sparsity: 0.1)", "truncated_normal"] {
      let expected = try filled(tensor, text)
      #expect(try filled(tensor, "shrink_perturb(shrink: 0, perturb: 1, with: \(text))").hasSameBits(as: expected))
    }
  }

  @Test("Old and fresh values are added in double precision and rounded once more than fresh ones", arguments: types)
  func sums(_ dtype: DType) throws {
    let tensor = try old([50, 70], dtype, mean: 0, std: 1)
    let fresh = try filled(try old([50, 70], .f32), "normal(std: 0.5)").elements
    let found = try filled(tensor, "shrink_perturb(shrink: 0.6, perturb: 0.25, with: normal(std: 0.5))")
    let wanted = zip(tensor.elements, fresh).map { 0.6 * $0 + 0.25 * $1 }
    let expected =
      dtype == .f64
      ? wanted : Tensor(wanted.map(Float.init), shape: tensor.shape).converted(to: dtype).elements
    #expect(found.elements == expected)
    let halves = try filled(tensor, "scale(by: 0.5)").elements
    let smallest = dtype == .f8e4m3 ? 0x1p-6 : dtype == .f8e5m2 ? 0x1p-14 : 0x1p-14
    // Halves of numbers that are not subnormal are exact.
    for (half, value) in zip(halves, tensor.elements) where abs(value) >= 2 * smallest { #expect(half == value / 2) }
  }

  @Test(
    "Matched values have the old mean and deviation, and are the fresh ones but for these",
    arguments: [
      "normal", "uniform(low: 3, high: 9)", "sparse(sparsity: 0.1)",
    ])
  func matched(_ text: String) throws {
    let tensor = try old([60, 90])
    #expect(throws: Diagnostic.self) { try filled(tensor, "match_old(with: constant(3))") }
    let found = try filled(tensor, "match_old(with: \(text))").elements
    let fresh = try filled(tensor, text).elements
    let (a, b, c) = (moments(found), moments(tensor.elements), moments(fresh))
    #expect(abs(a.mean - b.mean) < 1e-6 && abs(a.std - b.std) < 1e-6)
    for (x, y) in zip(found, fresh) { #expect(abs((x - a.mean) / a.std - (y - c.mean) / c.std) < 1e-5) }
  }

  private func moments(_ values: [Double]) -> (mean: Double, std: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
  }

  @Test("Every row is the mean of the rows; further axes belong to a row")
  func mean() throws {
    let tensor = try old([40, 3, 5])
    let found = try filled(tensor, "mean_of").elements
    for column in 0..<15 {
      let mean = (0..<40).reduce(0) { $0 + tensor.elements[$1 * 15 + column] } / 40
      for row in 0..<40 { #expect(abs(found[row * 15 + column] - mean) < 1e-6) }
    }
  }

  @Test(
    "A word that begins as the mean of n changes what is predicted by at most log(1 + 1/n)", arguments: [1, 2, 5, 40])
  func divergence(_ n: Int) throws {
    // Hewitt 2021: KL(p‖p′) = log(1 + exp(h·μ)/Z) ≤ log(1 + 1/n).
    let (words, states) = (try old([n, 24], std: 0.7).elements, try old([200, 24], std: 1).elements)
    let mean = try filled(Tensor(words.map(Float.init), shape: [n, 24]), "mean_of").elements.prefix(24)
    for state in 0..<200 {
      let h = states[state * 24..<(state + 1) * 24]
      func logit(_ word: some Collection<Double>) -> Double { zip(h, word).reduce(0) { $0 + $1.0 * $1.1 } }
      let before = (0..<n).map { exp(logit(words[$0 * 24..<($0 + 1) * 24])) }.reduce(0, +)
      let divergence = log((before + exp(logit(mean))) / before)
      #expect(divergence <= log(1 + 1 / Double(n)) * (1 + 1e-5))
    }
  }

  @Test("Rows like others have their mean, and Mahalanobis distances that are χ² distributed", .enabled(if: hasBLAS))
  func full() throws {
    let (d, n) = (16, 3000)
    let (plain, mix) = (try old([n, d], mean: 0, std: 1).elements, try old([d, d], mean: 0.3, std: 1).elements)
    var rows = [Float](repeating: 0, count: n * d)
    for row in 0..<n {
      for column in 0..<d {
        rows[row * d + column] = Float((0..<d).reduce(2) { $0 + plain[row * d + $1] * mix[$1 * d + column] })
      }
    }
    let tensor = Tensor(rows, shape: [n, d])
    let found = Array(try filled(tensor, "normal_like(cov: full)").elements.prefix(1000 * d))
    let (mean, covariance) = moments(tensor.elements, rows: n, d)
    let inverse = inverted(covariance, d)
    let distances = (0..<1000).map { row in
      let x = (0..<d).map { found[row * d + $0] - mean[$0] }
      return (0..<d).reduce(0) { sum, i in sum + x[i] * (0..<d).reduce(0) { $0 + inverse[i * d + $1] * x[$1] } }
    }
    // The distribution function of χ² with an even number of degrees of freedom.
    let p = kolmogorovSmirnov(distances) { x in
      var (term, sum) = (1.0, 1.0)
      for k in 1..<d / 2 {
        term *= x / 2 / Double(k)
        sum += term
      }
      return 1 - exp(-x / 2) * sum
    }
    #expect(p > 1e-3)
  }

  @Test("With the diagonal alone, columns are normal with their own moments, and do not depend on each other")
  func diagonal() throws {
    let (d, n) = (8, 4000)
    let wide = try old([n, 1]).elements
    let tensor = Tensor((0..<n * d).map { Float(wide[$0 / d] * Double($0 % d + 1)) }, shape: [n, d])
    let found = try filled(tensor, "normal_like(cov: diagonal)").elements
    let (mean, covariance) = moments(tensor.elements, rows: n, d)
    for column in 0..<d {
      let std = covariance[column * d + column].squareRoot()
      let values = (0..<n).map { (found[$0 * d + column] - mean[column]) / std }
      #expect(kolmogorovSmirnov(values, normalCumulative) > 1e-3)
    }
    let own = moments(found, rows: n, d).covariance
    for (a, b) in [(0, 1), (2, 7)] {
      #expect(abs(own[a * d + b] / (own[a * d + a] * own[b * d + b]).squareRoot()) < 0.06)
    }
    #expect(
      moments(try filled(tensor, "normal_like(cov: diagonal, scale: 0)").elements, rows: n, d).covariance[0] < 1e-9)
  }

  private func moments(_ values: [Double], rows: Int, _ d: Int) -> (mean: [Double], covariance: [Double]) {
    let mean = (0..<d).map { column in (0..<rows).reduce(0) { $0 + values[$1 * d + column] } / Double(rows) }
    var covariance = [Double](repeating: 0, count: d * d)
    for row in 0..<rows {
      for i in 0..<d {
        for j in 0..<d {
          covariance[i * d + j] += (values[row * d + i] - mean[i]) * (values[row * d + j] - mean[j]) / Double(rows)
        }
      }
    }
    return (mean, covariance)
  }

  /// Gauss and Jordan, for a positive definite matrix.
  private func inverted(_ matrix: [Double], _ d: Int) -> [Double] {
    var (a, b) = (matrix, (0..<d * d).map { $0 / d == $0 % d ? 1.0 : 0 })
    for pivot in 0..<d {
      let factor = 1 / a[pivot * d + pivot]
      for column in 0..<d {
        a[pivot * d + column] *= factor
        b[pivot * d + column] *= factor
      }
      for row in 0..<d where row != pivot {
        let factor = a[row * d + pivot]
        for column in 0..<d {
          a[row * d + column] -= factor * a[pivot * d + column]
          b[row * d + column] -= factor * b[pivot * d + column]
        }
      }
    }
    return b
  }

  @Test(
    "Any range gives the same bits",
    arguments: [
      "shrink_perturb(0.5, 0.5, with: normal)", "scale(3)", "match_old", "mean_of", "normal_like(cov: diagonal)",
    ])
  func ranges(_ text: String) throws {
    let tensor = try old([61, 83])
    let whole = try filled(tensor, text)
    let context = ParameterContext(name: "w", shape: tensor.shape, dtype: .f32)
    let initializer = try InitializerRegistry.standard.initializer(parsing: text)
    let draw = try initializer.draw(for: context).reading(at: "w") { _ throws(Diagnostic) in tensor }
    let values = try MadeOfOthers(draw, tensor.shape, .f32, RandomStream(seed: 4, name: "w"))
    for (first, count) in [(0, 1), (1, 1023), (1000, 2000), (5062, 1)] {
      let part = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      defer { part.deallocate() }
      try values.write(from: first, to: UnsafeMutableRawBufferPointer(part))
      #expect(Array(part) == Array(whole.floats[first..<first + count]))
    }
  }

  @Test(
    "What is not finite is said with its place and nothing is made of it",
    arguments: [
      ("scale(2)", Float.nan), ("shrink_perturb(0.5, 0.5, with: normal)", .infinity), ("match_old", .nan),
      ("mean_of", .infinity),
      ("normal_like(cov: diagonal)", .nan), ("scale(1e30)", 1e30),
    ])
  func notFinite(_ text: String, _ value: Float) throws {
    var values = try old([20, 20]).floats
    values[7] = value
    let error = #expect(throws: Diagnostic.self) { try filled(Tensor(values, shape: [20, 20]), text) }
    #expect(error?.code == .sourceNotFinite)
  }

  @Test(
    "Printed, they are what they were read from",
    arguments: [
      "copy(from: init.safetensors)", "copy(from: a.b.weight)", "copy(from: \"my file/x.pt\", tensor: w)",
      "scale(by: 0.5)",
      "shrink_perturb(shrink: 0.5, perturb: 0.25, with: kaiming_normal(mode: fan_out))", "match_old(with: orthogonal)",
      "mean_of",
      "mean_of(from: lm_head.weight)", "normal_like(cov: diagonal, scale: 0.5)",
      "shrink_perturb(with: copy(from: init.safetensors))",
    ])
  func texts(_ text: String) throws {
    let once = try InitializerRegistry.standard.initializer(parsing: text)
    #expect("\(once)" == text)
  }

  @Test(
    "What is asked for and cannot be",
    arguments: [
      ("copy(from: a, tensor: b)", ErrorCode.argumentOutOfRange), ("scale(by: inf)", .argumentOutOfRange),
      ("copy", .missingArgument),
      ("shrink_perturb(with: 3)", .argumentKind), ("shrink_perturb(shrink: nan)", .argumentOutOfRange),
      ("normal_like(cov: some)", .argumentKind), ("normal_like(scale: -1)", .argumentOutOfRange),
      ("mean_of(rows: 3)", .argumentKind),
      ("copy(from: 3)", .argumentKind), ("match_old(with: normel)", .unknownInitializer),
    ])
  func refusals(_ text: String, _ code: ErrorCode) throws {
    let error = #expect(throws: Diagnostic.self) { try InitializerRegistry.standard.initializer(parsing: text) }
    #expect(error?.code == code)
  }
}
