import COneDNN
import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Conv: FusibleLayer {
  /// Of pictures, where the work is worth it or the input is in oneDNN's order already.
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor? {
    guard engine.pass.kernels != .own, input.shape.rank == 4, weight.shape.rank == 4 else { return nil }
    let shape = try inferShapes([input.shape])[0]
    guard shape.count > 0, weight.count > 0 else { return nil }
    let work = shape.count.multipliedReportingOverflow(by: weight.count / weight.shape[0])
    guard !input.isPlain || engine.starts(work: work.overflow ? .max : work.partialValue) else { return nil }
    // Done now, so that what is still to be done never piles up.
    try input.settle()
    return DeferredTensor(try DeferredConvolution(self, input, shape, engine.pass).op, shape)
  }
}

/// A convolution that is still to be done, perhaps with a norm behind and a sum behind that.
struct DeferredConvolution {
  private let conv: Conv
  private let input: DeferredTensor
  private let shape: Shape
  private let pass: ForwardPass
  private let weight: Tensor
  private let bias: Tensor?
  private var norm: BatchNorm?
  /// What is added to the result.
  private var addend: DeferredTensor?

  /// - Throws: what is wrong with the layer's tensors and its input's type.
  init(_ conv: Conv, _ input: DeferredTensor, _ shape: Shape, _ pass: ForwardPass) throws(Diagnostic) {
    (self.conv, self.input, self.shape, self.pass) = (conv, input, shape, pass)
    weight = try conv.weight.readable(by: conv.kind.name)
    bias = try conv.bias?.readable(by: conv.kind.name)
    if input.isPlain { _ = try input.tensor().readable(by: conv.kind.name) }
  }

  var op: DeferredOp {
    var op = DeferredOp(
      inputs: [input] + (addend.map { [$0] } ?? []),
      compute: { [self] (function) throws(Diagnostic) in try compute(function) },
      fallback: { [self] () throws(Diagnostic) in try fallback() })
    guard addend == nil else { return op }
    op.adding = { [self] addend in with { $0.addend = addend } }
    if norm == nil { op.normalized = { [self] norm in with { $0.norm = norm } } }
    return op
  }

  private func with(_ change: (inout DeferredConvolution) -> Void) -> DeferredOp {
    var copy = self
    change(&copy)
    return copy.op
  }

  private func fallback() throws(Diagnostic) -> Tensor {
    let result = try conv.forward([try input.tensor()], in: pass)[0]
    let normalized = try norm?.forward([result], in: pass)[0] ?? result
    guard let addend else { return normalized }
    return try Connection.add.joined([normalized, try addend.tensor()], in: pass)
  }

  private func compute(_ function: Activation.Function?) throws(Diagnostic) -> BlockedTensor? {
    guard let after = function.map(\.blocked) ?? RD_NONE, let x = try input.blocked(by: conv.kind.name) else {
      return nil
    }
    let pictures = try addend?.blocked(by: conv.kind.name)
    guard (pictures == nil) == (addend == nil) else { return nil }
    var sum = rd_addend(pictures: pictures?.raw, is_free: addend?.isFree ?? false, is_taken: false)
    let result = try withExtendedLifetime((x, pictures)) { () throws(Diagnostic) in
      try convolve(description(after), x, &sum)
    }
    guard sum.is_taken else { return result }
    addend?.surrender()
    guard let result else { throw .oneDNNFailed("a convolution to \(shape)") }
    return result
  }

  private func convolve(
    _ description: rd_convolution, _ x: BlockedTensor, _ sum: inout rd_addend
  ) throws(Diagnostic) -> BlockedTensor? {
    let entry = try entry()
    // Weights that were put into order before are asked for first: scaling them takes as long as the pass.
    let result = entry.convolve(description, x.raw, weights: nil, &sum)
    if result != nil || sum.is_taken { return BlockedTensor(result) }
    return try scaled(try factors()) { BlockedTensor(entry.convolve(description, x.raw, weights: $0, &sum)) }
  }

  private func factors() throws(Diagnostic) -> NormFactors? {
    guard let norm else { return nil }
    return try NormFactors(norm)
  }

  /// The weights and offsets of this convolution with this norm, as an earlier pass has them, or to be put into order.
  private func entry() throws(Diagnostic) -> PackedWeights.Entry {
    let tensors = [conv.weight, conv.bias] + (norm?.statistics ?? [])
    if let entry = pass.packed.entry(for: tensors, eps: norm?.eps ?? 0) { return entry }
    let entry = PackedWeights.Entry(offsets: offsets(try factors()))
    pass.packed.add(entry, for: tensors, eps: norm?.eps ?? 0)
    return entry
  }

  private func description(_ function: rd_function) -> rd_convolution {
    func pair(_ list: [Int]) -> (Int64, Int64) { (Int64(list[0]), Int64(list[1])) }
    func four(_ shape: Shape) -> (Int64, Int64, Int64, Int64) {
      (Int64(shape[0]), Int64(shape[1]), Int64(shape[2]), Int64(shape[3]))
    }
    return rd_convolution(
      input: four(input.shape), output: four(shape), kernel: pair(Array(weight.shape.sizes[2...])),
      stride: pair(conv.stride), padding: pair(conv.padding), dilation: pair(conv.dilation),
      groups: Int64(conv.groups), function: function,
      has_bias: bias != nil || norm != nil ? 1 : 0, has_addend: addend != nil ? 1 : 0)
  }

  /// The offsets: the convolution's own, moved and scaled by the norm.
  private func offsets(_ factors: NormFactors?) -> [Float] {
    let own = bias.map { $0.floats } ?? Array(repeating: 0, count: shape[1])
    guard let factors else { return own }
    return own.indices.map { Float((Double(own[$0]) - factors.means[$0]) * factors.scales[$0] + factors.shifts[$0]) }
  }

  /// Lends the weights, scaled by the norm.
  private func scaled<Result>(_ factors: NormFactors?, _ body: (UnsafePointer<Float>) -> Result) throws(Diagnostic)
    -> Result
  {
    let elements = weight.lentFloats
    guard let factors else { return withExtendedLifetime(weight) { body(elements.base) } }
    let length = weight.count / shape[1]
    return try Scratch.with(weight.count) { values in
      for channel in 0..<shape[1] {
        let scale = factors.scales[channel]
        for i in channel * length..<(channel + 1) * length { values[i] = Float(Double(elements[i]) * scale) }
      }
      return body(values.base)
    }
  }
}
