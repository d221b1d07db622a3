import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over `[N, H, W, size]`.
extension WindowAttention: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let size = proj.weight.shape.sizes.first ?? 0
    guard window > 0, shift >= 0, shift < window, heads > 0, size % heads == 0 else {
      throw misfit(
        "has sizes that cannot be", expected: "heads that divide the size, a shift within a window",
        found: "\(heads) heads of \(size), window \(window), shift \(shift)")
    }
    try require(
      "relative_position_bias_table", relativePositionBiasTable, [(2 * window - 1) * (2 * window - 1), heads])
    try require("qkv.weight", qkv.weight, [3 * size, size])
    try require("qkv.bias", qkv.bias, [3 * size])
    try require("proj.weight", proj.weight, [size, size])
    try require("proj.bias", proj.bias, [size])
    guard input.rank == 4, input[3] == size, input[1] > 0, input[2] > 0 else {
      throw wrongShape(input, expected: "[N, H, W, \(size)]")
    }
    return [input]
  }

  /// Each window's heads, weighted by the softmax of `q·k/√(size/heads)` and the bias of their relative position;
  /// places that were not neighbors before the shift do not see each other.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let kernel = WindowKernel(shape, heads: heads, window: window, shift: shift)
    let operands = [inputs[0], relativePositionBiasTable, qkv.weight, qkv.bias, proj.weight, proj.bias]
    return [
      try Tensor.computed(shape, by: kind.name, from: operands) { (x, y) throws(Diagnostic) in
        try kernel.run(x, into: y, threads: pass.threads)
      }
    ]
  }
}

/// Over `[N, H, W, C]`.
extension PatchMerge: ForwardLayer {
  /// `[N, ⌈H/2⌉, ⌈W/2⌉, 4·C]`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard input.rank == 4 else { throw wrongShape(input, expected: "[N, H, W, C]") }
    return [try .checked([input[0], (input[1] + 1) / 2, (input[2] + 1) / 2, 4 * input[3]])]
  }

  /// Places beyond the end count as zeros; the order is that of torchvision: down first, then across.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (input, shape) = (try only(inputs).shape, try resultShape(inputs))
    let channels = input[3]
    let result = try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
      Threads.forRanges(shape[0] * shape[1], cost: shape[2] * shape[3], threads: pass.threads) { rows in
        for row in rows {
          for place in 0..<shape[2] * 4 {
            let (column, corner) = (place / 4, place % 4)
            let (h, w) = (row % shape[1] * 2 + corner % 2, column * 2 + corner / 2)
            let target = y.base + (row * shape[2] * 4 + place) * channels
            guard h < input[1], w < input[2] else { target.update(repeating: 0, count: channels); continue }
            let source = ((row / shape[1] * input[1] + h) * input[2] + w) * channels
            target.update(from: x[0].base + source, count: channels)
          }
        }
      }
    }
    return [result]
  }
}
