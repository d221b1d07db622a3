import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// A convolution with "same" padding for which tap `center` lies on the output's own position.
private func convolve(
  _ kernel: [Double], _ shape: Shape, _ input: [Double], channels: Int, size: [Int], groups: Int,
  center: [Int]
) -> [Double] {
  let (outputs, inputs, taps) = (shape[0], shape[1], Array(shape.sizes.dropFirst(2)))
  let (area, tapCount) = (size.reduce(1, *), taps.reduce(1, *))
  func unravel(_ offset: Int, _ sizes: [Int]) -> [Int] {
    var (rest, index) = (offset, sizes)
    for axis in sizes.indices.reversed() {
      (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: sizes[axis])
    }
    return index
  }
  var result = [Double](repeating: 0, count: outputs * area)
  for o in 0..<outputs {
    for position in 0..<area {
      for i in 0..<inputs {
        for tap in 0..<tapCount {
          let (at, k) = (unravel(position, size), unravel(tap, taps))
          let source = at.indices.map { at[$0] + k[$0] - center[$0] }
          guard source.indices.allSatisfy({ (0..<size[$0]).contains(source[$0]) }) else { continue }
          let channel = o / (outputs / groups) * inputs + i
          let offset = source.indices.reduce(0) { $0 * size[$1] + source[$1] }
          result[o * area + position] +=
            kernel[(o * inputs + i) * tapCount + tap] * input[channel * area + offset]
        }
      }
    }
  }
  return result
}

private let kernels: [(shape: [Int], groups: Int)] = [
  ([4, 4, 3], 1), ([6, 3, 4], 2), ([4, 4, 3, 5], 1), ([6, 2, 2, 4], 3), ([5, 1, 3, 3], 5),
  ([4, 4, 3, 2, 5], 1),
  ([4, 2, 2, 2, 2], 2),
]

@Test(
  "Dirac and identity kernels give back the input, with even kernels and groups", arguments: kernels,
  [KernelCenter.upper, .lower])
private func actsAsIdentity(_ kernel: (shape: [Int], groups: Int), _ center: KernelCenter) throws {
  let (shape, groups) = (Shape(kernel.shape), kernel.groups)
  let size = Array([4, 3, 2].prefix(shape.rank - 2))
  let channels = shape[1] * groups
  let input = (0..<channels * size.reduce(1, *)).map { sin(Double($0)) }
  let middle = shape.sizes.dropFirst(2).map { center == .upper ? $0 / 2 : ($0 - 1) / 2 }
  let context = weight(shape, Geometry(groups: groups))
  for made in [
    try values(Dirac.dirac(center: center), context), try values(Identity.identity(center: center), context),
    try values(Dirac(groups: groups, center: center), weight(shape, nil)),
  ] {
    let output = convolve(made, shape, input, channels: channels, size: size, groups: groups, center: middle)
    #expect(output == input)
  }
}

@Test("Dirac with more outputs than inputs leaves the rest 0, as torch")
func diracRectangular() throws {
  let made = try values(Dirac.dirac(), weight([5, 3, 3]))
  let ones = made.indices.filter { made[$0] != 0 }
  #expect(ones == [1, (1 * 3 + 1) * 3 + 1, (2 * 3 + 2) * 3 + 1] && ones.allSatisfy { made[$0] == 1 })
}

@Test("Identity matrices are rectangular, scaled, and one for each packed part")
func identityMatrices() throws {
  #expect(try values(Identity.identity(), weight([2, 3])) == [1, 0, 0, 0, 1, 0])
  #expect(try values(Identity.identity(gain: 3), weight([3, 2])) == [3, 0, 0, 3, 0, 0])
  #expect(try values(Identity.identity(), weight([4, 2], Geometry(parts: 2))) == [1, 0, 0, 1, 1, 0, 0, 1])
}

@Test("A shift moves outputs, or every axis, cyclically as Julia's circshift")
func shifts() throws {
  // circshift(I₃, (1, 0)) moves rows down; circshift(I₃, (0, 1)) moves columns to the right.
  #expect(try values(Identity.identity(shift: [1]), weight([3, 3])) == [0, 0, 1, 1, 0, 0, 0, 1, 0])
  #expect(try values(Identity.identity(shift: [0, 1]), weight([3, 3])) == [0, 1, 0, 0, 0, 1, 1, 0, 0])
  #expect(try values(Identity.identity(shift: [-1]), weight([3, 3])) == [0, 1, 0, 0, 0, 1, 1, 0, 0])
  let flax = Geometry(outAxis: 1, inAxes: [0])
  #expect(try values(Identity.identity(shift: [1]), weight([3, 3], flax)) == [0, 1, 0, 0, 0, 1, 1, 0, 0])
  let kernel = try values(Identity.identity(shift: [0, 0, 1]), weight([1, 1, 4]))
  #expect(kernel == [0, 0, 1, 0])
}

@Test(
  "Sparse matrices have ⌈sparsity·n⌉ zeros in each column or row, wherever",
  arguments: [0, 0.1, 0.25, 0.5, 0.75, 1.0], [Sparse.Axis.columns, .rows])
func sparseCounts(_ sparsity: Double, _ axis: Sparse.Axis) throws {
  let (rows, columns) = (30, 17)
  let made = try values(Sparse.sparse(sparsity: sparsity, std: 2, axis: axis), weight([rows, columns]))
  let lines =
    axis == .columns
    ? (0..<columns).map { c in (0..<rows).map { made[$0 * columns + c] } }
    : (0..<rows).map { r in (0..<columns).map { made[r * columns + $0] } }
  let expected = Int((sparsity * Double(axis == .columns ? rows : columns)).rounded(.up))
  #expect(Set(lines.map { $0.count { $0 == 0 } }) == [expected])
}

@Test("Zeros of a sparse matrix fall on all places alike; the rest is normal")
func sparsePlaces() throws {
  let (rows, columns) = (8, 8000)
  let made = try values(Sparse.sparse(sparsity: 0.25, std: 0.5), weight([rows, columns]))
  // 2 of 8 in each column: each row holds a binomial count of 8000 · 1/4, variance 1500.
  for row in 0..<rows {
    let zeros = made[row * columns..<(row + 1) * columns].count { $0 == 0 }
    #expect(abs(Double(zeros) - 2000) < 5 * 1500.0.squareRoot())
  }
  #expect(kolmogorovSmirnov(made.filter { $0 != 0 }) { normalCumulative($0 / 0.5) } > 1e-4)
}

@Test(
  "Fourier kernels are Keras's (NumPy and scipy.signal.get_window)", arguments: readReference("fourier.tsv"))
func fourier(_ row: [String]) throws {
  let (frame, bins) = (Int(row[4]) ?? 0, Int(row[5]) ?? 0)
  let text = "stft(\(row[0]), \(row[1]), \(row[2]), periodic: \(row[3]))"
  let initializer = try InitializerRegistry.standard.initializer(parsing: text)
  let expected = row.dropFirst(6).compactMap(Double.init)
  let made = try values(initializer, weight([bins, 1, frame]))
  #expect(made.count == expected.count && zip(made, expected).allSatisfy { abs($0 - $1) < 1e-7 })
  // Keras's own layout: [frame, 1, bins].
  let keras = try values(initializer, weight([frame, 1, bins], Geometry(outAxis: 2, inAxes: [1])))
  #expect(keras == (0..<frame).flatMap { t in (0..<bins).map { made[$0 * frame + t] } })
}
