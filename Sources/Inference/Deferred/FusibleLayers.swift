import COneDNN
import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension BatchNorm: FusibleLayer {
  /// Behind a convolution as a part of it; else of pictures in oneDNN's order, by running statistics.
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor? {
    guard !input.isPlain, runningMean != nil, runningVar != nil else { return nil }
    let shape = try inferShapes([input.shape])[0]
    _ = try readableStatistics()
    if let larger = input.absorbed(by: { op in op.function == nil ? op.normalized?(self) : nil }) {
      return DeferredTensor(larger, shape)
    }
    let op = DeferredOp(
      inputs: [input],
      compute: { (function) throws(Diagnostic) in
        guard let x = try input.blocked(by: kind.name) else { return nil }
        let y = normalized(x, try NormFactors(self), isRectified: function == .relu)
        return function == .relu ? y : activated(y, function)
      }, fallback: { [pass = engine.pass] () throws(Diagnostic) in try forward([try input.tensor()], in: pass)[0] })
    return DeferredTensor(op, shape)
  }

  private func normalized(_ x: BlockedTensor, _ factors: NormFactors, isRectified: Bool) -> BlockedTensor? {
    withExtendedLifetime(x) {
      BlockedTensor(
        rd_normalize(
          x.raw, factors.means.map(Float.init), factors.scales.map(Float.init), factors.shifts.map(Float.init),
          isRectified))
    }
  }
}

extension Activation: FusibleLayer {
  /// As a part of what is still to be computed; else of pictures in oneDNN's order.
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor? {
    guard !input.isPlain, function.blocked != nil else { return nil }
    if let larger = input.absorbed(by: { $0.activated(by: function) }) { return DeferredTensor(larger, input.shape) }
    let op = DeferredOp(
      function: function, inputs: [input],
      compute: { (function) throws(Diagnostic) in
        guard let x = try input.blocked(by: kind.name) else { return nil }
        return withExtendedLifetime(x) { activated(x, function) }
      }, fallback: { () throws(Diagnostic) in try input.tensor() })
    return DeferredTensor(op, input.shape)
  }
}

extension Pool: FusibleLayer {
  /// Of pictures in oneDNN's order; means only where no window reaches beyond the margin.
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor? {
    guard !input.isPlain, input.shape.rank == 4 else { return nil }
    let shape = try inferShapes([input.shape])[0]
    guard var window = window(input.shape, shape) else { return nil }
    let op = DeferredOp(
      inputs: [input],
      compute: { (function) throws(Diagnostic) in
        guard let x = try input.blocked(by: kind.name) else { return nil }
        let y = withExtendedLifetime(x) { BlockedTensor(rd_pool(&window, x.raw)) }
        return activated(y, function)
      }, fallback: { [pass = engine.pass] () throws(Diagnostic) in try forward([try input.tensor()], in: pass)[0] })
    return DeferredTensor(op, shape)
  }

  private func window(_ input: Shape, _ result: Shape) -> rd_window? {
    var (sizes, steps, before, behind) = (kernel, stride, padding, [0, 0])
    for axis in 0..<2 {
      let (size, count) = (input[axis + 2], result[axis + 2])
      if output != nil {
        guard size % count == 0 else { return nil }
        if axis == 0 { (sizes, steps, before) = ([0, 0], [0, 0], [0, 0]) }
        (sizes[axis], steps[axis]) = (size / count, size / count)
      }
      behind[axis] = (count - 1) * steps[axis] + sizes[axis] - size - before[axis]
      guard reduction == .max || behind[axis] <= before[axis], behind[axis] < sizes[axis] else { return nil }
    }
    func pair(_ list: [Int]) -> (Int64, Int64) { (Int64(list[0]), Int64(list[1])) }
    return rd_window(
      output: (Int64(result[0]), Int64(result[1]), Int64(result[2]), Int64(result[3])), kernel: pair(sizes),
      stride: pair(steps), before: pair(before), behind: pair(behind), is_mean: reduction == .mean)
  }
}
