import Diagnostics
import Formats
import LayerVocabulary
import Reinitialization
import Tensors

extension Checkpoint {
  /// Looks at what rules assert to be finite, as the files would hold it after a run; nothing is written.
  /// - Throws: ``Diagnostics/ErrorCode/assertionFailed``; reading's codes.
  public func requireFinite(_ plan: Plan, options: ApplyOptions = ApplyOptions()) throws(Diagnostic) {
    guard !plan.finite.isEmpty else { return }
    let source = try files()
    let fill = try CheckpointFill(receipt(of: plan).entries, in: header).reading(from: source)
      .prepared(for: options.threads)
    for claim in plan.finite {
      let check = FiniteCheck(claim, self, plan, fill)
      try check.requireRest(in: source)
      try check.requireMade(by: fill, threads: options.threads)
    }
  }
}

/// One parameter that is asserted to be finite: what a run leaves of it, and what it makes of other values.
private struct FiniteCheck {
  private let text: String
  private let place: String
  private let target: SafeTensorsHeader.Entry
  private let shape: Shape
  /// Which elements are claimed; nil for all.
  private let claimed: RegionMap?
  /// What fills elements of it.
  private let items: [CheckpointFill.Item]

  init(_ claim: Plan.FiniteClaim, _ checkpoint: Checkpoint, _ plan: Plan, _ fill: CheckpointFill) {
    text = plan.rules[claim.rule].text
    let target = checkpoint.entry(ofLeaf: claim.leaf)
    (self.target, place, shape) = (target, target.name, Shape(target.shape))
    claimed = claim.region.flatMap { RegionMap($0, in: Shape(target.shape)) }
    items = fill.items.filter { !target.range.isEmpty && $0.ranges.contains(target.range) }
  }

  /// The elements that are claimed and stay as they are; nil for none.
  private func rest() throws(Diagnostic) -> RegionMap? {
    guard !items.contains(where: \.isWhole) else { return nil }
    guard !items.isEmpty else { return claimed ?? RegionMap(Region(.all), in: shape) }
    var mask = try Tensor(allocating: shape, dtype: .u8)
    mask.withMutableBytes { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: claimed == nil ? 1 : 0)
      if let claimed { FiniteCheck.set(1, claimed, bytes) }
      for case let map? in items.map(\.map) { FiniteCheck.set(0, map, bytes) }
    }
    return RegionMap(Region(.mask(RegionMask(file: "", tensor: place, values: mask))), in: shape)
  }

  private static func set(_ value: UInt8, _ map: RegionMap, _ bytes: UnsafeMutableRawBufferPointer) {
    map.forEachSelected(in: 0..<map.count) { run in
      for index in 0..<run.count { bytes[run.element + index * run.step] = value }
    }
  }

  /// Looks at what stays.
  func requireRest(in source: CheckpointFiles) throws(Diagnostic) {
    guard let dtype = target.elementType, dtype != .opaque else {
      throw Diagnostic.assertionFailed(
        text, at: place, expected: "elements that can be looked at", found: target.dtype)
    }
    guard shape.count > 0, let map = try rest() else { return }
    let bytes = RegionBytes(map: map, size: dtype.size)
    let length = FiniteCheck.block / dtype.size
    try withScratch(min(length, map.count) * dtype.size) { (memory) throws(Diagnostic) in
      for first in stride(from: 0, to: map.count, by: length) {
        let places = first..<min(first + length, map.count)
        let part = UnsafeMutableRawBufferPointer(rebasing: memory[..<(places.count * dtype.size)])
        try bytes.gather(places, into: part) { (memory, offset) throws(Diagnostic) in
          try source.read(target, from: offset, into: memory)
        }
        map.clearRest(part, at: places)
        if let wrong = dtype.firstNotFinite(in: UnsafeRawBufferPointer(part)) { throw failed(first + wrong, map) }
      }
    }
  }

  private static let block = 1 << 20

  /// Looks at what is made of other values: that alone can be anything.
  func requireMade(by fill: CheckpointFill, threads: Int) throws(Diagnostic) {
    let own = Set(items.filter { $0.draw.method == .copy || $0.draw.foreign != nil }.map(\.target.range))
    guard !own.isEmpty else { return }
    _ = try fill.run(threads: threads, only: { own.contains($0.target.range) }) {
      (index, bytes, offset) throws(Diagnostic) in
      let item = fill.items[index]
      let (dtype, first) = (item.entry.dtype, offset / item.entry.dtype.size)
      guard dtype.firstNotFinite(in: bytes) != nil else { return }
      let map = item.map ?? RegionMap(Region(.all), in: shape)
      for place in 0..<bytes.count / dtype.size {
        let element = UnsafeRawBufferPointer(rebasing: bytes[place * dtype.size..<(place + 1) * dtype.size])
        if let map, dtype.firstNotFinite(in: element) != nil, isClaimed(first + place, map) {
          throw failed(first + place, map)
        }
      }
    }
  }

  private func element(at place: Int, _ map: RegionMap) -> Int {
    var element = 0
    map.forEachRun(in: place..<place + 1) { run in
      element = run.element
      return true
    }
    return element
  }

  private func isClaimed(_ place: Int, _ map: RegionMap) -> Bool {
    guard let claimed else { return true }
    let element = element(at: place, map)
    let at = claimed.place(atOrAfter: element)
    guard claimed.place(atOrAfter: element + 1) > at else { return false }
    var isClaimed = false
    claimed.forEachSelected(in: at..<at + 1) { _ in isClaimed = true }
    return isClaimed
  }

  private func failed(_ place: Int, _ map: RegionMap) -> Diagnostic {
    Diagnostic.notFinite(text, at: self.place, element: element(at: place, map), in: shape)
  }
}
