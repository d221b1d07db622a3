import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// A layer whose results are views of its input.
protocol ViewLayer: Layer, ForwardLayer {
  /// The results, as views of an input of that shape.
  func views(of input: Shape) throws(Diagnostic) -> [StridedView]
}

extension ViewLayer {
  /// The views' shapes.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    var shapes: [Shape] = []
    for view in try views(of: only(inputs)) { shapes.append(try .checked(view.result)) }
    return shapes
  }

  /// The views' elements.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    var results: [Tensor] = []
    for view in try views(of: only(inputs).shape) {
      results.append(
        try Tensor.computed(try .checked(view.result), by: kind.name, from: inputs) { x, y in
          view.copy(x[0], into: y, threads: pass.threads)
        })
    }
    return results
  }

  fileprivate func index(of axis: Int, in input: Shape) throws(Diagnostic) -> Int {
    let index = axis < 0 ? axis + input.rank : axis
    guard input.sizes.indices.contains(index) else {
      throw wrongShape(input, expected: "a tensor with an axis \(axis)")
    }
    return index
  }
}

extension Permute: ForwardLayer, ViewLayer {
  func views(of input: Shape) throws(Diagnostic) -> [StridedView] {
    guard axes.sorted() == Array(input.sizes.indices) else {
      throw wrongShape(input, expected: "\(axes.count) axes, for the order \(axes)")
    }
    return [StridedView(input).permuted(axes)]
  }
}

extension Take: ForwardLayer, ViewLayer {
  func views(of input: Shape) throws(Diagnostic) -> [StridedView] {
    let axis = try index(of: axis, in: input)
    guard (0..<input[axis]).contains(index) else {
      throw wrongShape(input, expected: "an axis \(axis) with an index \(index)")
    }
    return [StridedView(input).part(axis, index..<index + 1).without(axis)]
  }
}

extension Chunk: ForwardLayer, ViewLayer {
  func views(of input: Shape) throws(Diagnostic) -> [StridedView] {
    let axis = try index(of: axis, in: input)
    guard parts > 0, input[axis] % parts == 0 else {
      throw wrongShape(input, expected: "an axis \(axis) that \(parts) parts divide")
    }
    let size = input[axis] / parts
    return (0..<parts).map { StridedView(input).part(axis, $0 * size..<($0 + 1) * size) }
  }
}

extension PixelShuffle: ForwardLayer, ViewLayer {
  func views(of input: Shape) throws(Diagnostic) -> [StridedView] {
    guard factor > 0, input.rank == 4, input[1] % factor % factor == 0, input[1] / factor % factor == 0 else {
      throw wrongShape(input, expected: "[N, C·\(factor)², H, W]")
    }
    let (channels, height, width) = (input[1] / factor / factor, input[2], input[3])
    return [
      StridedView([input[0], channels, factor, factor, height, width]).permuted([0, 1, 4, 2, 5, 3])
        .presented([input[0], channels, height * factor, width * factor])
    ]
  }
}

extension ChannelShuffle: ForwardLayer, ViewLayer {
  func views(of input: Shape) throws(Diagnostic) -> [StridedView] {
    guard groups > 0, input.rank >= 2, input[1] % groups == 0 else {
      throw wrongShape(input, expected: "[N, C, …] with channels that \(groups) groups divide")
    }
    let rest = input.count(2..<input.rank)
    return [
      StridedView([input[0], groups, input[1] / groups, rest]).permuted([0, 2, 1, 3]).presented(input.sizes)
    ]
  }
}

/// Over `[N, C, H, W]`.
extension Upsample: ForwardLayer {
  /// Height and width times the factor, rounded down.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard input.rank == 4, factor > 0, factor <= 65536 else { throw wrongShape(input, expected: "[N, C, H, W]") }
    let sizes = input.sizes.suffix(2).map { Int(clamping: Int128(Double($0) * factor)) }
    return [try .checked(input.sizes.prefix(2) + sizes)]
  }

  /// The nearest place's value, or those of neighbors, weighted.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let (input, shape) = (try only(inputs).shape, try resultShape(inputs))
    let kernel = UpsampleKernel(
      rows: .init(input[2], shape[2], factor, mode), columns: .init(input[3], shape[3], factor, mode))
    return [
      try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
        kernel.run(x[0], planes: shape[0] * shape[1], into: y, threads: pass.threads)
      }
    ]
  }
}
