import Diagnostics
import Initializers
import LayerVocabulary
import Synchronization
import Tensors

extension Plan {
  /// Writes the plan's values into memory that somebody else has, instead of into a model.
  ///
  /// What can fail comes first, so that a failure leaves the memory as it was.
  /// - Parameters:
  ///   - targets: for each leaf, a tensor over the memory; nil where nothing is to be written.
  ///   - values: for each leaf, what initializers read that read; lazy where that is not known.
  /// - Throws: what a plugin says; ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``,
  ///   ``Diagnostics/ErrorCode/sourceMissing``, ``Diagnostics/ErrorCode/threadCount``,
  ///   ``Diagnostics/ErrorCode/assertionFailed``.
  package func write(to targets: [Tensor?], reading values: [Tensor], threads: Int) throws(Diagnostic) {
    try Workers.checked(threads)
    guard !finite.isEmpty else { return try fill(targets, reading: values, threads: threads) }
    // What is asserted of values is known when they are there: of copies.
    var copies = try targets.map { (target) throws(Diagnostic) in try target.map(Plan.copied) }
    for step in steps { copies[Int(inventory.leaves[step.leaf].tie)] = copies[step.leaf] }
    try fill(copies, reading: values, threads: threads)
    try requireFinite(of: zip(copies, values).map { $0 ?? $1 })
    for leaf in Set(steps.map(\.leaf)) {
      guard let target = targets[leaf], let copy = copies[leaf] else { continue }
      copy.withBytes { target.ownBytes.copyMemory(from: $0) }
    }
  }

  private static func copied(_ tensor: Tensor) throws(Diagnostic) -> Tensor { try tensor.copied(as: tensor.dtype) }

  private func fill(_ targets: [Tensor?], reading values: [Tensor], threads: Int) throws(Diagnostic) {
    let tensors = steps.map { targets[$0.leaf] }
    let wanted = steps.indices.filter { tensors[$0] != nil }
    let reading = try steps.readDraws(from: values)
    var parts = try PartFill(of: self, reading, threads: threads)
    parts.keep { tensors[$0] != nil }
    let made = try staged(reading, threads: threads) { tensors[$0] != nil }
    try fill(wanted.filter { !parts.isPart($0) }, of: tensors, made: made, threads: threads)
    try parts.fill(tensors, threads: threads)
  }

  /// The values of each leaf that is filled, by ranges.
  package func ranges(reading values: [Tensor]) -> [Int: PlanRanges] {
    Dictionary(grouping: steps.indices) { steps[$0].leaf }.mapValues {
      PlanRanges(plan: self, indices: $0, values: values)
    }
  }

  /// Whether values are made of others.
  package var reads: Bool { steps.draws.contains(where: \.reads) }
}

/// The values of one parameter by ranges, from any thread, in any order.
///
/// What a method has to know of the whole tensor is made when the first range is asked for, and kept.
package final class PlanRanges: Sendable {
  private enum Prepared {
    case whole(Filling)
    case part(PartFill.Item)
  }
  private let plan: Plan
  private let indices: [Int]
  private let values: [Tensor]
  private let kept = Mutex<[Prepared]?>(nil)

  init(plan: Plan, indices: [Int], values: [Tensor]) {
    (self.plan, self.indices, self.values) = (plan, indices, values)
  }

  /// Writes elements from `first` on, as many as the bytes hold; of parts what belongs to them, and leaves the rest.
  /// - Throws: what a plugin says; ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``,
  ///   ``Diagnostics/ErrorCode/sourceMissing``.
  package func write(from first: Int, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard !bytes.isEmpty else { return }
    for prepared in try prepared() {
      switch prepared {
      case .whole(let filling): try filling.write(from: first, to: bytes)
      case .part(let item): try PartFill.write(item, of: first..<first + bytes.count / item.size, to: bytes)
      }
    }
  }

  private func prepared() throws(Diagnostic) -> [Prepared] {
    // Who comes second waits: a matrix is made once.
    try kept.withLock { (kept) throws(Diagnostic) in
      if let kept { return kept }
      let all = try indices.map { (index) throws(Diagnostic) in try prepare(index) }
      kept = all
      return all
    }
  }

  private func prepare(_ index: Int) throws(Diagnostic) -> Prepared {
    let step = plan.steps[index]
    let reading = step.draw.reads ? try plan.steps.readDraw(index, from: values) : nil
    if step.region != nil, let item = try PartFill.item(index, index, of: plan, reading.map { [index: $0] } ?? [:]) {
      return .part(item)
    }
    return .whole(
      try Filling(reading ?? step.draw, shape: step.shape, dtype: step.dtype, stream: plan.stream(of: step)))
  }
}
