import Diagnostics
import LayerVocabulary
import LinearAlgebra
import Tensors

/// Mean and standard deviation of many numbers, summed in an order that does not depend on the processor.
struct Moments {
  private(set) var mean = 0.0
  private(set) var std = 0.0

  private static let block = 1024
  private static let width = 8

  /// Those of a tensor.
  init(_ tensor: Tensor) { self.init(count: tensor.count) { tensor.read(from: $0, into: $1) } }

  /// Those of another initializer's values.
  init(_ values: FreshValues, count: Int) { self.init(count: count) { values.read(from: $0, into: $1) } }

  private init(count: Int, _ read: (Int, UnsafeMutableBufferPointer<Double>) -> Void) {
    guard count > 0 else { return }
    mean = Moments.sum(count, read) { $0 } / Double(count)
    let mean = SIMD8<Double>(repeating: self.mean)
    std = (Moments.sum(count, read) { ($0 - mean) * ($0 - mean) } / Double(count)).squareRoot()
  }

  /// The sum of a function of all, in eight sums side by side; a block's sums are added to those before.
  private static func sum(
    _ count: Int, _ read: (Int, UnsafeMutableBufferPointer<Double>) -> Void,
    _ term: (SIMD8<Double>) -> SIMD8<Double>
  ) -> Double {
    var total = SIMD8<Double>()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: block) { numbers in
      for first in stride(from: 0, to: count, by: block) {
        let part = UnsafeMutableBufferPointer(rebasing: numbers[..<min(block, count - first)])
        read(first, part)
        var sums = SIMD8<Double>()
        for start in stride(from: 0, to: part.count, by: width) {
          let lanes = min(width, part.count - start)
          var values = SIMD8<Double>()
          for lane in 0..<lanes { values[lane] = part[start + lane] }
          let terms = term(values)
          for lane in 0..<lanes { sums[lane] += terms[lane] }
        }
        total += sums
      }
    }
    return total.sum()
  }

  /// What takes numbers with these moments to others.
  /// - Throws: ``Diagnostics/ErrorCode/sourceNotFinite``, also for numbers that do not vary where the others do.
  func map(to other: Moments, of place: String) throws(Diagnostic) -> (offset: Double, factor: Double) {
    guard other.mean.isFinite, other.std.isFinite else { throw Diagnostic.notFinite(place) }
    guard std > 0 || other.std == 0 else {
      throw Diagnostic(
        .unsuitableShape, "fresh values that are all the same cannot be given a standard deviation", at: place,
        expected: "an initializer whose values vary", found: "std \(other.std) wanted",
        hints: ["match_old(with: normal)"])
    }
    let factor = std > 0 ? other.std / std : 0
    return (other.mean - factor * mean, factor)
  }
}

/// The mean of a tensor's rows, column by column.
struct RowMoments {
  let mean: [Double]
  /// The rows, in ranges.
  let rows: [Range<Int>]
  /// How many.
  var count: Int { rows.reduce(0) { $0 + $1.count } }

  /// Those of some rows; of all where none are said.
  /// - Throws: ``Diagnostics/ErrorCode/sourceNotFinite``, ``Diagnostics/ErrorCode/outOfMemory``.
  init(_ tensor: Tensor, _ rows: [Range<Int>]?, of place: String) throws(Diagnostic) {
    self.rows = rows ?? [0..<tensor.shape[0]]
    let width = tensor.count / max(tensor.shape[0], 1)
    let count = self.rows.reduce(0) { $0 + $1.count }
    try Memory.require(3 * 8 * width)
    mean = RowMoments.sums(tensor, self.rows, width) { _, value in value }.map { $0 / Double(count) }
    guard mean.allSatisfy(\.isFinite) else { throw Diagnostic.notFinite(place) }
  }

  /// The standard deviation of each column, divided by the number of rows.
  func deviations(of tensor: Tensor) throws(Diagnostic) -> [Double] {
    try Memory.require(3 * 8 * mean.count)
    return RowMoments.sums(tensor, rows, mean.count) { [mean] column, value in
      (value - mean[column]) * (value - mean[column])
    }.map { [count] in ($0 / Double(count)).squareRoot() }
  }

  private static func sums(
    _ tensor: Tensor, _ rows: [Range<Int>], _ width: Int, _ term: (Int, Double) -> Double
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    var row = [Double](repeating: 0, count: width)
    for index in rows.joined() {
      row.withUnsafeMutableBufferPointer { tensor.read(from: index * width, into: $0) }
      for column in 0..<width { sums[column] += term(column, row[column]) }
    }
    return sums
  }
}

/// Rows with the mean and the whole covariance of a tensor's rows.
///
/// With independent standard normal g, the row μ + Σ_k g_k·(v_k − μ)/√n is N(μ, Σ): no factor of Σ is needed, so that nothing
/// depends on its rank.
struct NormalRows {
  private let tensor: Tensor
  private let mean: [Double]
  private let scale: Double
  private let stream: RandomStream
  /// The rows that are read, by their numbers.
  private let rows: [Int]
  private var width: Int { mean.count }

  init(_ tensor: Tensor, _ moments: RowMoments, _ scale: Double, _ stream: RandomStream) throws(Diagnostic) {
    try Memory.require(8 * moments.count)
    (self.tensor, mean, self.scale, self.stream) = (tensor, moments.mean, scale, stream)
    rows = Array(moments.rows.joined())
  }

  /// Rows that are made, and rows that are read, at a time.
  private static let (madeAtOnce, readAtOnce) = (256, 512)

  /// All rows of a tensor with so many elements; row r takes the normals from `r·n` on.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``.
  func made(count: Int) throws(Diagnostic) -> FloatBuffer {
    let result = try FloatBuffer(count: count)
    guard let base = result.values.baseAddress, width > 0 else { return result }
    result.values.update(repeating: 0)
    let old = try FloatBuffer(count: NormalRows.readAtOnce * width)
    let normals = try FloatBuffer(count: NormalRows.madeAtOnce * NormalRows.readAtOnce)
    for first in stride(from: 0, to: count / width, by: NormalRows.madeAtOnce) {
      let made = min(NormalRows.madeAtOnce, count / width - first)
      for start in stride(from: 0, to: rows.count, by: NormalRows.readAtOnce) {
        let read = min(NormalRows.readAtOnce, rows.count - start)
        deviations(start, read, old.values)
        fill(normals.values, rows: first..<first + made, from: start, count: read)
        guard let a = normals.values.baseAddress, let b = old.values.baseAddress else { continue }
        try LinearAlgebra.multiply(
          .init(a, stride: read), .init(b, stride: width), into: base + first * width, stride: width, m: made, n: width,
          k: read, beta: 1)
      }
    }
    for index in result.values.indices { result.values[index] += Float(mean[index % width]) }
    return result
  }

  /// The rows from `start` on less the mean, times scale/√n.
  private func deviations(_ start: Int, _ count: Int, _ target: UnsafeMutableBufferPointer<Float>) {
    let factor = scale / Double(rows.count).squareRoot()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { row in
      for index in 0..<count {
        tensor.read(from: rows[start + index] * width, into: row)
        for column in 0..<width { target[index * width + column] = Float((row[column] - mean[column]) * factor) }
      }
    }
  }

  private func fill(
    _ normals: UnsafeMutableBufferPointer<Float>, rows made: Range<Int>, from start: Int, count: Int
  ) {
    for (index, row) in made.enumerated() {
      let part = UnsafeMutableBufferPointer(rebasing: normals[index * count..<(index + 1) * count])
      stream.normal(part, from: row * rows.count + start, mean: 0, std: 1)
    }
  }
}

extension Diagnostic {
  static func notFinite(_ place: String) -> Diagnostic {
    Diagnostic(
      .sourceNotFinite, "values that others are made of have no finite mean", at: place, expected: "finite numbers",
      found: "NaN, or an infinity", hints: ["reinit inspect FILE counts NaN and infinities"])
  }
}
