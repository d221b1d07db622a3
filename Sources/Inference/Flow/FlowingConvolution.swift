import COneDNN
import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Conv: FlowingLayer {
  /// Of pictures, where the work is worth it or the input is in oneDNN's order already.
  func flow(_ input: Flowing, in pass: ForwardPass) throws(Diagnostic) -> Flowing? {
    guard input.shape.rank == 4, weight.shape.rank == 4 else { return nil }
    let shape = try inferShapes([input.shape])[0]
    guard shape.count > 0, weight.count > 0 else { return nil }
    let work = shape.count.multipliedReportingOverflow(by: weight.count / weight.shape[0])
    guard !input.isPlain && pass.kernels != .own || work.overflow || pass.startsFlow(work: work.partialValue) else {
      return nil
    }
    // Done now, so that what is still to be done never piles up.
    if input.pending != nil { _ = try input.blocked(by: kind.name) }
    let plan = try ConvolutionPlan(self, input, shape, pass)
    return Flowing(plan.pending, shape)
  }
}

/// A convolution that is still to be done, perhaps with a norm behind.
struct ConvolutionPlan {
  private let conv: Conv
  private let input: Flowing
  private let shape: Shape
  private let pass: ForwardPass
  private let weight: Tensor
  private let bias: Tensor?
  private var norm: BatchNorm?
  /// What is added to the result.
  private var addend: Addend?

  /// - Throws: what is wrong with the layer's tensors and its input's type.
  init(_ conv: Conv, _ input: Flowing, _ shape: Shape, _ pass: ForwardPass) throws(Diagnostic) {
    (self.conv, self.input, self.shape, self.pass) = (conv, input, shape, pass)
    weight = try conv.weight.readable(by: conv.kind.name)
    bias = try conv.bias?.readable(by: conv.kind.name)
    if input.isPlain { _ = try input.tensor().readable(by: conv.kind.name) }
  }

  var pending: Pending {
    var pending = Pending(
      compute: { [self] (function) throws(Diagnostic) in try compute(function) },
      fallback: { [self] () throws(Diagnostic) in try fallback() })
    pending.adding =
      addend != nil
      ? nil
      : { [self] addend in
        var copy = self
        copy.addend = Addend(addend)
        return copy.pending
      }
    guard norm == nil, addend == nil else { return pending }
    pending.normalized = { [self] norm in
      var copy = self
      copy.norm = norm
      return copy.pending
    }
    return pending
  }

  private func fallback() throws(Diagnostic) -> Tensor {
    let result = try conv.forward([try input.tensor()], in: pass)[0]
    let normalized = try norm?.forward([result], in: pass)[0] ?? result
    guard let addend, let other = try addend.tensor() else { return normalized }
    return try Connection.add.joined([normalized, other], in: pass)
  }

  private func compute(_ function: Activation.Function?) throws(Diagnostic) -> BlockedTensor? {
    guard let after = function.map(\.blocked) ?? RD_NONE, let x = try input.blocked(by: conv.kind.name) else {
      return nil
    }
    guard let addend else { return try convolve(after, x) }
    return try addend.use(by: conv.kind.name) { (other, isFree) throws(Diagnostic) in
      try convolve(after, x, adding: other, takes: isFree)
    }
  }

  private func convolve(
    _ after: rd_function, _ x: BlockedTensor, adding addend: BlockedTensor? = nil, takes: Bool = false
  ) throws(Diagnostic) -> BlockedTensor? {
    let (description, entry) = (description(after), try entry())
    func run(_ weights: UnsafePointer<Float>?) -> BlockedTensor? {
      withExtendedLifetime((x, addend)) {
        BlockedTensor(
          entry.convolve(description, x.raw, weights: weights, addend: addend?.raw, takesAddend: takes))
      }
    }
    // Weights that were put into order before are asked for first: scaling them takes as long as the pass.
    if let y = run(nil) { return y }
    return scaled(try factors(), run)
  }

  private func factors() throws(Diagnostic) -> NormFactors? {
    guard let norm else { return nil }
    return try NormFactors(norm)
  }

  /// The weights and offsets of this convolution with this norm, as an earlier pass has them, or to be put into order.
  private func entry() throws(Diagnostic) -> PackedWeights.Entry {
    let tensors = [conv.weight, conv.bias] + (norm?.statistics ?? [])
    let key = PackedWeights.Key(addresses: tensors.map { $0?.address ?? 0 }, eps: norm?.eps ?? 0)
    if let entry = pass.packed[key] { return entry }
    let entry = PackedWeights.Entry(offsets: offsets(try factors()), keeping: tensors)
    pass.packed[key] = entry
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
  private func scaled<Result>(_ factors: NormFactors?, _ body: (UnsafePointer<Float>) -> Result) -> Result {
    let elements = weight.lentFloats
    guard let factors else { return withExtendedLifetime(weight) { body(elements.base) } }
    let length = weight.count / shape[1]
    let values = [Float](unsafeUninitializedCapacity: weight.count) { buffer, count in
      count = weight.count
      for channel in 0..<shape[1] {
        let scale = factors.scales[channel]
        for i in channel * length..<(channel + 1) * length { buffer[i] = Float(Double(elements[i]) * scale) }
      }
    }
    return values.withUnsafeBufferPointer { body($0.baseAddress ?? elements.base) }
  }
}

/// What a norm by running statistics does to a channel: `(x − mean)·scale + shift`.
struct NormFactors {
  let means, scales, shifts: [Double]

  init(_ norm: BatchNorm) throws(Diagnostic) {
    let readable = try norm.readableStatistics()
    func values(_ index: Int, _ missing: Double) -> [Double] {
      readable[index]?.elements.map { $0 } ?? Array(repeating: missing, count: norm.channels)
    }
    means = values(2, 0)
    scales = zip(values(0, 1), values(3, 1)).map { $0 / ($1 + norm.eps).squareRoot() }
    shifts = values(1, 0)
  }
}

extension BatchNorm {
  /// What a channel is normalized with.
  fileprivate var statistics: [Tensor?] { [weight, bias, runningMean, runningVar] }

  /// The same as 32-bit floats.
  /// - Throws: ``Diagnostics/Code/inputType``, ``Diagnostics/Code/noContents``.
  func readableStatistics() throws(Diagnostic) -> [Tensor?] {
    var readable: [Tensor?] = []
    for tensor in statistics { readable.append(try tensor?.readable(by: kind.name)) }
    return readable
  }
}

extension Tensor {
  /// Where its elements are; 0 for one without.
  var address: UInt { withBytes { UInt(bitPattern: $0.baseAddress) } }
}
