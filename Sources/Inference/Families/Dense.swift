import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over the last axis: `[…, in]` becomes `[…, out]`.
extension Dense: ForwardLayer {
  /// `[…, out]`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard weight.shape.rank == 2 else {
      throw misfit("holds a 'weight' of another shape", expected: "[out, in]", found: "\(weight.shape)")
    }
    try require("bias", bias, [weight.shape[0]])
    guard input.sizes.last == weight.shape[1] else {
      throw wrongShape(input, expected: "[…, \(weight.shape[1])]")
    }
    return [try input.withLast(weight.shape[0])]
  }

  /// `x·Wᵀ + b`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    return [try mapped(inputs[0], weight, bias, to: shape, in: pass)]
  }
}

/// Over the last axis.
extension SpatialGate: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let (input, places) = (try only(inputs), bias.count)
    try require("weight", weight, [places, places])
    guard input.sizes.last == places else { throw wrongShape(input, expected: "[…, \(places)]") }
    return [input]
  }

  /// `x·Wᵀ + b`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    return [try mapped(inputs[0], weight, bias, to: shape, in: pass)]
  }
}

extension Layer {
  fileprivate func mapped(
    _ input: Tensor, _ weight: Tensor, _ bias: Tensor?, to shape: Shape, in pass: ForwardPass
  ) throws(Diagnostic) -> Tensor {
    let (outputs, size) = (weight.shape[0], weight.shape[1])
    return try Tensor.computed(shape, by: kind.name, from: [input, weight, bias]) { x, y in
      LinearKernel.run(
        x[0], inputStride: size, rows: shape.count / outputs, x[1], x[2], inputs: size, outputs: outputs,
        into: y, outputStride: outputs, threads: pass.threads)
    }
  }
}
