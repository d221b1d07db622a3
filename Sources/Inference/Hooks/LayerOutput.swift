import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// What a layer has given in a forward pass that is under way.
///
/// Looking costs only where it is done: a layer whose output nobody asks for is computed as in any other pass, as a part
/// of the convolution before it where that can be. It is lent for the time of the look: the pass goes on with it, and may
/// put something else into its memory; what is to be kept are its ``statistics()`` or its ``tensor()``.
public struct LayerOutput: ~Copyable {
  /// Where the layer is; a layer without a name is where its parent is.
  public let path: TreePath
  /// The layer, or the container that has joined its children's results.
  public let layer: any ForwardLayer
  /// Which of the layer's results it is, from 0.
  public let index: Int
  let value: DeferredTensor
  let threads: Int

  /// The shape.
  public var shape: Shape { value.shape }

  /// The statistics of the elements: moments, range, zeros, and what is not finite.
  /// - Throws: what the layer throws when it computes.
  public func statistics() throws(Diagnostic) -> Statistics { try value.statistics(threads: threads) }

  /// The elements, in row-major order.
  /// - Throws: what the layer throws when it computes.
  public func tensor() throws(Diagnostic) -> Tensor { try value.copied() }
}

extension Node {
  /// What ``applied(to:in:)`` gives, with a look at every layer's output on the way, in the order of computing.
  /// - Throws: as ``applied(to:in:)``, and what the hook throws.
  public func applied(
    to inputs: [Tensor], in pass: ForwardPass = .standard,
    hook: (borrowing LayerOutput) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> [Tensor] {
    try Workers.checked(pass.threads)
    let engine = DeferredEngine(pass)
    defer { engine.end() }
    var evaluation = Evaluation(engine)
    evaluation.begin(self, on: inputs.map { DeferredTensor($0) })
    while let done = try evaluation.advance() {
      let path = evaluation.path(of: done)
      for (index, result) in evaluation.results.enumerated() {
        try hook(LayerOutput(path: path, layer: done.layer, index: index, value: result, threads: pass.threads))
      }
    }
    return try DeferredEngine.tensors(evaluation.results)
  }

  /// The statistics of layers' outputs in one forward pass, in the order of computing.
  ///
  ///     for activation in try model.activations(for: [pictures], where: { $1 is Conv }) {
  ///       print(activation.path, activation.statistics.std)
  ///     }
  /// - Parameter isWatched: which layers to look at; all unless said otherwise.
  /// - Throws: as ``applied(to:in:)``.
  public func activations(
    for inputs: [Tensor], in pass: ForwardPass = .standard,
    where isWatched: (TreePath, any ForwardLayer) throws(Diagnostic) -> Bool = { _, _ in true }
  ) throws(Diagnostic) -> [ActivationStatistics] {
    var found: [ActivationStatistics] = []
    _ = try applied(to: inputs, in: pass) { (output) throws(Diagnostic) in
      guard try isWatched(output.path, output.layer) else { return }
      found.append(try ActivationStatistics(output))
    }
    return found
  }

  /// ``applied(to:in:hook:)`` for a hook that throws any error.
  public func applied(
    to inputs: [Tensor], in pass: ForwardPass = .standard, hook: (borrowing LayerOutput) throws -> Void
  ) throws -> [Tensor] {
    let carrier = CallerError()
    do {
      return try applied(to: inputs, in: pass) { (output) throws(Diagnostic) in
        do { try hook(output) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }
}

/// The statistics of what one layer gave.
public struct ActivationStatistics: Sendable {
  /// Where the layer is; a layer without a name is where its parent is.
  public let path: TreePath
  /// The layer's type, as selectors name it.
  public let type: String
  /// The shape of the output.
  public let shape: Shape
  /// Moments, range, and how many elements are special.
  public let statistics: Statistics

  init(_ output: borrowing LayerOutput) throws(Diagnostic) {
    path = output.path
    type = (output.layer as? any Layer)?.kind.name ?? "\(Swift.type(of: output.layer))"
    shape = output.shape
    statistics = try output.statistics()
  }
}
