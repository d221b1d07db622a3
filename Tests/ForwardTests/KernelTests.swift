import Tensors
import Testing

@testable import Inference

/// Lends a tensor's elements for the time of a call.
private func lending<Result>(_ tensors: [Tensor], _ body: ([Floats]) -> Result) throws -> Result {
  var result: Result?
  _ = try Tensor.computed([1], by: "test", from: tensors) { floats, output in
    output[0] = 0
    result = body(floats)
  }
  return try #require(result)
}

@Test(
  "Without BLAS products are the same",
  arguments: [(3, 4, 5), (1, 70, 200), (65, 1, 64), (7, 9, 0), (0, 3, 3)], [false, true])
private func portableProduct(_ sizes: (Int, Int, Int), isTransposed: Bool) throws {
  let (rows, columns, depth) = sizes
  let a = numbers([rows * depth], salt: 1)
  let b = numbers([depth * columns], salt: 2)
  for adding in [false, true] {
    var results = [numbers([rows * columns], salt: 3), numbers([rows * columns], salt: 3)]
    for index in 0...1 {
      results[index] = try lending([a, b, results[index]]) { x in
        Scratch.with(rows * columns) { c in
          c.base.update(from: x[2].base, count: rows * columns)
          let first = Matrix(floats: x[0], stride: isTransposed ? rows : depth, isTransposed: isTransposed)
          let second = Matrix(floats: x[1], stride: isTransposed ? depth : columns, isTransposed: isTransposed)
          if index == 0 {
            MatrixProduct.run(first, second, into: c, stride: columns, rows: rows, columns: columns, depth: depth, adding: adding)
          } else {
            MatrixProduct.portable(
              first, second, into: c, stride: columns, rows: rows, columns: columns, depth: depth, adding: adding)
          }
          return Tensor(Array(UnsafeBufferPointer(start: c.base, count: rows * columns)))
        }
      }
    }
    #expect(distance(results[1], results[0].elements, shape: [rows * columns]) < 1e-5)
    let sum = (0..<depth).reduce(adding ? numbers([1], salt: 3).elements[0] : 0) { sum, k in
      sum + a.elements[isTransposed ? k * rows : k] * b.elements[isTransposed ? k : k * columns]
    }
    if rows > 0 { #expect(abs(results[1].elements[0] - sum) < 1e-5) }
  }
}

@Test("Ranges cover every index once, on any number of threads", arguments: [0, 1, 7, 1000], [1, 2, 9])
private func ranges(_ count: Int, threads: Int) {
  let seen = Cells(repeating: 0, count: max(count, 1))
  Threads.forRanges(count, cost: 1 << 20, threads: threads) { range in for index in range { seen[index] += 1 } }
  #expect(seen.array.prefix(count).allSatisfy { $0 == 1 })
}
