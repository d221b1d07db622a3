import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over `[N, C, …]` with one to three spatial axes.
extension Pool: ForwardLayer {
  /// `[N, C, …]`; along each spatial axis, `(size + 2·padding − kernel) / stride + 1` rounded down (up with
  /// `ceilMode`, but no window begins beyond the input), or as ``Layers/Pool/output`` says.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let windows = try windows(over: input)
    return [try .checked(input.sizes.prefix(2) + windows.map(\.count))]
  }

  /// The largest or the mean value under each window; a mean counts the margin's zeros, as torch's default
  /// does.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let kernel = PoolKernel(inputs[0].shape, try windows(over: inputs[0].shape).map { $0.list() })
    let result = try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
      switch reduction {
      case .max: kernel.largest(x[0], into: y, threads: pass.threads)
      case .mean: kernel.mean(x[0], into: y, threads: pass.threads)
      }
    }
    return [result]
  }

  private func windows(over input: Shape) throws(Diagnostic) -> [PoolAxis] {
    let axes = output?.count ?? kernel.count
    guard (1...3).contains(axes), output == nil ? isConsistent : true, output?.allSatisfy({ $0 > 0 }) ?? true
    else {
      throw misfit(
        "has windows that cannot be", expected: "1 to 3 axes, with a margin of at most half a window",
        found: output.map { "output \($0)" } ?? "kernel \(kernel), stride \(stride), padding \(padding)")
    }
    guard input.rank == axes + 2, !input.sizes.dropFirst(2).contains(0) else {
      throw wrongShape(input, expected: "\(axes + 2) axes, the spatial ones not empty")
    }
    var windows: [PoolAxis] = []
    for axis in 0..<axes {
      let size = input[axis + 2]
      if let output {
        windows.append(PoolAxis(size, adaptingTo: output[axis]))
        continue
      }
      let sliding = SlidingAxis(
        kernel: kernel[axis], stride: stride[axis], padding: padding[axis], dilation: 1)
      guard let window = PoolAxis(size, sliding, isCeiling: ceilMode) else {
        throw wrongShape(
          input, expected: "axes of at least \(sliding.reach) with \(sliding.padding) around them")
      }
      windows.append(window)
    }
    return windows
  }

  private var isConsistent: Bool {
    stride.count == kernel.count && padding.count == kernel.count
      && kernel.indices.allSatisfy {
        kernel[$0] > 0 && kernel[$0] <= Int(Int32.max) && stride[$0] > 0 && stride[$0] <= Int(Int32.max)
          && padding[$0] >= 0 && padding[$0] <= kernel[$0] / 2
      }
  }
}
