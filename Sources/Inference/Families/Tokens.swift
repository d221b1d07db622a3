import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over `[N, L, size]`.
extension ClassToken: ForwardLayer {
  /// `[N, L + 1, size]`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let (input, size) = (try only(inputs), weight.count)
    try require("weight", weight, [1, 1, size])
    guard input.rank == 3, input[2] == size else { throw wrongShape(input, expected: "[N, L, \(size)]") }
    return [try .checked([input[0], input[1] + 1, size])]
  }

  /// The token, then the sequence, for each sample.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (shape, size) = (try resultShape(inputs), weight.count)
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight]) { x, y in
      let length = shape[1] * size
      for sample in 0..<shape[0] {
        let target = y.base + sample * length
        target.update(from: x[1].base, count: size)
        (target + size).update(from: x[0].base + sample * (length - size), count: length - size)
      }
    }
    return [result]
  }
}

/// Over `[N, length, size]`.
extension PositionEmbedding: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard weight.shape.rank == 3, weight.shape[0] == 1 else {
      throw misfit("holds a 'weight' of another shape", expected: "[1, length, size]", found: "\(weight.shape)")
    }
    guard input.rank == 3, input.sizes.dropFirst() == weight.shape.sizes.dropFirst() else {
      throw wrongShape(input, expected: "[N, \(weight.shape[1]), \(weight.shape[2])]")
    }
    return [input]
  }

  /// The sum.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight]) { x, y in
      JoinKernel.combine(x, [shape, weight.shape], shape, to: y, threads: pass.threads) { $0 + $1 }
    }
    return [result]
  }
}
