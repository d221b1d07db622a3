import Diagnostics

/// Bilinear forms of rows.
enum BilinearKernel {
  /// The forms of some rows of both inputs, which lie in `x` before weight and bias.
  static func run(
    _ x: [Floats], _ rows: Range<Int>, outputs: Int, _ first: Int, _ second: Int, into y: Output
  ) throws(Diagnostic) {
    try Scratch.with(rows.count * second) { product in
      for form in 0..<outputs {
        MatrixProduct.run(
          Matrix(floats: x[0].from(rows.lowerBound * first), stride: first),
          Matrix(floats: x[2].from(form * first * second), stride: second), into: product, stride: second,
          rows: rows.count, columns: second, depth: first)
        for row in rows {
          let (a, b) = (product.from((row - rows.lowerBound) * second), x[1].from(row * second))
          var sum = x[3].isPresent ? x[3][form] : 0
          for j in 0..<second { sum += a[j] * b[j] }
          y[row * outputs + form] = sum
        }
      }
    }
  }
}
