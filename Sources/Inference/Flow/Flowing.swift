import COneDNN
import Diagnostics
import Layers
import Tensors

/// Pictures in the order that oneDNN likes.
final class BlockedTensor {
  let raw: OpaquePointer
  /// Whose elements are looked at, for a view.
  private let source: Tensor?

  /// Takes over what oneDNN made.
  init?(_ raw: OpaquePointer?) {
    guard let raw else { return nil }
    (self.raw, source) = (raw, nil)
  }

  /// A view of pictures of aligned 32-bit floats.
  init?(viewing tensor: Tensor) {
    let sizes = tensor.shape.sizes.map(Int64.init)
    guard sizes.count == 4, tensor.count > 0, let raw = rd_view(sizes, tensor.lentFloats.base) else { return nil }
    (self.raw, source) = (raw, tensor)
  }

  deinit { rd_free(raw) }

  /// The elements in whatever order; nil where they are not all that there is.
  func elements(_ count: Int) -> UnsafeBufferPointer<Float>? {
    rd_elements(raw).map { UnsafeBufferPointer(start: $0, count: count) }
  }
}

/// What flows between layers: a tensor, pictures in oneDNN's order, or what is still to be computed.
///
/// What is still to be computed can take up the norm and the activation that follow it.
final class Flowing {
  let shape: Shape
  private var state: State

  private enum State {
    case plain(Tensor)
    case blocked(BlockedTensor)
    case pending(Pending)
  }

  init(_ tensor: Tensor) { (shape, state) = (tensor.shape, .plain(tensor)) }
  init(_ pending: Pending, _ shape: Shape) { (self.shape, state) = (shape, .pending(pending)) }

  /// Whether it is a tensor in row-major order.
  var isPlain: Bool { if case .plain = state { true } else { false } }

  /// What is still to be computed, if it is.
  var pending: Pending? { if case .pending(let pending) = state { pending } else { nil } }

  /// As a tensor.
  func tensor() throws(Diagnostic) -> Tensor {
    switch state {
    case .plain(let tensor): return tensor
    case .blocked(let blocked):
      let tensor = try read(blocked)
      state = .plain(tensor)
      return tensor
    case .pending(let pending):
      state = try done(pending)
      return try tensor()
    }
  }

  /// The same as a tensor, while it stays in its order for what follows.
  func copied() throws(Diagnostic) -> Tensor {
    if let pending { state = try done(pending) }
    if case .blocked(let blocked) = state { return try read(blocked) }
    return try tensor()
  }

  /// In oneDNN's order; nil where it refuses.
  func blocked(by name: String) throws(Diagnostic) -> BlockedTensor? {
    switch state {
    case .blocked(let blocked): return blocked
    case .plain(let tensor): return BlockedTensor(viewing: try tensor.readable(by: name))
    case .pending(let pending):
      state = try done(pending)
      return try self.blocked(by: name)
    }
  }

  /// Whether nobody but this holds the pictures.
  func isSoleHolder() -> Bool {
    guard case .blocked(var blocked) = state else { return false }
    // Something else for a moment: the state's own hold does not count.
    state = .plain(Tensor(lazy: []))
    defer { state = .blocked(blocked) }
    return isKnownUniquelyReferenced(&blocked)
  }

  /// The statistics of the elements; what is still to be computed is computed without what follows it.
  func statistics(threads: Int) throws(Diagnostic) -> Statistics {
    if let pending { state = try done(pending) }
    guard case .blocked(let blocked) = state else { return try tensor().statistics(threads: threads) }
    if let elements = blocked.elements(shape.count) { return Statistics(spreading: elements) }
    // The state stays as it is: what follows likes it so.
    return try read(blocked).statistics(threads: threads)
  }

  private func done(_ pending: Pending) throws(Diagnostic) -> State {
    if let blocked = try pending.run() { return .blocked(blocked) }
    return .plain(try pending.portable())
  }

  private func read(_ blocked: BlockedTensor) throws(Diagnostic) -> Tensor {
    try Tensor.computed(shape, by: "oneDNN", from: []) { _, y in
      // Reading fails only where memory runs out.
      if !rd_read(blocked.raw, y.base) { y.base.update(repeating: .nan, count: y.count) }
    }
  }
}

/// What is to be added to something, which is asked for once.
final class Addend {
  private var flowing: Flowing?

  init(_ flowing: Flowing) { self.flowing = flowing }

  /// Lends the pictures, and says whether their memory is free for the result: nobody else wants them.
  func use<Result>(
    by name: String, _ body: (BlockedTensor, _ isFree: Bool) throws(Diagnostic) -> Result?
  ) throws(Diagnostic) -> Result? {
    guard var held = flowing, try held.blocked(by: name) != nil else { return nil }
    flowing = nil
    defer { flowing = held }
    let isFree = isKnownUniquelyReferenced(&held) && held.isSoleHolder()
    guard let blocked = try held.blocked(by: name) else { return nil }
    return try body(blocked, isFree)
  }

  /// As a tensor.
  func tensor() throws(Diagnostic) -> Tensor? { try flowing?.tensor() }
}

/// A computation that has not been done yet.
struct Pending {
  /// The function that is applied to its result.
  var function: Activation.Function?
  /// Computes in oneDNN, the function included; nil where that refuses.
  let compute: (Activation.Function?) throws(Diagnostic) -> BlockedTensor?
  /// Computes with this library's own kernels, without the function.
  let fallback: () throws(Diagnostic) -> Tensor
  /// The same with a norm behind, if it can take that up.
  var normalized: ((BatchNorm) -> Pending)?
  /// The same with something of the same shape added, if it can take that up.
  var adding: ((Flowing) -> Pending)?

  func run() throws(Diagnostic) -> BlockedTensor? { try compute(function) }

  func portable() throws(Diagnostic) -> Tensor {
    let result = try fallback()
    guard let function else { return result }
    return try Activation(function).forward([result], in: ForwardPass(kernels: .own))[0]
  }
}

extension Activation.Function {
  /// oneDNN's name of it, if it has it.
  var blocked: rd_function? {
    switch self {
    case .relu: RD_RELU
    case .relu6: RD_RELU6
    case .gelu: RD_GELU
    case .silu: RD_SILU
    case .sigmoid: RD_SIGMOID
    case .tanh: RD_TANH
    case .hardswish: RD_HARDSWISH
    default: nil
    }
  }
}
