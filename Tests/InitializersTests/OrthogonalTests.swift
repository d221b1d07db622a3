import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// The largest deviation of the shorter side's Gram matrix from gain²·I, in double precision.
private func departure(_ matrix: [[Double]], gain: Double) -> Double {
  let isWide = matrix.count <= (matrix.first?.count ?? 0)
  let lines = isWide ? matrix : (0..<(matrix.first?.count ?? 0)).map { c in matrix.map { $0[c] } }
  var worst = 0.0
  for i in lines.indices {
    for j in 0...i {
      let dot = zip(lines[i], lines[j]).reduce(0) { $0 + $1.0 * $1.1 }
      worst = max(worst, abs(dot - (i == j ? gain * gain : 0)))
    }
  }
  return worst
}

/// The rows `range` along an axis, each flattened over the columns for which `isIn` holds of the index.
private func matrix(
  _ values: [Double], _ shape: Shape, outAxis: Int, _ range: Range<Int>,
  where isIn: ([Int]) -> Bool = { _ in true }
) -> [[Double]] {
  var rows = [[Double]](repeating: [], count: range.count)
  for (offset, value) in values.enumerated() {
    var (rest, index) = (offset, [Int](repeating: 0, count: shape.rank))
    for axis in (0..<shape.rank).reversed() {
      (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: shape[axis])
    }
    if range.contains(index[outAxis]), isIn(index) { rows[index[outAxis] - range.lowerBound].append(value) }
  }
  return rows
}

private let plainShapes: [[Int]] = [
  [3, 4], [4, 3], [20, 2, 3, 4], [2, 3, 4, 5], [1, 1], [1, 9], [9, 1], [64, 64], [65, 64], [64, 65],
  [63, 130],
  [130, 63], [129, 129], [200, 300], [300, 200], [5, 3, 7], [24, 2, 3, 3, 2],
]

@Test(
  "Rows or columns are orthonormal, torch's reading of the shape", .enabled(if: hasBLAS), arguments: plainShapes,
  [1.0, 1.4])
func orthonormal(_ sizes: [Int], _ gain: Double) throws {
  let shape = Shape(sizes)
  let made = try values(Orthogonal(gain: gain), weight(shape))
  #expect(departure(matrix(made, shape, outAxis: 0, 0..<shape[0]), gain: gain) < 4e-6)
}

@Test(
  "Large matrices keep |QᵀQ − I| within 2·10⁻⁶", .enabled(if: hasBLAS),
  arguments: [[512, 512], [600, 320], [320, 600], [128, 64, 3, 3]])
func accuracy(_ sizes: [Int]) throws {
  let shape = Shape(sizes)
  let made = try values(Orthogonal.orthogonal(), weight(shape))
  #expect(departure(matrix(made, shape, outAxis: 0, 0..<shape[0]), gain: 1) < 2e-6)
}

@Test(
  "In every layout the outputs are the rows", .enabled(if: hasBLAS),
  arguments: [
    (Shape([3, 5, 4, 30]), Geometry(outAxis: 3, inAxes: [2])),
    (Shape([3, 5, 4, 90]), Geometry(outAxis: 3, inAxes: [2])),
    (Shape([6, 10, 3]), Geometry(outAxis: 1, inAxes: [0], isTransposed: true)),
    (Shape([6, 50, 3]), Geometry(outAxis: 1, inAxes: [0], isTransposed: true)),
    (Shape([12, 3, 3, 5]), Geometry(outAxis: 0, inAxes: [3])),
  ])
func layouts(_ shape: Shape, _ geometry: Geometry) throws {
  let made = try values(Orthogonal.orthogonal(), weight(shape, geometry))
  let rows = matrix(made, shape, outAxis: geometry.outAxis, 0..<shape[geometry.outAxis])
  #expect(departure(rows, gain: 1) < 4e-6)
}

@Test("Packed parts and groups are matrices of their own, and differ", .enabled(if: hasBLAS))
func pieces() throws {
  let packed = try values(Orthogonal.orthogonal(), weight([18, 6], Geometry(parts: 3)))
  let parts = (0..<3).map { matrix(packed, [18, 6], outAxis: 0, 6 * $0..<6 * $0 + 6) }
  #expect(parts.allSatisfy { departure($0, gain: 1) < 4e-6 } && Set(parts).count == 3)
  let depthwise = try values(Orthogonal.orthogonal(), weight([32, 1, 3, 3], Geometry(groups: 32)))
  #expect(
    (0..<32).allSatisfy {
      departure(matrix(depthwise, [32, 1, 3, 3], outAxis: 0, $0..<$0 + 1), gain: 1) < 4e-6
    })
  let flax = try values(
    Orthogonal.orthogonal(), weight([3, 4, 12], Geometry(outAxis: 2, inAxes: [1], groups: 3)))
  #expect(
    (0..<3).allSatisfy {
      departure(matrix(flax, [3, 4, 12], outAxis: 2, 4 * $0..<4 * $0 + 4), gain: 1) < 4e-6
    })
  let transposed = Geometry(outAxis: 1, inAxes: [0], groups: 2, isTransposed: true)
  let up = try values(Orthogonal.orthogonal(), weight([8, 5, 3], transposed))
  for group in 0..<2 {
    let block = matrix(up, [8, 5, 3], outAxis: 1, 0..<5) { $0[0] / 4 == group }
    #expect(departure(block, gain: 1) < 4e-6)
  }
}

@Test(
  "Many small matrices are those that each by itself would be, to rounding", .enabled(if: hasBLAS),
  arguments: [(6, 6), (1, 9), (9, 1), (20, 12), (12, 20), (64, 64), (128, 32)])
func smallMatrices(_ rows: Int, _ columns: Int) throws {
  let many = try values(Orthogonal.orthogonal(), weight([8 * rows, columns], Geometry(parts: 8)))
  let one = try values(Orthogonal.orthogonal(), weight([rows, columns]))
  #expect(zip(many, one).allSatisfy { abs($0 - $1) < 2e-6 })
  for part in 0..<8 {
    let made = matrix(many, [8 * rows, columns], outAxis: 0, part * rows..<(part + 1) * rows)
    #expect(departure(made, gain: 1) < 2e-6)
  }
}

@Test("A numbered axis makes one matrix of the whole tensor, as frameworks do", .enabled(if: hasBLAS))
func numberedAxis() throws {
  let shape: Shape = [18, 6]
  let torch = try values(Orthogonal(axis: 0), weight(shape, Geometry(parts: 3)))
  #expect(departure(matrix(torch, shape, outAxis: 0, 0..<18), gain: 1) < 4e-6)
  let last = try values(Orthogonal(axis: -1), weight([2, 3, 9]))
  #expect(departure(matrix(last, [2, 3, 9], outAxis: 2, 0..<9), gain: 1) < 4e-6)
}

@Test("6 × 6 matrices have the Haar measure's moments: E tr = 0, E tr² = 1, E tr⁴ = 3, E q⁴ = 3/48")
func haarMoments() throws {
  // One tensor of 10,000 packed matrices.
  let count = 10_000
  let made = try values(Orthogonal.orthogonal(), weight([6 * count, 6], Geometry(parts: count)))
  var (tr, tr2, tr4, q4) = (0.0, 0.0, 0.0, 0.0)
  for k in 0..<count {
    let trace = (0..<6).reduce(0) { $0 + made[36 * k + 7 * $1] }
    tr += trace
    tr2 += trace * trace
    tr4 += pow(trace, 4)
    q4 += (0..<36).reduce(0) { $0 + pow(made[36 * k + $1], 4) } / 36
  }
  let n = Double(count)
  // Five standard errors: Var tr = 1, Var tr² = 2, Var tr⁴ = 105 − 9.
  #expect(abs(tr / n) < 5 / n.squareRoot())
  #expect(abs(tr2 / n - 1) < 5 * (2 / n).squareRoot())
  #expect(abs(tr4 / n - 3) < 5 * (96 / n).squareRoot())
  #expect(abs(q4 / n - 0.0625) < 5e-4)
}

@Test("Single elements of tall, wide and Flax matrices have mean 0 and variance 1/n")
func elementMoments() throws {
  let count = 4000
  for (shape, geometry) in [
    (Shape([5 * count, 3]), Geometry(parts: count)), (Shape([3 * count, 5]), Geometry(parts: count)),
    (Shape([5, 3 * count]), Geometry(outAxis: 1, inAxes: [0], parts: count)),
  ] {
    let made = try values(Orthogonal.orthogonal(), weight(shape, geometry))
    let found = moments(made)
    // 15 elements per matrix, whose squares sum to 3.
    #expect(abs(found.mean) < 5 * 0.45 / Double(made.count).squareRoot())
    expectClose(found.std * found.std, 0.2, relative: 1e-4)
    #expect(abs(found.kurtosis - 3 * 5 / 7.0) < 0.1)
  }
}

@Test(
  "Delta-orthogonal is an orthogonal map at the center and nothing elsewhere", .enabled(if: hasBLAS),
  arguments: [
    (Shape([9, 5, 3]), Geometry(), 1), (Shape([9, 5, 3, 4]), Geometry(), 1 * 4 + 1),
    (Shape([8, 3, 5, 3]), Geometry(groups: 2), 2 * 3 + 1),
  ])
func deltaOrthogonal(_ shape: Shape, _ geometry: Geometry, _ center: Int) throws {
  let made = try values(DeltaOrthogonal.deltaOrthogonal(gain: 2), weight(shape, geometry))
  let taps = shape.sizes.dropFirst(2).reduce(1, *)
  #expect(made.enumerated().allSatisfy { $0.offset % taps == center || $0.element == 0 })
  let (rows, inputs) = (shape[0] / geometry.groups, shape[1])
  for group in 0..<geometry.groups {
    let block = (0..<rows).map { r in
      (0..<inputs).map { made[((group * rows + r) * inputs + $0) * taps + center] }
    }
    #expect(departure(block, gain: 2) < 2e-5)
  }
}

@Test("The same stream gives the same matrix, another name or seed another one", .enabled(if: hasBLAS))
func streams() throws {
  let first = try values(Orthogonal.orthogonal(), weight([30, 20]), seed: 3)
  #expect(first == (try values(Orthogonal.orthogonal(), weight([30, 20]), seed: 3)))
  #expect(first != (try values(Orthogonal.orthogonal(), weight([30, 20]), seed: 4)))
  #expect(first != (try values(Orthogonal.orthogonal(), weight([30, 20], name: "other"), seed: 3)))
}

@Test("Without OpenBLAS, matrices that are not many and small are an error", .enabled(if: !hasBLAS))
func withoutLibrary() throws {
  #expect(errorText { _ = try values(Orthogonal.orthogonal(), weight([30, 20])) }.hasPrefix("error[R0705]"))
  #expect(errorText { _ = try values(DeltaOrthogonal.deltaOrthogonal(), weight([9, 5, 3])) }.hasPrefix("error[R0705]"))
}
