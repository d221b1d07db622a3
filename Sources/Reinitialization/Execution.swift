import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import LinearAlgebra
import Tensors

extension Plan {
  /// Carries the plan out on the model that it was made for, in the memory of the tensors that it replaces.
  ///
  /// What can fail (whole-tensor methods, plugins, nodes that refuse to be rebuilt) comes first, so that a failure
  /// leaves the model as it was. Then the model holds new tensors without bytes; those of the old ones that nobody
  /// else holds by now give them theirs.
  package func execute<Model: Node>(on model: inout Model, threads: Int) throws(Diagnostic) {
    guard !finite.isEmpty else { return try fill(&model, threads: threads) }
    // What is asserted of values is known when they are there: of a copy.
    var copy = model
    try fill(&copy, threads: threads)
    try requireFinite(in: copy)
    model = copy
  }

  private func fill<Model: Node>(_ model: inout Model, threads: Int) throws(Diagnostic) {
    try Workers.checked(threads)
    let reading = try steps.readDraws(from: model)
    let parts = try PartFill(of: self, reading, threads: threads)
    var made = try staged(reading, threads: threads)
    let others = steps.indices.filter { made[$0] == nil && !parts.isPart($0) }
    if inventory.mayRefuseParts {
      // Such a node may look at the values: it gets them as they will be.
      for index in others { made[index] = try fresh(index) }
      try fill(others, of: made, threads: threads)
      try parts.copy(of: model, to: &made)
      try parts.fill(made, threads: threads)
    }
    var exchange = TensorExchange(slots: slots, giving: made)
    model = try model.rebuilding(&exchange, ties: .every)
    guard !inventory.mayRefuseParts else { return }
    do {
      for index in others { try exchange.given[index]?.takeMemory(of: &exchange.taken[index]) }
      try parts.takeMemory(for: &exchange.given, of: &exchange.taken)
    } catch {
      // Nothing is written yet: the old tensors go back, or what has their memory stays.
      var back = TensorExchange(slots: slots, giving: zip(exchange.taken, exchange.given).map { $0 ?? $1 })
      model = try model.rebuilding(&back, ties: .every)
      throw error
    }
    exchange.taken = []
    try fill(others, of: exchange.given, threads: threads)
    try parts.fill(exchange.given, threads: threads)
  }

  private func fresh(_ step: Int) throws(Diagnostic) -> Tensor {
    try Tensor(allocating: steps[step].shape, dtype: steps[step].dtype)
  }

  /// For each leaf, the step that fills it or the first part of it, the same for all paths of a tie; −1 for none.
  private var slots: [Int32] {
    let parameters = inventory.columns.parameters
    var slots = [Int32](repeating: -1, count: parameters.count)
    for (index, step) in steps.entries.enumerated().reversed() {
      slots[Int(parameters[Int(step.leaf)].tie)] = Int32(index)
    }
    for leaf in slots.indices { slots[leaf] = slots[Int(parameters[leaf].tie)] }
    return slots
  }

  /// The tensors whose filling can fail or needs what is replaced, filled; nil for the others, and for steps that are not wanted.
  func staged(
    _ reading: [Int: Draw], threads: Int, where isWanted: (Int) -> Bool = { _ in true }
  ) throws(Diagnostic) -> [Tensor?] {
    let parts = steps.partSlots
    let wanted = steps.indices.filter { parts[$0] == nil && isWanted($0) }
    let whole = wanted.filter { !steps[$0].draw.isElementwise }
    if whole.contains(where: { steps[$0].draw.usesLinearAlgebra }) { try LinearAlgebra.requireLibrary() }
    let made = Cells<Tensor?>(repeating: nil, count: whole.count)
    try Workers.run(whole.count, threads: threads) { (index) throws(Diagnostic) in
      let step = steps[whole[index]]
      made[index] = try Tensor(
        drawing: reading[whole[index]] ?? step.draw, shape: step.shape, dtype: step.dtype, stream: stream(of: step))
    }
    var tensors = [Tensor?](repeating: nil, count: steps.count)
    for (index, step) in whole.enumerated() { tensors[step] = made[index] }
    let ranged = wanted.filter {
      steps[$0].draw.isElementwise && (steps[$0].draw.mayFail || steps[$0].draw.reads)
    }
    for index in ranged { tensors[index] = try fresh(index) }
    try fill(ranged, reading, of: tensors, threads: threads)
    return tensors
  }

  /// From so many bytes on, what is filled is not in a cache any more when all is done.
  private static let cacheBytes = 8 << 20

  func stream(of step: Step) -> RandomStream { RandomStream(seed: seed, name: step.name) }

  /// Fills the tensors of some elementwise steps, cut into ranges over all threads; only a plugin can fail.
  /// - Parameter made: for each step, its values where they were made before.
  func fill(
    _ all: [Int], _ reading: [Int: Draw] = [:], of tensors: [Tensor?], made: [Tensor?] = [], threads: Int
  ) throws(Diagnostic) {
    let elementwise = all.filter { steps[$0].shape.count > 0 }
    let sizes = elementwise.map { (count: steps[$0].shape.count, size: steps[$0].dtype.size) }
    let isLarge = sizes.reduce(0) { $0 + $1.count * $1.size } >= Plan.cacheBytes
    var fillings: [Filling] = []
    for index in elementwise {
      if let known = made.isEmpty ? nil : made[index] {
        fillings.append(Filling(known))
        continue
      }
      let step = steps[index]
      var stream = stream(of: step)
      stream.writesPastCaches = isLarge
      fillings.append(try Filling(reading[index] ?? step.draw, shape: step.shape, dtype: step.dtype, stream: stream))
    }
    let bases = elementwise.map { index in
      WritableBytes(bytes: tensors[index]?.ownBytes ?? UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
    let ranges = FillRange.inMemory(sizes, threads: threads)
    let batches = FillRange.batches(ranges, sizes)
    try Workers.run(batches.count, threads: threads) { [fillings] (index) throws(Diagnostic) in
      for range in ranges[batches[index]] {
        let size = sizes[range.tensor].size
        let part = bases[range.tensor].bytes[range.first * size..<(range.first + range.count) * size]
        try fillings[range.tensor].write(from: range.first, to: UnsafeMutableRawBufferPointer(rebasing: part))
      }
    }
  }
}

/// Bytes that several threads write, each its own range; the tensors that own them outlive the work.
private struct WritableBytes: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
}

/// Puts new tensors in place of the planned ones.
private struct TensorExchange: Visitor {
  let slots: [Int32]
  /// For each step, the tensor that was put into the model; made before, or without bytes.
  var given: [Tensor?]
  /// For each step, the tensor that was there.
  var taken: [Tensor?]
  private var leaf = 0

  init(slots: [Int32], giving: [Tensor?]) {
    self.slots = slots
    given = giving
    taken = Array(repeating: nil, count: giving.count)
  }

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    visit.node.isAbsent ? .handled : .descend
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    guard let tensor = visit.tensor else { return visit.node }
    defer { leaf += 1 }
    let slot = Int(slots[leaf])
    guard slot >= 0 else { return tensor }
    if let known = given[slot] { return known }
    let empty = Tensor(lazy: tensor.shape, dtype: tensor.dtype)
    (taken[slot], given[slot]) = (tensor, empty)
    return empty
  }
}
