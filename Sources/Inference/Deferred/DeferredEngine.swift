import COneDNN
import Diagnostics
import Layers
import Tensors

/// A layer that works on pictures in oneDNN's order, and can be one operation with what stands before it.
protocol FusibleLayer: ForwardLayer {
  /// The result, still to be computed; nil where the layer is better computed as any other is.
  /// - Throws: what ``ForwardLayer/forward(_:in:)`` throws of such an input.
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor?
}

/// One pass through a model, by oneDNN where that is there and the pictures are worth it.
///
/// A convolution is not computed when its turn comes, but noted as a ``DeferredOp``. A norm, an activation or a sum that
/// follows becomes a part of the note, and one call of oneDNN computes them all when the result is asked for. Who may change
/// a value and who may only read it is told by ``DeferredTensor``.
final class DeferredEngine {
  let pass: ForwardPass
  /// What oneDNN's threads were before; nil before its first use.
  private var threadsBefore: Int32?

  init(_ pass: ForwardPass) { self.pass = pass }

  /// Leaves threads as they were.
  func end() {
    if let threadsBefore {
      rd_end(threadsBefore)
      pass.packed.endPass()
    }
    threadsBefore = nil
  }

  func apply(_ layer: any ForwardLayer, _ inputs: [DeferredTensor]) throws(Diagnostic) -> [DeferredTensor] {
    if pass.kernels != .own, inputs.count == 1, let fusible = layer as? any FusibleLayer,
      let result = try fusible.deferred(inputs[0], in: self)
    {
      return [result]
    }
    let results = try layer.forward(try DeferredEngine.tensors(inputs), in: pass)
    for input in inputs { input.release() }
    return results.map { DeferredTensor($0) }
  }

  static func tensors(_ values: [DeferredTensor]) throws(Diagnostic) -> [Tensor] {
    var tensors: [Tensor] = []
    for value in values { tensors.append(try value.tensor()) }
    return tensors
  }

  /// The smallest number of products for which oneDNN is worth its start.
  private static let leastWork = 1 << 22

  /// Whether pictures are to be brought into oneDNN's order for that much work.
  func starts(work: Int) -> Bool {
    switch pass.kernels {
    case .own: false
    case .oneDNN: begin()
    case .automatic: work >= DeferredEngine.leastWork && begin()
    }
  }

  private func begin() -> Bool {
    guard OneDNN.isLoaded else { return false }
    if threadsBefore == nil {
      threadsBefore = rd_begin(Int32(clamping: pass.threads))
      pass.packed.removeOutdated()
    }
    return true
  }
}

extension Evaluation<DeferredTensor> {
  /// A pass with tensors.
  init(_ engine: DeferredEngine) {
    self.init(
      apply: { layer, inputs throws(Diagnostic) in try engine.apply(layer, inputs) },
      join: { connection, parts throws(Diagnostic) in try engine.join(connection, parts) },
      share: { $0.share() })
  }
}

/// The library, opened when first asked for.
package enum OneDNN {
  fileprivate static let isLoaded = reason == nil

  /// Why it cannot be used; nil if it can.
  package static var reason: String? { rd_load().map { String(cString: $0) } }
  /// Its version, where it can be used.
  package static var version: String? { reason == nil ? rd_version().map { String(cString: $0) } : nil }
}
