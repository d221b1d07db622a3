import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Draw {
  /// All values of a tensor of that shape, in f32; the way for methods that see the tensor as a whole.
  /// - Throws: ``Diagnostics/Code/malformedDraw`` if the numbers, perhaps read from a receipt, do not fit the
  ///   shape; ``Diagnostics/Code/missingLibrary`` if a matrix is needed and BLAS is not there.
  public func values(shape: Shape, stream: RandomStream) throws(Diagnostic) -> [Float] {
    guard shape.count > 0 else { return [] }
    switch method {
    case .foreign:
      return try foreignTensor(shape, .f32, stream: stream).withBytes { Array($0.bindMemory(to: Float.self)) }
    case .constant, .uniform, .normal, .truncatedNormal:
      return [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
        count = shape.count
        fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: 0, stream: stream)
      }
    case .orthogonal: return try orthogonalValues(shape, stream)
    case .deltaOrthogonal: return try deltaOrthogonalValues(shape, stream)
    case .dirac, .identity: return try diagonalValues(shape)
    case .sparse: return try sparseValues(shape, stream)
    case .stft: return try fourierValues(shape)
    case .relativePosition: return try relativePositions(shape)
    }
  }
}

extension Tensor {
  /// Fills with an initializer, as the parameter of that name would be filled in a run with that seed.
  ///
  /// A tensor by itself belongs to no layer: initializers that need a fan want `geometry`, or `fans: .shape`.
  /// - Throws: a diagnostic of the `R01` family; the tensor is then as it was.
  public mutating func fill(
    with initializer: some Initializer, seed: UInt64, name: String, role: Role = .weight,
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
    role: Role = .weight,
    geometry: Geometry? = nil
  ) throws(Diagnostic) -> Tensor {
    let context = ParameterContext(name: name, shape: shape, dtype: dtype, role: role, geometry: geometry)
    return try Tensor(drawing: try initializer.draw(for: context), shape: shape, dtype: dtype, stream: stream)
  }

  /// A tensor of a draw's values.
  /// - Throws: ``Diagnostics/Code/malformedDraw``, ``Diagnostics/Code/missingLibrary``.
  public init(drawing draw: Draw, shape: Shape, dtype: DType = .f32, stream: RandomStream) throws(Diagnostic) {
    if draw.mayFail {
      self = try draw.foreignTensor(shape, dtype, stream: stream)
      return
    }
    let whole = draw.isElementwise ? nil : try draw.values(shape: shape, stream: stream)
    self.init(uninitialized: shape, dtype: dtype)
    withMutableBytes(keepingContents: false) { bytes in
      guard let whole else { return draw.fill(bytes, dtype: dtype, from: 0, stream: stream) }
      whole.withUnsafeBufferPointer { Draw.convert($0, to: bytes, dtype: dtype) }
    }
  }
}
