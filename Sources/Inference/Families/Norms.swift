import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over the last axes, those of `sizes`.
extension LayerNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try require("weight", scale?.weight, sizes)
    try require("bias", scale?.bias, sizes)
    return [try normalizedShape(inputs, sizes)]
  }

  /// `(x − mean) / √(variance + eps)`, scaled.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (shape, length) = (try resultShape(inputs), sizes.reduce(1, *))
    let operands = [inputs[0], scale?.weight, scale?.bias]
    let result = try Tensor.computed(shape, by: kind.name, from: operands) { x, y in
      NormKernel.rows(
        x[0], count: shape.count / length, length: length, eps: eps, x[1], x[2], into: y,
        threads: pass.threads)
    }
    return [result]
  }
}

/// Over the last axes, those of `sizes`.
extension RMSNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try require("weight", weight, sizes)
    return [try normalizedShape(inputs, sizes)]
  }

  /// `x / √(mean of x² + eps)`, scaled.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (shape, length) = (try resultShape(inputs), sizes.reduce(1, *))
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight]) { x, y in
      NormKernel.rootMeanSquare(
        x[0], count: shape.count / length, length: length, eps: eps, x[1], into: y, threads: pass.threads)
    }
    return [result]
  }
}

/// Over `[N, C, …]`, by groups of channels of each sample.
extension GroupNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try require("weight", weight, [channels])
    try require("bias", bias, [channels])
    guard groups > 0, channels % groups == 0 else {
      throw misfit("has groups that do not divide its channels", found: "\(groups) groups of \(channels)")
    }
    return [try channelShape(inputs, channels)]
  }

  /// `(x − mean) / √(variance + eps)`, scaled.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight, bias]) { x, y in
      NormKernel.groups(
        x[0], count: shape[0] * groups, channels: channels / groups, length: shape.count(2..<shape.rank),
        groups: groups, eps: eps, x[1], x[2], into: y, threads: pass.threads)
    }
    return [result]
  }
}

/// Over `[N, C, …]`, by running statistics where there are any, else by those of each channel of each sample.
extension InstanceNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    for (name, tensor) in [
      ("weight", weight), ("bias", bias), ("running_mean", runningMean), ("running_var", runningVar),
    ] { try require(name, tensor, [channels]) }
    return [try channelShape(inputs, channels)]
  }

  /// `(x − mean) / √(variance + eps)`, scaled.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let statistics = RunningStatistics(weight, bias, runningMean, runningVar, eps: eps)
    if statistics.areKnown {
      return [try statistics.normalized(inputs[0], by: kind.name, in: pass)]
    }
    let result = try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight, bias]) { x, y in
      NormKernel.groups(
        x[0], count: shape[0] * channels, channels: 1, length: shape.count(2..<shape.rank), groups: channels,
        eps: eps, x[1], x[2], into: y, threads: pass.threads)
    }
    return [result]
  }
}

/// Over `[N, C, …]`, by running statistics where there are any, else by those of the batch.
extension BatchNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    for (name, tensor) in [
      ("weight", weight), ("bias", bias), ("running_mean", runningMean), ("running_var", runningVar),
    ] { try require(name, tensor, [channels]) }
    return [try channelShape(inputs, channels)]
  }

  /// `(x − mean) / √(variance + eps)`, scaled; as in torch after `eval()`.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    _ = try resultShape(inputs)
    let statistics = RunningStatistics(weight, bias, runningMean, runningVar, eps: eps)
    return [try statistics.normalized(inputs[0], by: kind.name, in: pass)]
  }
}

/// Channels normalized by statistics of past batches, or of this one where there are none.
private struct RunningStatistics {
  let operands: [Tensor?]
  let eps: Double

  init(_ weight: Tensor?, _ bias: Tensor?, _ mean: Tensor?, _ variance: Tensor?, eps: Double) {
    operands = [weight, bias, mean, variance]
    self.eps = eps
  }

  var areKnown: Bool { operands[2] != nil && operands[3] != nil }

  func normalized(_ input: Tensor, by name: String, in pass: ForwardPass) throws(Diagnostic) -> Tensor {
    let (shape, areKnown) = (input.shape, areKnown)
    let length = shape.count(2..<shape.rank)
    return try Tensor.computed(shape, by: name, from: [input] + operands) { x, y in
      NormKernel.channels(
        x[0], batch: shape[0], channels: shape[1], length: length, into: y, threads: pass.threads
      ) {
        channel, pieces in
        let moments =
          areKnown
          ? (mean: Double(x[3][channel]), variance: Double(x[4][channel]))
          : NormKernel.moments(x[0], pieces: Array(pieces), length: length)
        return NormKernel.Affine(
          mean: moments.mean, variance: moments.variance, eps: eps, x[1], x[2], channel: channel)
      }
    }
  }
}

extension Layer {
  /// The shape of an input that ends in axes of those sizes.
  fileprivate func normalizedShape(_ inputs: [Shape], _ sizes: [Int]) throws(Diagnostic) -> Shape {
    let input = try only(inputs)
    guard input.rank >= sizes.count, Array(input.sizes.suffix(sizes.count)) == sizes else {
      throw wrongShape(input, expected: "[…, " + sizes.map(String.init).joined(separator: ", ") + "]")
    }
    return input
  }

  /// The shape of an input with that many channels along axis 1.
  fileprivate func channelShape(_ inputs: [Shape], _ channels: Int) throws(Diagnostic) -> Shape {
    let input = try only(inputs)
    guard input.rank >= 2, input[1] == channels else {
      throw wrongShape(input, expected: "[N, \(channels), …]")
    }
    return input
  }
}
