import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A sequence in, the last layer's hidden states out: `[L, N, in]` becomes `[L, N, D·out]`, as in torch, with
/// the batch first if so made, and without a batch from `[L, in]`.
///
/// With a first hidden state `[D·layers, N, out]` as second input (and a cell state `[D·layers, N, hidden]`
/// as third for an LSTM) the states after the last step are given, too.
protocol RecurrentForward: RecurrentLayer, ForwardLayer {
  /// The tensors.
  var parameters: RecurrentParameters { get }
  /// What a step does.
  static var cell: RecurrentCell { get }
}

extension RNN: ForwardLayer, RecurrentForward {
  static var cell: RecurrentCell { .plain }
}
extension LSTM: ForwardLayer, RecurrentForward {
  static var cell: RecurrentCell { .lstm }
}
extension GRU: ForwardLayer, RecurrentForward {
  static var cell: RecurrentCell { .gru }
}

extension RecurrentForward {
  /// The shape of the hidden states of all steps; with states, also theirs.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let states = Self.cell == .lstm ? 2 : 1
    guard let input = inputs.first, inputs.count == 1 || inputs.count == 1 + states else {
      throw wrongCount(inputs.count, expected: "1 tensor, or \(1 + states) with states")
    }
    guard let axes = SequenceAxes(input, isBatchFirst: sizes.isBatchFirst), axes.size == sizes.inputs else {
      throw wrongShape(
        input, expected: sizes.isBatchFirst ? "[N, L, \(sizes.inputs)]" : "[L, N, \(sizes.inputs)]")
    }
    _ = try cells()
    let layers = sizes.layers * sizes.directions
    let expected = [sizes.outputs, sizes.hidden].prefix(states).map {
      axes.hasBatch ? [layers, axes.batch, $0] : [layers, $0]
    }
    for (state, sizes) in zip(inputs.dropFirst(), expected) where state.sizes != sizes {
      throw wrongShape(state, expected: "a state of \(sizes)")
    }
    let result = try input.withLast(sizes.directions * sizes.outputs)
    return inputs.count == 1 ? [result] : [result] + inputs.dropFirst()
  }

  /// The hidden states of all steps; with states, also those after the last step.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shapes = try inferShapes(inputs.map(\.shape))
    guard let axes = SequenceAxes(inputs[0].shape, isBatchFirst: sizes.isBatchFirst) else { return [] }
    let kernel = RecurrentKernel(cell: Self.cell, sizes: sizes, axes: axes, gates: Self.gates)
    let states = Array(inputs.dropFirst()).map { Optional($0) }
    let operands =
      [inputs[0]] + states + Array(repeating: nil, count: 2 - states.count) + (try cells().flatMap { $0 })
    let count = try Shape.checked([shapes.reduce(0) { $0 + $1.count }])
    let all = try Tensor.computed(count, by: kind.name, from: operands) { (x, y) throws(Diagnostic) in
      try kernel.run(x, into: y, hasStates: !states.isEmpty, threads: pass.threads)
    }
    return try all.cut(into: shapes)
  }

  /// The tensors of each layer and direction: for the input, for the state, their biases, the projection.
  private func cells() throws(Diagnostic) -> [[Tensor?]] {
    let (rows, outputs) = (Self.gates * sizes.hidden, sizes.outputs)
    var cells: [[Tensor?]] = []
    for layer in 0..<sizes.layers {
      let inputs = layer == 0 ? sizes.inputs : sizes.directions * outputs
      for suffix in sizes.isBidirectional ? ["", "_reverse"] : [""] {
        let name = "_l\(layer)\(suffix)"
        cells.append([
          try parameter("weight_ih" + name, [rows, inputs]),
          try parameter("weight_hh" + name, [rows, outputs]),
          try parameter("bias_ih" + name, [rows], exists: sizes.hasBias),
          try parameter("bias_hh" + name, [rows], exists: sizes.hasBias),
          try parameter("weight_hr" + name, [outputs, sizes.hidden], exists: sizes.projection != nil),
        ])
      }
    }
    return cells
  }

  private func parameter(_ name: String, _ sizes: [Int], exists: Bool = true) throws(Diagnostic) -> Tensor? {
    guard exists else { return nil }
    guard let entry = parameters.entries.first(where: { $0.name == name }) else {
      throw misfit("lacks a tensor", expected: "'\(name)'", found: "nothing")
    }
    try require(name, entry.tensor, sizes)
    return entry.tensor
  }
}

extension RecurrentSizes {
  /// 2 where layers read in both directions.
  var directions: Int { isBidirectional ? 2 : 1 }
  /// The size of a hidden state.
  var outputs: Int { projection ?? hidden }
}

extension Tensor {
  /// Tensors of some shapes from the elements of one, in order.
  fileprivate func cut(into shapes: [Shape]) throws(Diagnostic) -> [Tensor] {
    guard shapes.count > 1 else { return shapes.map { reshaped($0) } }
    var parts: [Tensor] = []
    var first = 0
    for shape in shapes {
      parts.append(
        try .computed(shape, by: "cut", from: [self]) { x, y in
          y.base.update(from: x[0].base + first, count: shape.count)
        })
      first += shape.count
    }
    return parts
  }
}
