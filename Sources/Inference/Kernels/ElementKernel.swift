import Glibc
import Layers

/// Functions of single elements, and of rows of them.
enum ElementKernel {
  /// A function of each element.
  @inline(__always)
  static func map(
    _ x: Floats, into y: Output, cost: Int, threads: Int, _ function: @Sendable (Float) -> Float
  ) {
    Threads.forRanges(y.count, cost: cost, threads: threads) { range in
      for i in range { y[i] = function(x[i]) }
    }
  }

  /// An activation, as torch defines it; not a number stays so.
  static func apply(_ function: Activation.Function, _ x: Floats, into y: Output, row: Int, threads: Int) {
    switch function {
    case .relu: map(x, into: y, cost: 1, threads: threads) { $0 < 0 ? 0 : $0 }
    case .relu6: map(x, into: y, cost: 1, threads: threads) { relu6($0) }
    case .leakyrelu: map(x, into: y, cost: 1, threads: threads) { $0 < 0 ? 0.01 * $0 : $0 }
    case .elu: map(x, into: y, cost: 10, threads: threads) { $0 > 0 ? $0 : expm1f($0) }
    case .selu:
      map(x, into: y, cost: 10, threads: threads) { 1.050_700_987 * ($0 > 0 ? $0 : 1.673_263_242 * expm1f($0)) }
    case .gelu:
      map(x, into: y, cost: 20, threads: threads) { 0.5 * $0 * erfcf(-$0 * Float(0.5).squareRoot()) }
    case .silu: map(x, into: y, cost: 10, threads: threads) { $0 / (1 + expf(-$0)) }
    case .mish: map(x, into: y, cost: 30, threads: threads) { $0 * tanhf(softplus($0)) }
    case .softplus: map(x, into: y, cost: 20, threads: threads) { softplus($0) }
    case .sigmoid: map(x, into: y, cost: 10, threads: threads) { sigmoid($0) }
    case .tanh: map(x, into: y, cost: 10, threads: threads) { tanhf($0) }
    case .hardswish: map(x, into: y, cost: 1, threads: threads) { $0 * relu6($0 + 3) / 6 }
    case .hardsigmoid: map(x, into: y, cost: 1, threads: threads) { relu6($0 + 3) / 6 }
    case .softmax:
      Threads.forRanges(y.count / row, cost: 10 * row, threads: threads) { rows in
        for index in rows { softmax(x.from(index * row), into: y.from(index * row), count: row) }
      }
    }
  }

  @inline(__always) static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

  /// Without overflow where x is large.
  @inline(__always) private static func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }

  @inline(__always) private static func relu6(_ x: Float) -> Float { x < 0 ? 0 : x > 6 ? 6 : x }

  /// eˣ over its sum, with all exponents moved below 0.
  static func softmax(_ x: Floats, into y: Output, count: Int) {
    var largest = -Float.infinity
    for i in 0..<count { largest = x[i] > largest ? x[i] : largest }
    var sum = 0.0
    for i in 0..<count {
      y[i] = expf(x[i] - largest)
      sum += Double(y[i])
    }
    let factor = Float(1 / sum)
    for i in 0..<count { y[i] *= factor }
  }

  /// A slope below 0: one for all, or one for each channel of `[N, C, length]`.
  static func prelu(_ x: Floats, _ slopes: Floats, channels: Int, length: Int, into y: Output, threads: Int) {
    Threads.forRanges(y.count / length, cost: length, threads: threads) { pieces in
      for piece in pieces {
        let slope = slopes[piece % channels]
        for i in piece * length..<(piece + 1) * length { y[i] = x[i] < 0 ? x[i] * slope : x[i] }
      }
    }
  }

  /// Rows of a table.
  static func lookUp(_ indices: [Int], in table: Floats, size: Int, into y: Output) {
    for (place, index) in indices.enumerated() {
      y.from(place * size).base.update(from: table.base + index * size, count: size)
    }
  }
}
