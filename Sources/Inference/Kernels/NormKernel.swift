import Glibc

/// Mean and variance, and what is made of them; sums are taken in double precision.
enum NormKernel {
  /// How a channel is normalized: `(x − mean)·factor + offset`.
  struct Affine: Sendable {
    var mean: Float
    var factor: Float
    var offset: Float

    /// Normalized by these moments, then scaled by a channel's parameters.
    init(mean: Double, variance: Double, eps: Double, _ weight: Floats, _ bias: Floats, channel: Int) {
      self.mean = Float(mean)
      let scale = weight.isPresent ? Double(weight[channel]) : 1
      factor = Float(scale / (variance + eps).squareRoot())
      // What the rounding of the mean leaves out, the offset brings in.
      let rest = Double(self.mean) - mean
      offset = Float((bias.isPresent ? Double(bias[channel]) : 0) + rest * Double(factor))
    }

    @inline(__always) func apply(_ x: Floats, into y: Output, _ range: Range<Int>) {
      for i in range { y[i] = (x[i] - mean) * factor + offset }
    }
  }

  /// Mean and variance (over n) of pieces of one length.
  static func moments(_ x: Floats, pieces: some Collection<Int>, length: Int) -> (
    mean: Double, variance: Double
  ) {
    let count = Double(pieces.count * length)
    guard count > 0 else { return (0, 0) }
    let mean = pieces.reduce(0) { $0 + sum(x.from($1), length) { $0 } } / count
    let variance = pieces.reduce(0) { $0 + sum(x.from($1), length) { ($0 - mean) * ($0 - mean) } } / count
    return (mean, variance)
  }

  /// The sum of a function of some elements, in four interleaved parts.
  @inline(__always)
  static func sum(_ x: Floats, _ count: Int, _ term: (Double) -> Double) -> Double {
    var parts = SIMD4<Double>()
    var index = 0
    while index + 4 <= count {
      let values = SIMD4(Double(x[index]), Double(x[index + 1]), Double(x[index + 2]), Double(x[index + 3]))
      parts += SIMD4(term(values[0]), term(values[1]), term(values[2]), term(values[3]))
      index += 4
    }
    var sum = parts.sum()
    for rest in index..<count { sum += term(Double(x[rest])) }
    return sum
  }

  /// Groups of channels of each sample, normalized by their own moments: `[N·groups, channels, length]`.
  static func groups(
    _ x: Floats, count: Int, channels: Int, length: Int, groups: Int, eps: Double, _ weight: Floats,
    _ bias: Floats,
    into y: Output, threads: Int
  ) {
    let size = channels * length
    Threads.forRanges(count, cost: 4 * size, threads: threads) { range in
      for part in range {
        let (mean, variance) = moments(x, pieces: CollectionOfOne(part * size), length: size)
        for channel in 0..<channels {
          let affine = Affine(
            mean: mean, variance: variance, eps: eps, weight, bias,
            channel: part % groups * channels + channel)
          let first = part * size + channel * length
          affine.apply(x, into: y, first..<first + length)
        }
      }
    }
  }

  /// Channels of `[N, C, length]`, each with its own moments over the batch.
  static func channels(
    _ x: Floats, batch: Int, channels: Int, length: Int, into y: Output, threads: Int,
    _ affine: @Sendable (Int, StrideTo<Int>) -> Affine
  ) {
    Threads.forRanges(channels, cost: 4 * batch * length, threads: threads) { range in
      for channel in range {
        let pieces = stride(from: channel * length, to: batch * channels * length, by: channels * length)
        let affine = affine(channel, pieces)
        for first in pieces { affine.apply(x, into: y, first..<first + length) }
      }
    }
  }

  /// Rows, normalized by their own moments, with a factor and an offset for each place in a row.
  static func rows(
    _ x: Floats, count: Int, length: Int, eps: Double, _ weight: Floats, _ bias: Floats, into y: Output,
    threads: Int
  ) {
    Threads.forRanges(count, cost: 4 * length, threads: threads) { range in
      for row in range {
        let (x, y) = (x.from(row * length), y.from(row * length))
        let (mean, variance) = moments(x, pieces: CollectionOfOne(0), length: length)
        Affine(mean: mean, variance: variance, eps: eps, .absent, .absent, channel: 0).apply(
          x, into: y, 0..<length)
        if weight.isPresent { for i in 0..<length { y[i] *= weight[i] } }
        if bias.isPresent { for i in 0..<length { y[i] += bias[i] } }
      }
    }
  }

  /// Rows, divided by their root mean square.
  static func rootMeanSquare(
    _ x: Floats, count: Int, length: Int, eps: Double, _ weight: Floats, into y: Output, threads: Int
  ) {
    Threads.forRanges(count, cost: 4 * length, threads: threads) { range in
      for row in range {
        let (x, y) = (x.from(row * length), y.from(row * length))
        let square = sum(x, length) { $0 * $0 } / Double(length)
        let factor = Float(1 / (square + eps).squareRoot())
        for i in 0..<length { y[i] = x[i] * factor * (weight.isPresent ? weight[i] : 1) }
      }
    }
  }
}
