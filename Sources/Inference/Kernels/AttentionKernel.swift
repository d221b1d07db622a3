import Diagnostics

/// Attention over several heads.
struct AttentionKernel: Sendable {
  let queries, keys, values: SequenceAxes
  let size, heads: Int
  /// Whether a key and a value of the layer's own are appended.
  let hasExtra: Bool

  /// Inputs and parameters.
  struct Operands: Sendable {
    let inputs: [Floats]
    /// The projections of queries, keys and values, and their offsets.
    let weights, biases: [Floats]
    /// The key and the value that are appended.
    let extras: [Floats]
    let outWeight, outBias: Floats

    /// From three inputs, the packed matrix or three separate ones, the packed offsets, and the rest.
    init(_ x: [Floats], size: Int) {
      inputs = Array(x[0..<3])
      weights = (0..<3).map { x[3].isPresent ? x[3].from($0 * size * size) : x[4 + $0] }
      biases = (0..<3).map { x[7].isPresent ? x[7].from($0 * size) : .absent }
      extras = [x[8], x[9]]
      (outWeight, outBias) = (x[10], x[11])
    }
  }

  /// How many keys a query sees.
  private var keyCount: Int { keys.length + (hasExtra ? 1 : 0) }

  func run(_ x: Operands, into y: Output, threads: Int) throws(Diagnostic) {
    let batch = queries.batch
    let (query, key) = (queries.length * size, keyCount * size)
    try Scratch.with(2 * batch * (query + key)) { (memory) throws(Diagnostic) in
      let q = memory
      let k = memory.from(batch * query)
      let v = memory.from(batch * (query + key))
      let means = memory.from(batch * (query + 2 * key))
      project(x, 0, queries, into: q, length: queries.length, threads)
      project(x, 1, keys, into: k, length: keyCount, threads)
      project(x, 2, values, into: v, length: keyCount, threads)
      let cost = 2 * queries.length * keyCount * size / heads
      try Threads.forRanges(batch * heads, cost: cost, threads: threads) { (parts) throws(Diagnostic) in
        try Scratch.with(queries.length * keyCount) { scores in
          for part in parts { attend(part, q.floats, k.floats, v.floats, scores: scores, into: means) }
        }
      }
      Threads.forRanges(batch, cost: query * size, threads: threads) { samples in
        for sample in samples {
          LinearKernel.run(
            means.from(sample * query).floats, inputStride: size, rows: queries.length, x.outWeight,
            x.outBias,
            inputs: size, outputs: size, into: y.from(queries.row(0, sample) * size),
            outputStride: queries.stepStride * size, threads: batch == 1 ? threads : 1)
        }
      }
    }
  }

  /// Queries, keys or values of every sample, one sample after the other.
  private func project(
    _ x: Operands, _ index: Int, _ axes: SequenceAxes, into result: Output, length: Int, _ threads: Int
  ) {
    Threads.forRanges(axes.batch, cost: axes.length * axes.size * size, threads: threads) { samples in
      for sample in samples {
        let target = result.from(sample * length * size)
        LinearKernel.run(
          x.inputs[index].from(axes.row(0, sample) * axes.size), inputStride: axes.stepStride * axes.size,
          rows: axes.length, x.weights[index], x.biases[index], inputs: axes.size, outputs: size,
          into: target,
          outputStride: size, threads: axes.batch == 1 ? threads : 1)
        guard index > 0, length > axes.length else { continue }
        target.from(axes.length * size).base.update(from: x.extras[index - 1].base, count: size)
      }
    }
  }

  /// One head of one sample.
  private func attend(_ part: Int, _ q: Floats, _ k: Floats, _ v: Floats, scores: Output, into means: Output) {
    let (sample, width) = (part / heads, size / heads)
    let column = part % heads * width
    let (query, key) = (sample * queries.length * size + column, sample * keyCount * size + column)
    MatrixProduct.run(
      Matrix(floats: q.from(query), stride: size),
      Matrix(floats: k.from(key), stride: size, isTransposed: true),
      into: scores, stride: keyCount, rows: queries.length, columns: keyCount, depth: width)
    let factor = 1 / Float(width).squareRoot()
    for i in 0..<queries.length * keyCount { scores[i] *= factor }
    for row in 0..<queries.length {
      let row = scores.from(row * keyCount)
      ElementKernel.softmax(row.floats, into: row, count: keyCount)
    }
    MatrixProduct.run(
      Matrix(floats: scores.floats, stride: keyCount), Matrix(floats: v.from(key), stride: size),
      into: means.from(query), stride: size, rows: queries.length, columns: width, depth: keyCount)
  }
}
