import LinearAlgebra
import Testing

/// One product: sizes, which matrices are transposed, and by how much rows are further apart than they need to be.
private struct Product: Sendable {
  let m, n, k: Int
  let isFirstTransposed, isSecondTransposed: Bool
  let gap: Int

  /// Elements as a small generator gives them.
  private func numbers(_ count: Int, _ salt: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + salt * 104_729) % 1009) / 1009 - 0.5 }
  }

  /// The largest distance of the result from the definition's, beside which nothing is written.
  func distance(limit: Int) throws -> Float {
    let (aStride, bStride, cStride) = (
      max(1, isFirstTransposed ? m : k) + gap, max(1, isSecondTransposed ? k : n) + gap, n + gap
    )
    let a = numbers(aStride * max(m, k, 1), 1)
    let b = numbers(bStride * max(n, k, 1), 2)
    let before = numbers(cStride * max(m, 1), 3)
    var c = before
    try a.withUnsafeBufferPointer { a in
      try b.withUnsafeBufferPointer { b in
        try c.withUnsafeMutableBufferPointer { c in
          guard let x = a.baseAddress, let y = b.baseAddress, let z = c.baseAddress else { return }
          try LinearAlgebra.multiply(
            LinearAlgebra.Matrix(x, stride: aStride, isTransposed: isFirstTransposed),
            LinearAlgebra.Matrix(y, stride: bStride, isTransposed: isSecondTransposed), into: z, stride: cStride, m: m,
            n: n, k: k, alpha: 0.5, beta: -2, limit: limit)
        }
      }
    }
    return c.indices.reduce(Float(0)) { worst, index in
      let (row, column) = (index / cStride, index % cStride)
      guard row < m, column < n else { return max(worst, abs(c[index] - before[index])) }
      let sum = (0..<k).reduce(-2 * before[index]) { sum, l in
        sum + 0.5 * a[isFirstTransposed ? l * aStride + row : row * aStride + l]
          * b[isSecondTransposed ? column * bStride + l : l * bStride + column]
      }
      return max(worst, abs(c[index] - sum))
    }
  }
}

@Suite("Products of matrices", .enabled(if: hasBLAS)) struct ProductTests {
  @Test("In pieces of any size, of rows however far apart, they are what they are defined to be")
  func pieces() throws {
    for (m, n, k) in [(5, 7, 4), (1, 9, 8), (8, 1, 3), (6, 6, 0), (0, 3, 2), (11, 4, 10)] {
      for flags in 0..<4 {
        for gap in [0, 1, 20] {
          let product = Product(
            m: m, n: n, k: k, isFirstTransposed: flags & 1 != 0, isSecondTransposed: flags & 2 != 0, gap: gap)
          // Above all sizes and steps, below the steps alone, below everything.
          for limit in [Int(Int32.max), 15, 3, 1] {
            #expect(try product.distance(limit: limit) < 1e-5, "\(product) \(limit)")
          }
        }
      }
    }
  }

  @Test("Steps that the library cannot count to are no trap")
  func steps() throws {
    let (a, b): ([Float], [Float]) = ([1, 2], [3, 4])
    var c: [Float] = [0]
    try a.withUnsafeBufferPointer { a in
      try b.withUnsafeBufferPointer { b in
        try c.withUnsafeMutableBufferPointer { c in
          guard let x = a.baseAddress, let y = b.baseAddress, let z = c.baseAddress else { return }
          try LinearAlgebra.multiply(
            LinearAlgebra.Matrix(x, stride: 1 << 40), LinearAlgebra.Matrix(y, stride: 1 << 40, isTransposed: true),
            into: z, stride: 1 << 40, m: 1, n: 1, k: 2)
        }
      }
    }
    #expect(c == [11])
  }
}
