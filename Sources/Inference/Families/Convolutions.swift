import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over `[N, C, …]` with one to three spatial axes.
extension Conv: ForwardLayer {
  /// `[N, out, …]`; along each spatial axis, `(size + 2·padding − dilation·(kernel − 1) − 1) / stride + 1`,
  /// rounded down.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let axes = try spatialAxes(weight, [stride, padding, dilation], groups: groups)
    try require("bias", bias, [weight.shape[0]])
    guard input.rank == axes.count + 2, input[1] == weight.shape[1] * groups else {
      throw wrongShape(input, expected: expectedImage(weight.shape[1] * groups, axes.count))
    }
    var sizes = [input[0], weight.shape[0]]
    for (axis, size) in zip(axes, input.sizes.dropFirst(2)) {
      guard let size = axis.convolved(size) else {
        throw wrongShape(input, expected: "axes of at least \(axis.reach) with \(axis.padding) around them")
      }
      sizes.append(size)
    }
    return [try .checked(sizes)]
  }

  /// The convolution (cross-correlation, as in torch).
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let axes = try spatialAxes(weight, [stride, padding, dilation], groups: groups)
    let windows = Windows(axes, large: inputs[0].shape, small: shape)
    let kernel = ConvolutionKernel(
      batch: shape[0], groups: groups, inputs: weight.shape[1], outputs: weight.shape[0] / groups,
      windows: windows)
    return [
      try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight, bias]) { (x, y) throws(Diagnostic) in
        try kernel.run(x[0], x[1], x[2], into: y, threads: pass.threads)
      }
    ]
  }
}

/// Over `[N, C, …]` with one to three spatial axes.
extension ConvTranspose: ForwardLayer {
  /// `[N, out, …]`; along each spatial axis,
  /// `(size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let axes = try spatialAxes(
      weight, [stride, padding, dilation, outputPadding], groups: groups)
    let outputs = try Shape.checked([weight.shape[1], groups]).count
    try require("bias", bias, [outputs])
    guard input.rank == axes.count + 2, input[1] == weight.shape[0] else {
      throw wrongShape(input, expected: expectedImage(weight.shape[0], axes.count))
    }
    var sizes = [input[0], outputs]
    for (index, axis) in axes.enumerated() {
      guard outputPadding[index] < max(axis.stride, axis.dilation) else {
        throw misfit(
          "has too much output padding", expected: "less than stride or dilation",
          found: "\(outputPadding[index])")
      }
      guard let size = axis.transposed(input[index + 2], adding: outputPadding[index]) else {
        throw wrongShape(input, expected: "axes of which more is left than the padding of \(axis.padding)")
      }
      sizes.append(size)
    }
    return [try .checked(sizes)]
  }

  /// The adjoint of a convolution.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let axes = try spatialAxes(weight, [stride, padding, dilation], groups: groups)
    let windows = Windows(axes, large: shape, small: inputs[0].shape)
    let kernel = TransposedKernel(
      batch: shape[0], groups: groups, inputs: weight.shape[0] / groups, outputs: weight.shape[1],
      windows: windows)
    return [
      try Tensor.computed(shape, by: kind.name, from: [inputs[0], weight, bias]) { (x, y) throws(Diagnostic) in
        try kernel.run(x[0], x[1], x[2], into: y, threads: pass.threads)
      }
    ]
  }
}

extension Layer {
  /// The spatial axes of a convolution; `lists` are stride, padding, dilation, and what else there is.
  fileprivate func spatialAxes(
    _ weight: Tensor, _ lists: [[Int]], groups: Int
  ) throws(Diagnostic) -> [SlidingAxis] {
    let kernel = Array(weight.shape.sizes.dropFirst(2))
    guard (1...3).contains(kernel.count), kernel.allSatisfy({ $0 > 0 }) else {
      throw misfit(
        "holds a 'weight' of another shape", expected: "two axes for channels and 1 to 3 for the kernel",
        found: "\(weight.shape)")
    }
    guard groups > 0, groups <= max(1, weight.shape[0]), weight.shape[0] % groups == 0 else {
      throw misfit("has groups that do not divide its channels", found: "\(groups) groups of \(weight.shape)")
    }
    let least = [1, 0, 1, 0]
    for (list, least) in zip(lists, least) {
      guard list.count == kernel.count, list.allSatisfy({ $0 >= least && $0 <= Int(Int32.max) }) else {
        throw misfit(
          "has a stride, padding or dilation that does not suit its kernel",
          expected: "\(kernel.count) numbers from \(least) on", found: "\(list)")
      }
    }
    return kernel.indices.map {
      SlidingAxis(kernel: kernel[$0], stride: lists[0][$0], padding: lists[1][$0], dilation: lists[2][$0])
    }
  }

  fileprivate func expectedImage(_ channels: Int, _ axes: Int) -> String {
    "[N, \(channels)\(["", ", L", ", H, W", ", D, H, W"][axes])]"
  }
}
