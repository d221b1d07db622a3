import Glibc
import Initializers
import LinearAlgebra

/// A matrix in memory, row by row.
struct Matrix: Sendable {
  /// The elements of the matrix as it is stored.
  let floats: Floats
  /// The distance of its rows.
  let stride: Int
  /// Whether what is meant is the transposed matrix.
  var isTransposed = false

  /// For BLAS, which wants rows at least as far apart as they are long, even where there is one row only.
  func operand(length: Int) -> LinearAlgebra.Matrix {
    LinearAlgebra.Matrix(floats.base, stride: max(stride, length, 1), isTransposed: isTransposed)
  }
}

/// Products of matrices of 32-bit floats: the system's BLAS where there is one, loops where not.
enum MatrixProduct {
  /// `C = A·B`, or `C += A·B`, with A of `rows × depth` and B of `depth × columns`, on the calling thread.
  static func run(
    _ a: Matrix, _ b: Matrix, into c: Output, stride: Int, rows: Int, columns: Int, depth: Int,
    adding: Bool = false
  ) {
    guard rows > 0, columns > 0 else { return }
    let isLarge = [rows, columns, depth, a.stride, b.stride, stride].contains { $0 > Int(Int32.max) }
    let isDone =
      depth > 0 && !isLarge
      && nil
        != (try? LinearAlgebra.multiply(
          a.operand(length: a.isTransposed ? rows : depth),
          b.operand(length: b.isTransposed ? depth : columns),
          into: c.base, stride: max(stride, columns), m: rows, n: columns, k: depth, beta: adding ? 1 : 0))
    guard !isDone else { return }
    portable(a, b, into: c, stride: stride, rows: rows, columns: columns, depth: depth, adding: adding)
  }

  /// The same without BLAS, in blocks that stay in the cache.
  static func portable(
    _ a: Matrix, _ b: Matrix, into c: Output, stride: Int, rows: Int, columns: Int, depth: Int, adding: Bool
  ) {
    if !adding { for row in 0..<rows { c.from(row * stride).base.update(repeating: 0, count: columns) } }
    let block = 64
    for first in Swift.stride(from: 0, to: depth, by: block) {
      for row in 0..<rows {
        let result = c.base + row * stride
        for k in first..<min(first + block, depth) {
          let factor = a.floats[a.isTransposed ? k * a.stride + row : row * a.stride + k]
          if b.isTransposed {
            for j in 0..<columns { result[j] += factor * b.floats[j * b.stride + k] }
          } else {
            let source = b.floats.base + k * b.stride
            for j in 0..<columns { result[j] += factor * source[j] }
          }
        }
      }
    }
  }
}

/// A linear map of rows.
enum LinearKernel {
  /// `y = x·Wᵀ + b` for rows that lie `inputStride` and `outputStride` apart.
  static func run(
    _ x: Floats, inputStride: Int, rows: Int, _ weight: Floats, _ bias: Floats, inputs: Int, outputs: Int,
    into y: Output, outputStride: Int, threads: Int = 1
  ) {
    @Sendable func piece(_ rows: Range<Int>, _ columns: Range<Int>) {
      let result = y.from(rows.lowerBound * outputStride + columns.lowerBound)
      for row in 0..<(bias.isPresent ? rows.count : 0) {
        result.from(row * outputStride).base.update(
          from: bias.base + columns.lowerBound, count: columns.count)
      }
      MatrixProduct.run(
        Matrix(floats: x.from(rows.lowerBound * inputStride), stride: inputStride),
        Matrix(floats: weight.from(columns.lowerBound * inputs), stride: inputs, isTransposed: true),
        into: result,
        stride: outputStride, rows: rows.count, columns: columns.count, depth: inputs, adding: bias.isPresent)
    }
    let threads = threads > 1 && LinearAlgebra.spreadsProducts ? 1 : threads
    if rows / 4 >= threads {
      Threads.forRanges(rows, cost: inputs * outputs, threads: threads) { piece($0, 0..<outputs) }
    } else {
      Threads.forRanges(outputs, cost: inputs * rows, threads: threads) { piece(0..<rows, $0) }
    }
  }
}
