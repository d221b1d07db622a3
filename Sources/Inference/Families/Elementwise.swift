import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Of every element; softmax over the last axis.
extension Activation: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [try only(inputs)] }

  /// The function's values.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let result = try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
      ElementKernel.apply(function, x[0], into: y, row: shape.sizes.last ?? 1, threads: pass.threads)
    }
    return [result]
  }
}

/// Of every element.
extension Rescale: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [try only(inputs)] }

  /// The products.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let factor = Float(factor)
    let result = try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
      ElementKernel.map(x[0], into: y, cost: 1, threads: pass.threads) { factor * $0 }
    }
    return [result]
  }
}

/// With one slope, or one for each channel of `[N, C, …]`.
extension PReLU: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    try require("weight", weight, [weight.count])
    guard weight.count == 1 || (input.rank >= 2 && input[1] == weight.count) else {
      throw wrongShape(input, expected: "[N, \(weight.count), …]")
    }
    return [input]
  }

  /// `x`, times the slope where it is below 0.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (shape, channels) = (try resultShape(inputs), weight.count)
    let length = channels == 1 ? shape.sizes.last ?? 1 : shape.count(2..<shape.rank)
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight]) { x, y in
      ElementKernel.prelu(x[0], x[1], channels: channels, length: length, into: y, threads: pass.threads)
    }
    return [result]
  }
}

/// Of every element; factors are repeated along axes that they lack or have with size 1.
extension Scale: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try require("bias", bias, weight.shape.sizes)
    return [try shapeScaled(by: weight, inputs)]
  }

  /// `w∘x + b`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    return [try inputs[0].scaled(shape, weight, bias, by: kind.name, in: pass)]
  }
}

/// Of every element; factors are repeated along axes that they lack or have with size 1.
extension LayerScale: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    [try shapeScaled(by: weight, inputs)]
  }

  /// `w∘x`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    return [try inputs[0].scaled(shape, weight, nil, by: kind.name, in: pass)]
  }
}

extension Layer {
  fileprivate func shapeScaled(by weight: Tensor, _ inputs: [Shape]) throws(Diagnostic) -> Shape {
    let (input, factors) = (try only(inputs), weight.shape.sizes)
    let pairs = zip(input.sizes.reversed(), factors.reversed())
    guard factors.count <= input.rank, pairs.allSatisfy({ $1 == 1 || $0 == $1 }) else {
      throw wrongShape(input, expected: "a shape that factors of \(weight.shape) fit")
    }
    return input
  }
}

extension Tensor {
  fileprivate func scaled(
    _ shape: Shape, _ weight: Tensor, _ bias: Tensor?, by name: String, in pass: ForwardPass
  ) throws(Diagnostic) -> Tensor {
    try .computed(shape, by: name, from: [self, weight, bias]) { x, y in
      let (factors, threads) = (weight.shape, pass.threads)
      JoinKernel.combine([x[0], x[1]], [shape, factors], shape, to: y, threads: threads) { $0 * $1 }
      guard x[2].isPresent else { return }
      JoinKernel.combine([y.floats, x[2]], [shape, factors], shape, to: y, threads: threads) { $0 + $1 }
    }
  }
}
