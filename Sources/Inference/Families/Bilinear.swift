import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Of two inputs, `[…, in₁]` and `[…, in₂]`, over their last axes.
extension Bilinear: ForwardLayer {
  /// `[…, out]`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    guard inputs.count == 2 else { throw wrongCount(inputs.count, expected: "2 tensors") }
    guard weight.shape.rank == 3 else {
      throw misfit("holds a 'weight' of another shape", expected: "[out, in₁, in₂]", found: "\(weight.shape)")
    }
    try require("bias", bias, [weight.shape[0]])
    for (input, axis) in zip(inputs, 1...) where input.sizes.last != weight.shape[axis] {
      throw wrongShape(input, expected: "[…, \(weight.shape[axis])]")
    }
    guard inputs[0].sizes.dropLast() == inputs[1].sizes.dropLast() else {
      throw wrongShape(inputs[1], expected: "\(inputs[0].sizes.dropLast() + [weight.shape[2]])")
    }
    return [try inputs[0].withLast(weight.shape[0])]
  }

  /// `xᵀ·Wₖ·z + bₖ` for each `k`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let (outputs, first, second) = (weight.shape[0], weight.shape[1], weight.shape[2])
    let result = try Tensor.computed(shape, by: kind.name, from: inputs + [weight, bias]) { (x, y) throws(Diagnostic) in
      try Threads.forRanges(shape.count / outputs, cost: weight.count, threads: pass.threads) {
        (rows) throws(Diagnostic) in
        try BilinearKernel.run(x, rows, outputs: outputs, first, second, into: y)
      }
    }
    return [result]
  }
}
