import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over one sequence, or over queries, keys and values: `[L, N, size]` as in torch, `[N, L, size]` if so
/// made, and `[L, size]` without a batch.
extension MultiHeadAttention: ForwardLayer {
  /// The shape of the queries, with the output's size.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let kernel = try kernel(inputs)
    return [try inputs[0].withLast(kernel.size)]
  }

  /// The heads' means of values, weighted by the softmax of `q·k/√(size/heads)`, put through ``outProj``.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let kernel = try kernel(inputs.map(\.shape))
    let sources = inputs.count == 1 ? Array(repeating: inputs[0], count: 3) : inputs
    let operands =
      sources + [inProjWeight, qProjWeight, kProjWeight, vProjWeight]
      + [inProjBias, biasK, biasV, outProj.weight, outProj.bias]
    let result = try Tensor.computed(shape, by: kind.name, from: operands) { (x, y) throws(Diagnostic) in
      try kernel.run(AttentionKernel.Operands(x, size: kernel.size), into: y, threads: pass.threads)
    }
    return [result]
  }

  /// The sizes, after everything was checked.
  private func kernel(_ inputs: [Shape]) throws(Diagnostic) -> AttentionKernel {
    guard inputs.count == 1 || inputs.count == 3 else {
      throw wrongCount(inputs.count, expected: "1 tensor, or queries, keys and values")
    }
    let widths = try checkedWidths()
    var axes: [SequenceAxes] = []
    for (index, width) in widths.enumerated() {
      let input = inputs[inputs.count == 1 ? 0 : index]
      guard let found = SequenceAxes(input, isBatchFirst: isBatchFirst), found.size == width else {
        throw wrongShape(input, expected: isBatchFirst ? "[N, L, \(width)]" : "[L, N, \(width)]")
      }
      axes.append(found)
    }
    guard axes[1].length == axes[2].length, axes.allSatisfy({ $0.batch == axes[0].batch }),
      axes.allSatisfy({ $0.hasBatch == axes[0].hasBatch })
    else { throw wrongShape(inputs[1], expected: "keys and values of one length, and all of one batch") }
    return AttentionKernel(
      queries: axes[0], keys: axes[1], values: axes[2], size: outProj.weight.shape[0], heads: heads,
      hasExtra: biasK != nil)
  }

  /// The sizes of the inputs' last axes, after the layer's own tensors were checked.
  private func checkedWidths() throws(Diagnostic) -> [Int] {
    guard outProj.weight.shape.rank == 2 else {
      throw misfit("holds an 'out_proj.weight' of another shape", found: "\(outProj.weight.shape)")
    }
    let size = outProj.weight.shape[0]
    guard heads > 0, size % heads == 0 else {
      throw misfit("has heads that do not divide its size", found: "\(heads) heads of \(size)")
    }
    try require("out_proj.weight", outProj.weight, [size, size])
    try require("out_proj.bias", outProj.bias, [size])
    try require("in_proj_weight", inProjWeight, [3 * size, size])
    try require("in_proj_bias", inProjBias, [3 * size])
    guard (biasK == nil) == (biasV == nil) else { throw misfit("has one of 'bias_k' and 'bias_v'") }
    for (name, tensor) in [("bias_k", biasK), ("bias_v", biasV)] { try require(name, tensor, [1, 1, size]) }
    guard inProjWeight == nil else { return [size, size, size] }
    var widths: [Int] = []
    for (name, tensor) in [
      ("q_proj_weight", qProjWeight), ("k_proj_weight", kProjWeight), ("v_proj_weight", vProjWeight),
    ] {
      guard let tensor, let width = tensor.shape.sizes.last else {
        throw misfit("lacks a tensor", expected: "'\(name)' or 'in_proj_weight'", found: "nothing")
      }
      try require(name, tensor, [size, width])
      widths.append(width)
    }
    return widths
  }
}
