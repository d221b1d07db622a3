import Diagnostics
import Tensors

/// Convolutions as matrix products of the weight and the taps' columns.
struct ConvolutionKernel: Sendable {
  let batch, groups: Int
  /// Channels of one group.
  let inputs, outputs: Int
  let windows: Windows

  /// The floats of columns that a thread makes at a time: about what a core's cache holds.
  private static let columnCount = 1 << 16

  /// - Parameters:
  ///   - x: `[N, groups·inputs, large]`.
  ///   - weight: `[groups·outputs, inputs, taps]`.
  ///   - y: `[N, groups·outputs, small]`.
  func run(_ x: Floats, _ weight: Floats, _ bias: Floats, into y: Output, threads: Int) throws(Diagnostic) {
    let depth = inputs * windows.kernel.count
    let tile = min(windows.small.count, max(64, ConvolutionKernel.columnCount / max(1, depth)))
    let tiles = (windows.small.count + tile - 1) / tile
    try Threads.forRanges(
      batch * groups * tiles, cost: depth * outputs * tile, threads: threads
    ) { (range) throws(Diagnostic) in
      try Scratch.with(windows.areElements ? 0 : depth * tile) { columns in
        for item in range {
          let first = item % tiles * tile
          run(
            item / tiles, first..<min(first + tile, windows.small.count), x, weight, bias, columns: columns,
            into: y)
        }
      }
    }
  }

  /// One group of one sample, at some positions.
  private func run(
    _ part: Int, _ positions: Range<Int>, _ x: Floats, _ weight: Floats, _ bias: Floats, columns: Output,
    into y: Output
  ) {
    let depth = inputs * windows.kernel.count
    let group = part % groups
    let image = x.from(part * inputs * windows.large.count)
    let result = y.from(part * outputs * windows.small.count + positions.lowerBound)
    for channel in 0..<(bias.isPresent ? outputs : 0) {
      result.from(channel * windows.small.count).base.update(
        repeating: bias[group * outputs + channel], count: positions.count)
    }
    if !windows.areElements { gather(image, positions, into: columns) }
    MatrixProduct.run(
      Matrix(floats: weight.from(group * outputs * depth), stride: depth),
      windows.areElements
        ? Matrix(floats: image.from(positions.lowerBound), stride: windows.large.count)
        : Matrix(floats: columns.floats, stride: positions.count),
      into: result, stride: windows.small.count, rows: outputs, columns: positions.count, depth: depth,
      adding: bias.isPresent)
  }

  /// What each tap sees at some positions, a row for each tap of each channel.
  private func gather(_ image: Floats, _ positions: Range<Int>, into columns: Output) {
    let step = windows.stride.w
    for row in 0..<inputs * windows.kernel.count {
      let channel = image.from(row / windows.kernel.count * windows.large.count)
      let target = columns.from(row * positions.count)
      windows.forRuns(positions, tap: row % windows.kernel.count) { run in
        let target = target.base + run.offset
        guard let start = run.row else { return target.update(repeating: 0, count: run.count) }
        let (source, inside) = (channel.base + start + run.start, windows.inside(run))
        target.update(repeating: 0, count: inside.lowerBound)
        for i in inside { target[i] = source[i * step] }
        (target + inside.upperBound).update(repeating: 0, count: run.count - inside.upperBound)
      }
    }
  }
}

/// Transposed convolutions: matrix products give what each position adds under each tap.
struct TransposedKernel: Sendable {
  let batch, groups: Int
  /// Channels of one group.
  let inputs, outputs: Int
  let windows: Windows

  private static let columnCount = 1 << 16

  /// - Parameters:
  ///   - x: `[N, groups·inputs, small]`.
  ///   - weight: `[groups·inputs, outputs, taps]`.
  ///   - y: `[N, groups·outputs, large]`.
  func run(_ x: Floats, _ weight: Floats, _ bias: Floats, into y: Output, threads: Int) throws(Diagnostic) {
    let taps = windows.kernel.count
    let tile = min(windows.small.count, max(64, TransposedKernel.columnCount / taps))
    let cost = inputs * taps * windows.small.count
    try Threads.forRanges(batch * groups * outputs, cost: cost, threads: threads) { (range) throws(Diagnostic) in
      try Scratch.with(taps * tile) { columns in
        for item in range {
          let result = y.from(item * windows.large.count)
          let offset = bias.isPresent ? bias[item % (groups * outputs)] : 0
          result.base.update(repeating: offset, count: windows.large.count)
          for first in stride(from: 0, to: windows.small.count, by: tile) {
            run(
              item, first..<min(first + tile, windows.small.count), x, weight, columns: columns, into: result)
          }
        }
      }
    }
  }

  /// One output channel of one sample, from some positions.
  private func run(
    _ item: Int, _ positions: Range<Int>, _ x: Floats, _ weight: Floats, columns: Output, into y: Output
  ) {
    let (part, channel, taps) = (item / outputs, item % outputs, windows.kernel.count)
    let rows = weight.from((part % groups * inputs * outputs + channel) * taps)
    MatrixProduct.run(
      Matrix(floats: rows, stride: outputs * taps, isTransposed: true),
      Matrix(
        floats: x.from(part * inputs * windows.small.count + positions.lowerBound),
        stride: windows.small.count),
      into: columns, stride: positions.count, rows: taps, columns: positions.count, depth: inputs)
    let step = windows.stride.w
    for tap in 0..<taps {
      let source = columns.from(tap * positions.count)
      windows.forRuns(positions, tap: tap) { run in
        guard let start = run.row else { return }
        let (source, target) = (source.base + run.offset, y.base + start + run.start)
        for i in windows.inside(run) { target[i * step] += source[i] }
      }
    }
  }
}
