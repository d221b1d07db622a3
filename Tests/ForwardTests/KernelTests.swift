import Diagnostics
import Tensors
import Testing

@testable import Inference

/// Lends a tensor's elements for the time of a call.
private func lending<Result>(_ tensors: [Tensor], _ body: ([Floats]) throws(Diagnostic) -> Result) throws -> Result {
  var result: Result?
  _ = try Tensor.computed([1], by: "test", from: tensors) { (floats, output) throws(Diagnostic) in
    output[0] = 0
    result = try body(floats)
  }
  return try #require(result)
}

/// A product as it is defined, added to what was there.
private func product(
  _ a: Tensor, _ b: Tensor, _ c: Tensor?, rows: Int, columns: Int, depth: Int, isTransposed: Bool
) -> [Double] {
  let (a, b, c) = (a.elements, b.elements, c?.elements)
  return (0..<rows * columns).map { place in
    let (row, column) = (place / columns, place % columns)
    return (0..<depth).reduce(c?[place] ?? 0) { sum, k in
      sum + a[isTransposed ? k * rows + row : row * depth + k]
        * b[isTransposed ? column * depth + k : k * columns + column]
    }
  }
}

@Test(
  "Products are what they are defined to be, with BLAS and without",
  arguments: [(3, 4, 5), (1, 70, 200), (65, 1, 64), (7, 9, 0), (0, 3, 3), (20, 30, 130)], [false, true])
private func products(_ sizes: (Int, Int, Int), isTransposed: Bool) throws {
  let (rows, columns, depth) = sizes
  let (a, b) = (numbers([rows * depth], salt: 1), numbers([depth * columns], salt: 2))
  let c = numbers([rows * columns], salt: 3)
  for (multiply, adding) in [
    (MatrixProduct.run, false), (MatrixProduct.portable, false), (MatrixProduct.run, true),
  ]
    + [(MatrixProduct.portable, true)]
  {
    let result = try lending([a, b, c]) { (x) throws(Diagnostic) in
      try Scratch.with(rows * columns) { result in
        result.base.update(from: x[2].base, count: rows * columns)
        let first = Matrix(floats: x[0], stride: isTransposed ? rows : depth, isTransposed: isTransposed)
        let second = Matrix(floats: x[1], stride: isTransposed ? depth : columns, isTransposed: isTransposed)
        multiply(first, second, result, columns, rows, columns, depth, adding)
        return Tensor(Array(UnsafeBufferPointer(start: result.base, count: rows * columns)))
      }
    }
    let expected = product(
      a, b, adding ? c : nil, rows: rows, columns: columns, depth: depth, isTransposed: isTransposed)
    #expect(distance(result, expected, shape: [rows * columns]) < 1e-5)
  }
}

@Test("Ranges cover every index once, on any number of threads", arguments: [0, 1, 7, 1000], [1, 2, 9])
private func ranges(_ count: Int, threads: Int) {
  let seen = Cells(repeating: 0, count: max(count, 1))
  Threads.forRanges(count, cost: 1 << 20, threads: threads) { range in for index in range { seen[index] += 1 }
  }
  #expect(seen.array.prefix(count).allSatisfy { $0 == 1 })
}
