import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import LinearAlgebra
import Tensors

extension Plan.Steps {
  /// For steps of tensors that are not filled by one step as a whole, the first step of the tensor.
  var partSlots: [Int: Int] {
    guard !cuts.isEmpty else { return [:] }
    var slots: [Int: Int] = [:]
    for index in cuts.keys {
      var first = index
      while first > 0, entries[first - 1].leaf == entries[index].leaf { first -= 1 }
      var step = first
      while step < entries.count, entries[step].leaf == entries[index].leaf {
        slots[step] = first
        step += 1
      }
    }
    return slots
  }
}

/// Fills parts of tensors in memory: what can fail is made before anything is changed, element by element of what is
/// meant.
struct PartFill {
  struct Item {
    let step: Int
    /// The first step of the tensor, which stands for the tensor.
    let slot: Int
    let filling: Filling
    let map: RegionMap
    let size: Int
  }
  private var items: [Item] = []
  private let plan: Plan
  private let slots: [Int: Int]

  /// Prepares the parts of a plan; none for most.
  /// - Throws: what a plugin says; ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``.
  init(of plan: Plan, _ reading: [Int: Draw], threads: Int) throws(Diagnostic) {
    self.plan = plan
    slots = plan.steps.partSlots
    guard !slots.isEmpty else { return }
    let steps = slots.keys.sorted()
    if steps.contains(where: { plan.steps[$0].draw.usesLinearAlgebra }) { try LinearAlgebra.requireLibrary() }
    let made = Cells<Item?>(repeating: nil, count: steps.count)
    let slots = self.slots
    try Workers.run(steps.count, threads: threads) { (index) throws(Diagnostic) in
      made[index] = try PartFill.item(steps[index], slots[steps[index]] ?? 0, of: plan, reading)
    }
    items = made.array.compactMap { $0 }
  }

  static func item(
    _ index: Int, _ slot: Int, of plan: Plan, _ reading: [Int: Draw]
  ) throws(Diagnostic) -> Item? {
    let step = plan.steps[index]
    let draw = reading[index] ?? step.draw
    guard let map = RegionMap(step.region ?? Region(.all), in: step.shape) else {
      throw Diagnostic(.partMask, "a mask that a plan was made with is not there", at: step.name)
    }
    var filling = try Filling(draw, shape: step.shape, region: map, dtype: step.dtype, stream: plan.stream(of: step))
    if draw.mayFail || draw.reads || draw.method == .mapped {
      var packed = try Tensor(allocating: [map.count], dtype: step.dtype)
      try packed.withMutableBytes(keepingContents: false) { (bytes) throws(Diagnostic) in
        try filling.write(from: 0, to: bytes)
      }
      filling = Filling(packed)
    }
    return Item(step: index, slot: slot, filling: filling, map: map, size: step.dtype.size)
  }

  /// Whether a step fills a tensor of which there are parts.
  func isPart(_ step: Int) -> Bool { slots[step] != nil }

  /// Gives each tensor, of which parts are to be filled, a copy of its own.
  func copy(of model: some Node, to tensors: inout [Tensor?]) throws(Diagnostic) {
    guard !items.isEmpty else { return }
    let old = try model.leaves(ties: .every).map(\.tensor)
    for slot in Set(slots.values) {
      let step = plan.steps[slot]
      if old[step.leaf].isLazy { try requireAll(slot) }
      tensors[slot] =
        try old[step.leaf].isLazy
        ? Tensor(allocating: step.shape, dtype: step.dtype) : old[step.leaf].copied(as: step.dtype)
    }
  }

  /// The same without a copy where nobody else holds the tensor.
  func takeMemory(for given: inout [Tensor?], of taken: inout [Tensor?]) throws(Diagnostic) {
    for slot in Set(slots.values) {
      let hasValues = taken[slot]?.isLazy == false
      if !hasValues { try requireAll(slot) }
      // Nobody else may hold the old tensor here, or its memory is not taken.
      try given[slot]?.takeMemory(of: &taken[slot])
      guard hasValues, let old = taken[slot], let target = given[slot]?.ownBytes else { continue }
      old.withBytes { target.copyMemory(from: $0) }
    }
  }

  /// Refuses a tensor without values of which not all is filled.
  private func requireAll(_ slot: Int) throws(Diagnostic) {
    let filled = slots.filter { $0.value == slot }.reduce(0) { $0 + plan.steps[$1.key].count }
    guard filled < plan.steps[slot].shape.count else { return }
    throw Diagnostic(
      .partMisplaced, "a part of a tensor is filled, and the rest has no values", at: plan.steps[slot].name,
      expected: "values in a tensor of which a part is left as it is")
  }

  /// Leaves out what is to be filled of tensors that are not there.
  mutating func keep(where isWanted: (Int) -> Bool) { items.removeAll { !isWanted($0.step) } }

  /// Fills the parts; only a plugin can fail, and has been asked already.
  func fill(_ tensors: [Tensor?], threads: Int) throws(Diagnostic) {
    let items = self.items
    let pieces = items.indices.flatMap { item in
      stride(from: 0, to: items[item].map.count, by: PartFill.piece).map { (item: item, first: $0) }
    }
    let bases = items.map { PartBytes(bytes: tensors[$0.slot]?.ownBytes ?? .init(start: nil, count: 0)) }
    try Workers.run(pieces.count, threads: threads) { (index) throws(Diagnostic) in
      let (number, first) = pieces[index]
      let item = items[number]
      let places = first..<min(first + PartFill.piece, item.map.count)
      if item.map.isMasked { return try PartFill.writeMasked(places, of: item, to: bases[number].bytes) }
      try item.map.forEachSelected(in: places) { (run) throws(Diagnostic) in
        try PartFill.write(run, of: item, to: bases[number].bytes)
      }
    }
  }

  private static let piece = 1 << 18

  /// Writes what an item has of a range of the tensor's elements.
  /// - Parameter bytes: those elements alone, with what they hold.
  static func write(
    _ item: Item, of elements: Range<Int>, to bytes: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    let places = item.map.place(atOrAfter: elements.lowerBound)..<item.map.place(atOrAfter: elements.upperBound)
    for first in stride(from: places.lowerBound, to: places.upperBound, by: piece) {
      let some = first..<min(first + piece, places.upperBound)
      if item.map.isMasked {
        try writeMasked(some, of: item, to: bytes, from: elements.lowerBound)
        continue
      }
      try item.map.forEachSelected(in: some) { (run) throws(Diagnostic) in
        var run = run
        run.element -= elements.lowerBound
        try write(run, of: item, to: bytes)
      }
    }
  }

  /// Makes all values and takes what a mask says: the runs are short.
  /// - Parameter first: the element that the bytes begin with.
  private static func writeMasked(
    _ places: Range<Int>, of item: Item, to bytes: UnsafeMutableRawBufferPointer, from first: Int = 0
  ) throws(Diagnostic) {
    let size = item.size
    let memory = try Memory.allocate(places.count * size)
    defer { Memory.free(memory) }
    let packed = UnsafeMutableRawBufferPointer(start: memory, count: places.count * size)
    try item.filling.write(from: places.lowerBound, to: packed)
    item.map.forEachSelected(in: places) { run in
      let start = (run.place - places.lowerBound) * size
      let target = UnsafeMutableRawBufferPointer(rebasing: bytes[((run.element - first) * size)...])
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: packed[start..<start + run.count * size]))
    }
  }

  private static func write(
    _ run: RegionMap.Run, of item: Item, to bytes: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    let size = item.size
    if run.step == 1 || run.count == 1 {
      let start = run.element * size
      let target = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + run.count * size])
      return try item.filling.write(from: run.place, to: target)
    }
    let memory = try Memory.allocate(run.count * size)
    defer { Memory.free(memory) }
    let packed = UnsafeMutableRawBufferPointer(start: memory, count: run.count * size)
    try item.filling.write(from: run.place, to: packed)
    ElementStrides.scatter(
      UnsafeRawBufferPointer(packed), from: 0, run.count, size, to: bytes, at: run.element, step: run.step)
  }
}

/// Bytes that several threads write, each its own elements.
private struct PartBytes: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
}
