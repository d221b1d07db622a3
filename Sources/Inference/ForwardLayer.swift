import Diagnostics
import Functors
import Layers
import Tensors

/// How a forward pass is run.
public struct ForwardPass: Sendable {
  /// The number of threads, 1 to 1024; a pass with another number is refused.
  public var threads: Int

  /// Which code computes.
  public enum Kernels: Sendable {
    /// oneDNN for pictures that are worth it, where it is there; this library's own for all else.
    case automatic
    /// This library's own, over BLAS.
    case own
    /// oneDNN wherever it can, however small the pictures.
    case oneDNN
  }
  /// Which code computes; results differ by rounding, and oneDNN's rectifiers make 0 of what is not a number.
  public var kernels: Kernels
  /// Weights in the order that kernels like, for further passes with this value.
  let packed: PackedWeights
  /// How many convolutions' weights are kept in such an order.
  package var packedCount: Int { packed.count }

  /// A pass on that many threads; on all processors unless said otherwise.
  ///
  /// Passes with one value of this type put weights into order once, and keep memory for outputs as long as it lives: make
  /// one where a model is applied often.
  public init(threads: Int? = nil, kernels: Kernels = .automatic) {
    self.init(threads ?? Workers.available, kernels, PackedWeights())
  }

  private init(_ threads: Int, _ kernels: Kernels, _ packed: PackedWeights) {
    (self.threads, self.kernels, self.packed) = (threads, kernels, packed)
  }

  /// The pass of calls that name none: on all processors, with whatever code is fastest.
  ///
  /// All of them have their weights in order in common. These stay as long as the tensors that they were made of, until the
  /// next such pass: a model that is initialized anew or gone leaves nothing behind for long.
  public static var standard: ForwardPass { ForwardPass(Workers.available, .automatic, .common) }
}

/// A layer that computes.
///
/// Tensors are laid out as in torch: the batch is axis 0 and channels are axis 1, except for layers over the
/// last axis. What is computed are 32-bit floats. This is what a layer *offers*; a model is applied with
/// ``Functors/Node/applied(to:in:)``, which sees through ties, optionals and other wrappers and says in which
/// layer of the model something went wrong.
public protocol ForwardLayer: Node {
  /// The layer's results for those inputs, which it does not change.
  /// - Throws: ``Diagnostics/ErrorCode/inputCount``, ``Diagnostics/ErrorCode/inputShape``,
  ///   ``Diagnostics/ErrorCode/inputType``, ``Diagnostics/ErrorCode/noContents``, …
  func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor]

  /// The shapes of the results for inputs of those shapes; neither they nor the layer need contents.
  /// - Throws: what ``forward(_:in:)`` throws of inputs of those shapes.
  func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape]

  /// The shapes and element types of the results for inputs of those; 32-bit floats unless a layer says otherwise.
  /// - Throws: as ``inferShapes(_:)``.
  func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec]
}

extension ForwardLayer {
  /// The shapes of ``inferShapes(_:)``, of 32-bit floats.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] {
    try inferShapes(inputs.map(\.shape)).map { TensorSpec($0) }
  }
}

extension Node {
  /// What comes out of this model, a ``ForwardLayer`` or a wrapper around one, for those inputs.
  ///
  /// Chains, branches and wrappers are followed without recursion, so that depth costs memory only. A node
  /// without a forward pass that has exactly one child, an unnamed one (`Shared`, `Frozen`), stands for it.
  /// - Throws: ``Diagnostics/ErrorCode/noForwardPass``, ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/threadCount``, and
  ///   what the layers throw, with the layer's path as the place.
  public func applied(to inputs: [Tensor], in pass: ForwardPass = .standard) throws(Diagnostic)
    -> [Tensor]
  {
    try Workers.checked(pass.threads)
    let engine = DeferredEngine(pass)
    defer { engine.end() }
    var evaluation = Evaluation(engine)
    return try DeferredEngine.tensors(try evaluation.run(self, on: inputs.map { DeferredTensor($0) }))
  }

  /// The shapes of what ``applied(to:in:)`` gives for inputs of those shapes; nothing is computed.
  /// - Throws: as ``applied(to:in:)``, except for what depends on elements and their types.
  public func shapes(for inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    try specs(for: inputs.map { TensorSpec($0) }).map(\.shape)
  }

  /// The shapes and element types of what ``applied(to:in:)`` gives for such inputs; nothing is computed.
  /// - Throws: as ``shapes(for:)``.
  public func specs(for inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] {
    var evaluation = Evaluation<TensorSpec>(
      apply: { layer, inputs throws(Diagnostic) in try layer.inferSpecs(inputs) },
      join: { connection, parts throws(Diagnostic) in TensorSpec(try connection.joinedShape(parts.map(\.shape))) })
    return try evaluation.run(self, on: inputs)
  }
}
