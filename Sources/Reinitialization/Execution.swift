import Diagnostics
import Functors
import Initializers
import Tensors

extension Plan {
  /// Carries the plan out on the model that it was made for, in place where the model is the only owner.
  ///
  /// What can fail (whole-tensor methods, plugins) is made in fresh memory first; then every planned tensor is taken
  /// out of the model, filled, and put back. Where a node may refuse to be rebuilt, all tensors are made in fresh
  /// memory instead, so that a failure leaves the model as it was in every case.
  package func execute<Model: Node>(on model: inout Model, threads: Int) throws {
    var tensors = try staged(threads: threads)
    let others = steps.indices.filter { tensors[$0] == nil }
    if inventory.mayRefuseParts {
      for index in others { tensors[index] = Tensor(lazy: steps[index].shape, dtype: steps[index].dtype) }
    } else {
      try takeTensors(out: &model, into: &tensors)
    }
    try fill(others, of: &tensors, threads: threads)
    var restore = TensorExchange(slots: slots, giving: tensors)
    model = try model.rebuilding(&restore, ties: .every)
  }

  /// Moves the planned tensors out of a model, so that they have no other owner; lazy ones stay in their place.
  private func takeTensors<Model: Node>(out model: inout Model, into tensors: inout [Tensor?]) throws {
    var exchange = TensorExchange(slots: slots)
    model = try model.rebuilding(&exchange, ties: .every)
    for (index, tensor) in exchange.taken.enumerated() where tensors[index] == nil { tensors[index] = tensor }
  }

  /// For each leaf, the step that fills it, the same for all paths of a tie; −1 for none.
  private var slots: [Int32] {
    var byTie: [Int32: Int32] = [:]
    for (index, step) in steps.enumerated() { byTie[inventory.leaves[step.leaf].tie] = Int32(index) }
    return inventory.leaves.map { byTie[$0.tie] ?? -1 }
  }

  /// The tensors whose filling can fail, filled; nil for the others.
  private func staged(threads: Int) throws -> [Tensor?] {
    let whole = steps.indices.filter { !steps[$0].draw.isElementwise }
    let made = Cells<Tensor?>(repeating: nil, count: whole.count)
    try Workers.run(whole.count, threads: threads) { (index) throws(Diagnostic) in
      let step = steps[whole[index]]
      made[index] = try Tensor(drawing: step.draw, shape: step.shape, dtype: step.dtype, stream: stream(of: step))
    }
    var tensors = [Tensor?](repeating: nil, count: steps.count)
    for (index, step) in whole.enumerated() { tensors[step] = made[index] }
    let ranged = steps.indices.filter { steps[$0].draw.isElementwise && steps[$0].draw.mayFail }
    for index in ranged { tensors[index] = Tensor(lazy: steps[index].shape, dtype: steps[index].dtype) }
    try fill(ranged, of: &tensors, threads: threads)
    return tensors
  }

  private func stream(of step: Step) -> RandomStream { RandomStream(seed: seed, name: step.name) }

  /// Fills the tensors of some elementwise steps, cut into ranges over all threads; only a plugin can fail.
  private func fill(_ all: [Int], of tensors: inout [Tensor?], threads: Int) throws(Diagnostic) {
    let elementwise = all.filter { steps[$0].shape.count > 0 }
    var fillings: [Filling] = []
    for index in elementwise {
      let step = steps[index]
      fillings.append(try Filling(step.draw, shape: step.shape, dtype: step.dtype, stream: stream(of: step)))
    }
    let bases = elementwise.map { index in
      WritableBytes(
        bytes: tensors[index]?.withMutableBytes(keepingContents: false) { $0 }
          ?? UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
    let ranges = FillRange.inMemory(
      elementwise.map { (steps[$0].shape.count, steps[$0].dtype.size) }, threads: threads)
    let sizes = elementwise.map { steps[$0].dtype.size }
    try Workers.run(ranges.count, threads: threads) { [fillings] (index) throws(Diagnostic) in
      let range = ranges[index]
      let size = sizes[range.tensor]
      let part = bases[range.tensor].bytes[range.first * size..<(range.first + range.count) * size]
      try fillings[range.tensor].write(from: range.first, to: UnsafeMutableRawBufferPointer(rebasing: part))
    }
  }
}

/// Bytes that several threads write, each its own range; the tensors that own them outlive the work.
private struct WritableBytes: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
}

/// Takes the planned tensors out of a model, or puts them back.
private struct TensorExchange: Visitor {
  let slots: [Int32]
  let giving: [Tensor?]?
  var taken: [Tensor?]
  private var leaf = 0

  init(slots: [Int32], giving: [Tensor?]? = nil) {
    self.slots = slots
    self.giving = giving
    taken = Array(repeating: nil, count: giving == nil ? Int(slots.max() ?? -1) + 1 : 0)
  }

  mutating func enter(_ visit: borrowing Visit) throws -> Decision { visit.node.isAbsent ? .handled : .descend }

  mutating func replace(_ visit: borrowing Visit) throws -> any Node {
    guard let tensor = visit.tensor else { return visit.node }
    defer { leaf += 1 }
    let slot = Int(slots[leaf])
    guard slot >= 0 else { return tensor }
    if let giving { return giving[slot] ?? tensor }
    taken[slot] = taken[slot] ?? tensor
    return Tensor(lazy: tensor.shape, dtype: tensor.dtype)
  }
}
