import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Draw {
  /// All values of a tensor of that shape, in f32; the way for methods that see the tensor as a whole.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers, perhaps read from a receipt, do not fit the
  ///   shape; ``Diagnostics/ErrorCode/missingLibrary`` if a matrix is needed and BLAS is not there;
  ///   ``Diagnostics/ErrorCode/outOfMemory``.
  public func values(shape: Shape, stream: RandomStream) throws(Diagnostic) -> [Float] {
    guard shape.count > 0 else { return [] }
    if !mayFail { try check(shape: shape, dtype: .f32) }
    try Memory.require(4 * shape.count)
    var failure: Diagnostic?
    let values = [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
      do throws(Diagnostic) {
        try write(UnsafeMutableBufferPointer(rebasing: buffer[..<shape.count]), shape: shape, stream: stream)
        count = shape.count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  /// The same, written to memory that is there.
  package func write(
    _ values: UnsafeMutableBufferPointer<Float>, shape: Shape, stream: RandomStream
  ) throws(Diagnostic) {
    guard shape.count > 0 else { return }
    switch method {
    case .foreign:
      try fillForeign(UnsafeMutableRawBufferPointer(values), dtype: .f32, shape: shape, from: 0, stream: stream)
    case .constant, .uniform, .normal, .truncatedNormal: fill(values, from: 0, stream: stream)
    case .orthogonal: try writeOrthogonal(values, shape, stream)
    case .deltaOrthogonal: try writeDeltaOrthogonal(values, shape, stream)
    case .dirac, .identity, .sparse: try pattern(shape: shape, stream: stream).fill(values, from: 0)
    case .stft: try writeFourier(values, shape)
    case .relativePosition: try writeRelativePositions(values, shape)
    case .part: try writePart(values, shape)
    case .mapped: try writeMapped(values, shape, stream)
    case .copy, .scale, .shrinkPerturb, .matchOld, .meanOf, .normalLike, .resample, .inputChannels:
      try MadeOfOthers(self, shape, .f32, stream).write(from: 0, to: UnsafeMutableRawBufferPointer(values))
    }
  }
}

extension Tensor {
  /// Fills with an initializer, as the parameter of that name would be filled in a run with that seed.
  ///
  /// A tensor by itself belongs to no layer: initializers that need a fan want `geometry`, or `fans: .shape`.
  /// - Throws: a diagnostic of the `R01` family; the tensor is then as it was.
  public mutating func fill(
    with initializer: some Initializer, seed: UInt64, name: String, role: ParameterRole = .weight,
    geometry: Geometry? = nil
  ) throws(Diagnostic) {
    self = try filled(
      with: initializer, from: RandomStream(seed: seed, name: name), name: name, role: role,
      geometry: geometry)
  }

  /// A tensor of the same shape and type, filled with an initializer from the beginning of a stream.
  /// - Throws: a diagnostic of the `R01` family.
  public func filled(
    with initializer: some Initializer, from stream: RandomStream, name: String = "tensor",
    role: ParameterRole = .weight,
    geometry: Geometry? = nil
  ) throws(Diagnostic) -> Tensor {
    let context = ParameterContext(name: name, shape: shape, dtype: dtype, role: role, geometry: geometry)
    let draw = try initializer.draw(for: context).reading(at: name) { _ in self }
    return try Tensor(drawing: draw, shape: shape, dtype: dtype, stream: stream)
  }

  /// A tensor of a draw's values.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw``, ``Diagnostics/ErrorCode/missingLibrary``.
  public init(drawing draw: Draw, shape: Shape, dtype: DType = .f32, stream: RandomStream) throws(Diagnostic) {
    if draw.mayFail {
      self = try draw.foreignTensor(shape, dtype, stream: stream)
      return
    }
    try draw.check(shape: shape, dtype: dtype)
    if draw.isMadeOfOthers {
      try self.init(allocating: shape, dtype: dtype)
      try withMutableBytes(keepingContents: false) { (bytes) throws(Diagnostic) in
        try MadeOfOthers(draw, shape, dtype, stream).write(from: 0, to: bytes)
      }
      return
    }
    let whole = draw.isElementwise ? nil : try FloatBuffer(count: shape.count)
    if let whole { try draw.write(whole.values, shape: shape, stream: stream) }
    try self.init(allocating: shape, dtype: dtype)
    withMutableBytes(keepingContents: false) { bytes in
      guard let whole else { return draw.fill(bytes, dtype: dtype, from: 0, stream: stream) }
      Draw.convert(UnsafeBufferPointer(whole.values), to: bytes, dtype: dtype)
    }
  }
}
