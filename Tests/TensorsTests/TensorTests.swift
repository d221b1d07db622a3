import Diagnostics
import Tensors
import Testing

/// Values that NumPy computed from the same formula: ((i·2654435761 mod 2³²)/2³² − 1/2)³·8.
private func values(_ count: Int) -> [Double] {
  (0..<count).map { index in
    let share = Double(UInt32(truncatingIfNeeded: UInt64(index) &* 2_654_435_761)) / 4_294_967_296 - 0.5
    return share * share * share * 8
  }
}

private func tensor(_ values: [Double], _ dtype: DType = .f64) -> Tensor {
  var tensor = Tensor(uninitialized: [values.count], dtype: dtype)
  tensor.withMutableBytes { ElementBuffer.write(count: values.count, dtype: dtype, to: $0) { values[$0] } }
  return tensor
}

@Suite("Statistics in one pass")
struct StatisticsTests {
  struct Case: Sendable {
    let count: Int
    let mean, std, min, max, kurtosis: Double
  }

  /// numpy.mean, std, min, max and scipy.stats.kurtosis(fisher=False).
  static let cases = [
    Case(
      count: 7, mean: -0.17962564883926055, std: 0.41928207909057374, min: -1, max: 0.3552016545424327,
      kurtosis: 2.5893611227467845),
    Case(
      count: 2048, mean: -0.000567204370088029, std: 0.3782347895647877, min: -1, max: 0.9972721448638248,
      kurtosis: 3.767734856007131),
    Case(
      count: 2049, mean: -0.0005171545385964111, std: 0.3781492642650148, min: -1, max: 0.9972721448638248,
      kurtosis: 3.7693090306620194),
    Case(
      count: 100_003, mean: -8.019162774607277e-06, std: 0.3779726099115249, min: -1, max: 0.9999838691140823,
      kurtosis: 3.7692327562838868),
  ]

  @Test("Moments and range are NumPy's and SciPy's", arguments: cases)
  func moments(_ value: Case) {
    let statistics = tensor(values(value.count)).statistics
    #expect(statistics.count == value.count && statistics.min == value.min)
    #expect(abs(statistics.max - value.max) < 1e-15)
    #expect(abs(statistics.mean - value.mean) < 1e-14)
    #expect(abs(statistics.std - value.std) < 1e-13)
    #expect(abs(statistics.kurtosis - value.kurtosis) < 1e-11)
  }

  @Test("Two parts merge into the whole, wherever they are cut", arguments: [0, 1, 5, 2048, 9999, 10_000])
  func merges(_ cut: Int) {
    let all = values(10_000)
    var left = tensor(Array(all[..<cut])).statistics
    left.merge(tensor(Array(all[cut...])).statistics)
    let whole = tensor(all).statistics
    #expect(left.count == whole.count && left.min == whole.min && left.max == whole.max)
    #expect(abs(left.std - whole.std) < 1e-13 && abs(left.kurtosis - whole.kurtosis) < 1e-11)
  }

  @Test("Special values are counted and do not spoil the moments")
  func special() {
    let statistics = tensor([1, .nan, 3, .infinity, -.infinity, 0, -0.0, .nan]).statistics
    #expect(statistics.count == 8 && statistics.nan == 2 && statistics.inf == 2 && statistics.zeros == 2)
    #expect(statistics.mean == 1 && statistics.min == 0 && statistics.max == 3)
    let nothing = tensor([.nan]).statistics
    #expect(nothing.mean.isNaN && nothing.std.isNaN && nothing.min.isNaN && nothing.kurtosis.isNaN)
    #expect(Tensor(lazy: [3]).statistics.count == 0)
  }

  @Test("A large offset does not cancel the variance")
  func offset() {
    let statistics = tensor(values(4096).map { $0 + 1e9 }).statistics
    #expect(abs(statistics.std - tensor(values(4096)).statistics.std) < 1e-6)
  }
}

@Suite("Tensors")
struct TensorTests {
  @Test(
    "A shape is refused where a size is negative or the product overflows",
    arguments: [[-1], [2, -3], [.max, 2], [1 << 32, 1 << 32]])
  func badShapes(_ sizes: [Int]) { #expect(Shape(checking: sizes) == nil) }

  @Test("An empty shape with huge other sizes has no elements; a scalar has one")
  func emptyShapes() {
    #expect(Shape(checking: [0, .max, .max])?.count == 0)
    #expect(Shape(checking: [])?.count == 1)
  }

  @Test("A copy is written to without touching the original, and a sole owner in its own memory")
  func copyOnWrite() {
    var a = Tensor([1, 2, 3])
    let address = a.withBytes { $0.baseAddress }
    a.withMutableBytes { $0.storeBytes(of: 9, as: Float.self) }
    #expect(a.withBytes { $0.baseAddress } == address)
    let b = a
    let reshaped = a.reshaped([3, 1])
    a.withMutableBytes { $0.storeBytes(of: 5, as: Float.self) }
    #expect(a.floats == [5, 2, 3] && b.floats == [9, 2, 3] && reshaped.floats == [9, 2, 3])
  }

  @Test("A reshaped tensor that outlives the original is copied on write too")
  func reshapedWrites() {
    let a = Tensor([1, 2])
    var b = a.reshaped([2, 1])
    b.withMutableBytes { $0.storeBytes(of: 7, as: Float.self) }
    #expect(a.floats == [1, 2] && b.floats == [7, 2])
  }

  @Test("Conversions round to nearest even and saturate")
  func conversions() {
    let wide = Tensor([1.00390625, 1.01171875, 65520, -3.5, 2.5, 3e38])
    #expect(wide.converted(to: .bf16).floats[..<2] == [1, 1.015625])
    #expect(wide.converted(to: .f16).floats[2] == .infinity)
    #expect(wide.converted(to: .i8).elements == [1, 1, 127, -4, 2, 127])
    #expect(wide.converted(to: .u8).elements == [1, 1, 255, 0, 2, 255])
    #expect(Tensor([.nan]).converted(to: .i32).elements == [0])
  }

  @Test("A lazy tensor has a shape and no bytes until it is written to")
  func lazy() {
    var tensor = Tensor(lazy: [2, 3], dtype: .f16)
    #expect(tensor.isLazy && tensor.byteCount == 12 && tensor.elements.isEmpty)
    tensor.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    #expect(!tensor.isLazy && tensor.elements == Array(repeating: 0, count: 6))
  }
}

@Suite("Workers")
struct WorkerTests {
  @Test("Each index is worked on once, with any number of threads", arguments: [1, 2, 5, 100])
  func once(_ threads: Int) {
    let counts = Cells<Int>(repeating: 0, count: 1000)
    Workers.run(1000, threads: threads) { counts[$0] += 1 }
    #expect(counts.array.allSatisfy { $0 == 1 })
  }

  @Test("An error ends the work and is the one of the lowest index that failed", arguments: [1, 2, 7])
  func failure(_ threads: Int) {
    let error = #expect(throws: Diagnostic.self) {
      try Workers.run(1000, threads: threads) { (index) throws(Diagnostic) in
        if index >= 10 { throw Diagnostic(.usage, "\(index)") }
      }
    }
    #expect(error?.message == "10")
  }
}
