import COneDNN
import Diagnostics
import Layers
import Tensors

/// A value in a pass: a tensor, pictures in oneDNN's order, or an operation that is still to be done.
///
/// Who owns it is counted in *claims*: the evaluation has one, and one more for each branch that it hands the value to.
/// What consumes the value takes a claim over, and ends it when it has computed.
///
/// - While there are several claims, the value is only read: an operation still to be done is done once, and its result is
///   kept for all.
/// - The sole claim may change it: the norm, activation or sum behind takes up the operation (``absorbed(by:)``), or a sum
///   takes the memory (``surrender()``). Asked for after that, the value is an error.
final class DeferredTensor {
  let shape: Shape
  private var state: State
  private var claims = 1

  private enum State {
    case plain(Tensor)
    case blocked(BlockedTensor)
    case deferred(DeferredOp)
    case gone
  }

  init(_ tensor: Tensor) { (shape, state) = (tensor.shape, .plain(tensor)) }
  init(_ op: DeferredOp, _ shape: Shape) { (self.shape, state) = (shape, .deferred(op)) }

  /// One more will ask for the value.
  func share() { claims += 1 }
  /// One has asked for the last time.
  func release() { claims -= 1 }

  /// Whether it is a tensor in row-major order.
  var isPlain: Bool { if case .plain = state { true } else { false } }

  /// Whether a sum may take the memory of pictures in oneDNN's order: one claim is left, the sum's own.
  var isFree: Bool { if case .blocked = state { claims == 1 } else { false } }

  /// The memory has been taken.
  func surrender() { state = .gone }

  /// The operation with what follows it, in place of this value; nil where others want this value, where there is no
  /// operation, and where that cannot take it up.
  func absorbed(by extended: (DeferredOp) -> DeferredOp?) -> DeferredOp? {
    guard claims == 1, case .deferred(let op) = state, let larger = extended(op) else { return nil }
    state = .gone
    return larger
  }

  /// Does what is still to be done.
  func settle() throws(Diagnostic) {
    guard case .deferred(let op) = state else { return }
    if let blocked = try op.compute(op.function) {
      state = .blocked(blocked)
    } else {
      state = .plain(try op.portable())
    }
    for input in op.inputs { input.release() }
  }

  /// As a tensor.
  func tensor() throws(Diagnostic) -> Tensor {
    let tensor = try copied()
    state = .plain(tensor)
    return tensor
  }

  /// The same as a tensor, while it stays in its order for what follows.
  func copied() throws(Diagnostic) -> Tensor {
    try settle()
    switch state {
    case .plain(let tensor): return tensor
    case .blocked(let blocked): return try read(blocked)
    case .deferred, .gone: throw .lostValue
    }
  }

  /// In oneDNN's order; nil where it refuses.
  func blocked(by name: String) throws(Diagnostic) -> BlockedTensor? {
    try settle()
    switch state {
    case .plain(let tensor): return BlockedTensor(viewing: try tensor.readable(by: name))
    case .blocked(let blocked): return blocked
    case .deferred, .gone: throw .lostValue
    }
  }

  /// The statistics of the elements; what is still to be done is done without what follows it.
  func statistics(threads: Int) throws(Diagnostic) -> Statistics {
    try settle()
    guard case .blocked(let blocked) = state else { return try tensor().statistics(threads: threads) }
    if let elements = blocked.elements(shape.count) { return Statistics(spreading: elements) }
    return try read(blocked).statistics(threads: threads)
  }

  private func read(_ blocked: BlockedTensor) throws(Diagnostic) -> Tensor {
    var isRead = false
    let tensor = try Tensor.computed(shape, by: "oneDNN", from: []) { _, y in isRead = rd_read(blocked.raw, y.base) }
    guard isRead || shape.count == 0 else { throw .oneDNNFailed("bringing pictures of \(shape) into row-major order") }
    return tensor
  }
}

extension Diagnostic {
  /// oneDNN gave up in the midst of something.
  static func oneDNNFailed(_ work: String) -> Diagnostic {
    Diagnostic(
      .forwardFailed, "oneDNN failed at \(work)", expected: "memory enough",
      hints: ["ForwardPass(kernels: .own) does without oneDNN"])
  }

  /// Somebody asks for a value that another has taken up: a fault of this library, or what follows a failure.
  fileprivate static var lostValue: Diagnostic {
    Diagnostic(
      .forwardFailed, "a layer's output is gone: it was taken up by what follows",
      hints: ["begin the pass anew after a failure", "ForwardPass(kernels: .own) keeps all outputs"])
  }
}
