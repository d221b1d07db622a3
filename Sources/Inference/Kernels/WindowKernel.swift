import Diagnostics
import Glibc
import Tensors

/// Attention within windows of pictures `[N, H, W, size]`.
struct WindowKernel: Sendable {
  private let height, width, size, batch: Int
  private let heads, window: Int
  /// Windows along height and width; the last ones may reach beyond the picture, where there are zeros.
  private let rows, columns: Int
  /// No shift along an axis that one window covers.
  private let shiftY, shiftX: Int

  init(_ shape: Shape, heads: Int, window: Int, shift: Int) {
    (batch, height, width, size) = (shape[0], shape[1], shape[2], shape[3])
    (self.heads, self.window) = (heads, window)
    (rows, columns) = ((height + window - 1) / window, (width + window - 1) / window)
    (shiftY, shiftX) = (rows == 1 ? 0 : shift, columns == 1 ? 0 : shift)
  }

  private var places: Int { window * window }

  /// - Parameter x: the pictures, the table, and weights and offsets of both maps.
  func run(_ x: [Floats], into y: Output, threads: Int) throws(Diagnostic) {
    let cost = places * size * (4 * size + 2 * places)
    try Threads.forRanges(batch * rows * columns, cost: cost, threads: threads) { (range) throws(Diagnostic) in
      try Scratch.with(places * (5 * size + places)) { memory in
        for item in range { attend(item, x, memory, into: y) }
      }
    }
  }

  /// One window of one picture.
  private func attend(_ item: Int, _ x: [Floats], _ memory: Output, into y: Output) {
    let (input, qkv) = (memory, memory.from(places * size))
    let (means, scores) = (memory.from(4 * places * size), memory.from(5 * places * size))
    for place in 0..<places {
      let target = input.from(place * size)
      if let source = source(item, place) {
        target.base.update(from: x[0].base + source * size, count: size)
      } else {
        target.base.update(repeating: 0, count: size)
      }
    }
    LinearKernel.run(
      input.floats, inputStride: size, rows: places, x[2], x[3], inputs: size, outputs: 3 * size, into: qkv,
      outputStride: 3 * size)
    for head in 0..<heads { attend(head, regions(item), x[1], qkv.floats, scores, into: means) }
    LinearKernel.run(
      means.floats, inputStride: size, rows: places, x[4], x[5], inputs: size, outputs: size, into: input,
      outputStride: size)
    for place in 0..<places {
      guard let source = source(item, place) else { continue }
      (y.base + source * size).update(from: input.base + place * size, count: size)
    }
  }

  private func attend(
    _ head: Int, _ regions: [Int], _ table: Floats, _ qkv: Floats, _ scores: Output, into means: Output
  ) {
    let (depth, stride) = (size / heads, 3 * size)
    MatrixProduct.run(
      Matrix(floats: qkv.from(head * depth), stride: stride),
      Matrix(floats: qkv.from(size + head * depth), stride: stride, isTransposed: true), into: scores,
      stride: places, rows: places, columns: places, depth: depth)
    let factor = 1 / Float(depth).squareRoot()
    for a in 0..<places {
      let row = scores.from(a * places)
      for b in 0..<places {
        let (dy, dx) = (a / window - b / window + window - 1, a % window - b % window + window - 1)
        let bias = table[(dy * (2 * window - 1) + dx) * heads + head]
        row[b] = row[b] * factor + bias + (regions[a] == regions[b] ? 0 : -100)
      }
      ElementKernel.softmax(row.floats, into: row, count: places)
    }
    MatrixProduct.run(
      Matrix(floats: scores.floats, stride: places),
      Matrix(floats: qkv.from(2 * size + head * depth), stride: stride), into: means.from(head * depth),
      stride: size, rows: places, columns: depth, depth: places)
  }

  /// Where a place of a window is among all places of all pictures; nil beyond the picture.
  private func source(_ item: Int, _ place: Int) -> Int? {
    let (y, x) = shifted(item, place)
    let (h, w) = ((y + shiftY) % (rows * window), (x + shiftX) % (columns * window))
    return h < height && w < width ? (item / (rows * columns) * height + h) * width + w : nil
  }

  /// A place's row and column in the shifted picture.
  private func shifted(_ item: Int, _ place: Int) -> (Int, Int) {
    let (row, column) = (item / columns % rows, item % columns)
    return (row * window + place / window, column * window + place % window)
  }

  /// For each place, which part of the picture it was in before the shift.
  private func regions(_ item: Int) -> [Int] {
    (0..<places).map { place in
      guard shiftY + shiftX > 0 else { return 0 }
      let (y, x) = shifted(item, place)
      return region(y, rows * window, shiftY) * 3 + region(x, columns * window, shiftX)
    }
  }

  private func region(_ place: Int, _ size: Int, _ shift: Int) -> Int {
    place < size - window ? 0 : place < size - shift ? 1 : 2
  }
}
