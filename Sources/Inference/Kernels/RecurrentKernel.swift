import Diagnostics
import Glibc
import Layers

/// What a step of a recurrent network does.
enum RecurrentCell: Sendable {
  /// `h = tanh(x + r)`.
  case plain
  /// Gates input, forget, cell, output.
  case lstm
  /// Gates reset, update, new.
  case gru
}

/// Recurrent layers over sequences; each thread has samples of its own.
struct RecurrentKernel: Sendable {
  let cell: RecurrentCell
  let sizes: RecurrentSizes
  let axes: SequenceAxes
  let gates: Int

  private var rows: Int { gates * sizes.hidden }
  private var width: Int { sizes.directions * sizes.outputs }

  /// - Parameters:
  ///   - x: the input, the first hidden and cell state, then five tensors for each layer and direction.
  ///   - y: the hidden states of all steps; with states, the last hidden and cell states behind them.
  func run(_ x: [Floats], into y: Output, hasStates: Bool, threads: Int) throws(Diagnostic) {
    let cost = axes.length * rows * (sizes.inputs + sizes.layers * sizes.directions * 2 * sizes.outputs)
    try Threads.forRanges(axes.batch, cost: cost, threads: threads) { (samples) throws(Diagnostic) in
      try Scratch.with(RecurrentMemory.count(self, samples.count)) { scratch in
        run(x, samples, RecurrentMemory(scratch, self, samples.count), into: y, hasStates: hasStates)
      }
    }
  }

  private func run(
    _ x: [Floats], _ samples: Range<Int>, _ memory: RecurrentMemory, into y: Output, hasStates: Bool
  ) {
    var memory = memory
    copyRows(samples, size: sizes.inputs) { row, own in
      memory.input.from(own * sizes.inputs).base.update(
        from: x[0].base + row * sizes.inputs, count: sizes.inputs)
    }
    var size = sizes.inputs
    for layer in 0..<sizes.layers {
      for direction in 0..<sizes.directions {
        let index = layer * sizes.directions + direction
        let parameters = Array(x[(3 + 5 * index)..<(8 + 5 * index)])
        begin(index, x, samples, memory)
        read(parameters, inputs: size, isReverse: direction == 1, samples.count, memory)
        if hasStates { end(index, samples, memory, into: y) }
      }
      (memory.input, memory.result) = (memory.result, memory.input)
      size = width
    }
    copyRows(samples, size: width) { row, own in
      y.from(row * width).base.update(from: memory.input.base + own * width, count: width)
    }
  }

  /// Calls the body with each row of some samples in the whole tensor, and in a thread's own memory.
  private func copyRows(_ samples: Range<Int>, size: Int, _ body: (Int, Int) -> Void) {
    for step in 0..<axes.length {
      for sample in samples {
        body(axes.row(step, sample), step * samples.count + sample - samples.lowerBound)
      }
    }
  }

  /// Puts the first states of some samples in place.
  private func begin(_ index: Int, _ x: [Floats], _ samples: Range<Int>, _ memory: RecurrentMemory) {
    for (state, size, first) in [(memory.hidden, sizes.outputs, x[1]), (memory.cell, sizes.hidden, x[2])] {
      let start = (index * axes.batch + samples.lowerBound) * size
      if first.isPresent {
        state.base.update(from: first.base + start, count: samples.count * size)
      } else {
        state.base.update(repeating: 0, count: samples.count * size)
      }
    }
  }

  /// Gives the last states of some samples.
  private func end(_ index: Int, _ samples: Range<Int>, _ memory: RecurrentMemory, into y: Output) {
    let (batch, layers) = (axes.batch, sizes.layers * sizes.directions)
    let first = index * batch + samples.lowerBound
    let states = y.from(axes.length * batch * width)
    states.from(first * sizes.outputs).base.update(
      from: memory.hidden.base, count: samples.count * sizes.outputs)
    guard cell == .lstm else { return }
    states.from(layers * batch * sizes.outputs + first * sizes.hidden).base.update(
      from: memory.cell.base, count: samples.count * sizes.hidden)
  }

  /// One layer in one direction.
  private func read(
    _ parameters: [Floats], inputs: Int, isReverse: Bool, _ batch: Int, _ memory: RecurrentMemory
  ) {
    LinearKernel.run(
      memory.input.floats, inputStride: inputs, rows: axes.length * batch, parameters[0], parameters[2],
      inputs: inputs, outputs: rows, into: memory.gates, outputStride: rows)
    for index in 0..<axes.length {
      let step = isReverse ? axes.length - 1 - index : index
      LinearKernel.run(
        memory.hidden.floats, inputStride: sizes.outputs, rows: batch, parameters[1], parameters[3],
        inputs: sizes.outputs, outputs: rows, into: memory.recurrent, outputStride: rows)
      let state = parameters[4].isPresent ? memory.projected : memory.hidden
      for sample in 0..<batch { update(step * batch + sample, sample, memory, into: state) }
      if parameters[4].isPresent {
        LinearKernel.run(
          memory.projected.floats, inputStride: sizes.hidden, rows: batch, parameters[4], .absent,
          inputs: sizes.hidden, outputs: sizes.outputs, into: memory.hidden, outputStride: sizes.outputs)
      }
      for sample in 0..<batch {
        memory.result.from((step * batch + sample) * width + (isReverse ? sizes.outputs : 0)).base.update(
          from: memory.hidden.base + sample * sizes.outputs, count: sizes.outputs)
      }
    }
  }

  /// One step of one sample: row `row` of the gates, sample `sample` of the states.
  private func update(_ row: Int, _ sample: Int, _ memory: RecurrentMemory, into state: Output) {
    let (n, x, r) = (sizes.hidden, memory.gates.from(row * rows), memory.recurrent.from(sample * rows))
    let (h, c) = (state.from(sample * n), memory.cell.from(sample * n))
    func sigmoid(_ x: Float) -> Float { ElementKernel.sigmoid(x) }
    switch cell {
    case .plain:
      for j in 0..<n { h[j] = tanhf(x[j] + r[j]) }
    case .lstm:
      for j in 0..<n {
        let (input, forget) = (sigmoid(x[j] + r[j]), sigmoid(x[n + j] + r[n + j]))
        c[j] = forget * c[j] + input * tanhf(x[2 * n + j] + r[2 * n + j])
        h[j] = sigmoid(x[3 * n + j] + r[3 * n + j]) * tanhf(c[j])
      }
    case .gru:
      for j in 0..<n {
        let (reset, update) = (sigmoid(x[j] + r[j]), sigmoid(x[n + j] + r[n + j]))
        let new = tanhf(x[2 * n + j] + reset * r[2 * n + j])
        h[j] = (1 - update) * new + update * h[j]
      }
    }
  }
}

/// The memory of a thread.
struct RecurrentMemory {
  /// A layer's input and result, `[L, batch, size]`.
  var input, result: Output
  /// What the input and the state give to the gates, for all steps and for one.
  let gates, recurrent: Output
  /// The states of each sample.
  let hidden, cell, projected: Output

  private static func counts(_ kernel: RecurrentKernel, _ batch: Int) -> [Int] {
    let (sizes, length) = (kernel.sizes, kernel.axes.length)
    let sequence = length * batch * max(sizes.inputs, sizes.directions * sizes.outputs)
    let rows = kernel.gates * sizes.hidden
    return [sequence, sequence, length * batch * rows, batch * rows]
      + [sizes.outputs, sizes.hidden, sizes.hidden].map { batch * $0 }
  }

  /// How many elements that takes.
  static func count(_ kernel: RecurrentKernel, _ batch: Int) -> Int { counts(kernel, batch).reduce(0, +) }

  init(_ scratch: Output, _ kernel: RecurrentKernel, _ batch: Int) {
    var first = 0
    let parts = RecurrentMemory.counts(kernel, batch).map { count in
      defer { first += count }
      return scratch.from(first)
    }
    (input, result, gates, recurrent) = (parts[0], parts[1], parts[2], parts[3])
    (hidden, cell, projected) = (parts[4], parts[5], parts[6])
  }
}
