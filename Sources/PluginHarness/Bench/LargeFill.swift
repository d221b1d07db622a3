import Diagnostics
import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors

/// Tensors as large as those of real models, filled as a whole and in pieces.
enum LargeFill {
  /// How many elements they have, about.
  static let sizes = [100_000, 1 << 20 + 3, 10_000_000]
  /// Seconds of processor time that one size may take; what is slower is tried with fewer elements.
  private static let budget = 2.0

  /// Tensors of so many elements, the likeliest first.
  static func offers(of size: Int) -> [ParameterContext] {
    let side = Int(Double(size).squareRoot())
    let columns = size == sizes[1] ? 149_797 : size / (size == sizes[0] ? 250 : 2500)
    return [
      FillOffers.weight([size / columns, columns]), FillOffers.weight([side, side]),
      FillOffers.weight([size / (64 * 9), 64, 3, 3]), FillOffers.plain([size], .bias), FillOffers.plain([size], .scale),
    ]
  }

  /// The first tensor of each size that is accepted, as long as they do not take too long.
  static func cases(_ subject: FillSubject, _ bench: Bench) throws(Diagnostic) -> [FillCase] {
    var cases: [FillCase] = []
    var perElement = 0.0
    for size in sizes where perElement * Double(size) < budget {
      guard let fillCase = try bench.accepted(offers(of: size), by: subject.arguments).cases.first else { continue }
      if cases.isEmpty {
        let start = processorSeconds
        _ = try LargeBuffer(fillCase, bench).filled(from: 0)
        // Whole and in pieces; what is filled as a whole seldom takes twice as long for twice as much.
        perElement = (processorSeconds - start) / Double(size) * (fillCase.isElementwise ? 3 : 300)
      }
      cases.append(fillCase)
    }
    return cases
  }

  /// What this process has computed so far: on a busy machine a clock would leave out sizes that are quick.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Cuts at odd places, and those at which a host cuts.
  static func cuts(of total: Int, _ random: inout RandomStream) -> [Int] {
    var cuts = [0, 1, 8192, 65_537, total / 3, total / 2 + 1, 1 << 22, total - 13, total]
    cuts += (0..<3).map { _ in Int.random(in: 0...total, using: &random) }
    return Set(cuts.filter { (0...total).contains($0) }).sorted()
  }
}

/// Memory for a large tensor, behind which nothing can be touched.
final class LargeBuffer {
  let fillCase: FillCase
  private let block: LentMemory.Block?
  let bytes: UnsafeMutableRawBufferPointer

  init(_ fillCase: FillCase, _ bench: Bench, pattern: FillBuffer.Pattern = .first) {
    self.fillCase = fillCase
    let count = 4 * fillCase.total
    block = LentMemory.shared.take(.range, count)
    bytes = block?.bytes ?? .allocate(byteCount: count, alignment: 64)
    bytes.withMemoryRebound(to: UInt32.self) { $0.update(repeating: pattern.rawValue) }
    let end = UInt(bitPattern: bytes.baseAddress) + UInt(count)
    bench.announcer.guarding(end..<(end + 4096), "behind the range")
  }

  deinit {
    if let block { LentMemory.shared.giveBack(block) } else { bytes.deallocate() }
  }

  /// Fills everything from an element on.
  func filled(from first: Int, seed: UInt64 = 1) throws(Diagnostic) -> LargeBuffer {
    try fill(first..<fillCase.total, seed: seed)
    return self
  }

  func fill(_ range: Range<Int>, seed: UInt64 = 1) throws(Diagnostic) {
    let part = UnsafeMutableRawBufferPointer(rebasing: bytes[(4 * range.lowerBound)..<(4 * range.upperBound)])
    let stream = RandomStream(seed: seed, name: fillCase.context.name)
    do throws(Diagnostic) { try fillCase.fill(part, from: range.lowerBound, stream: stream) } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingPast32Bits, "a range of \(range.count) elements fails: \(error.message)",
        at: "\(fillCase.name), elements \(range)", expected: "RI_OK, or a refusal by check", found: error.found)
    }
  }

  var bits: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(bytes.assumingMemoryBound(to: UInt32.self)) }

  /// The first element that differs.
  func difference(from other: LargeBuffer) -> Int? {
    guard let a = bytes.baseAddress, let b = other.bytes.baseAddress, memcmp(a, b, bytes.count) != 0 else { return nil }
    return bits.indices.first { bits[$0] != other.bits[$0] }
  }
}

extension FillLaws {
  /// Tensors of a hundred thousand, of a million and of ten million elements, whole and in pieces.
  static func large(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let cases = try LargeFill.cases(try bench.fillSubject(), bench)
    guard !cases.isEmpty else { return .skipped("it accepts no large tensors") }
    var random = bench.random()
    for fillCase in cases {
      bench.announcer.step("fill of \(fillCase.name) as a whole")
      let whole = try LargeBuffer(fillCase, bench).filled(from: 0)
      try requireFinite(whole)
      let other = LargeBuffer(fillCase, bench, pattern: .second)
      if fillCase.isElementwise {
        let cuts = LargeFill.cuts(of: fillCase.total, &random)
        for range in zip(cuts, cuts.dropFirst()).map({ $0..<$1 }).shuffled(using: &random) {
          bench.announcer.step("fill of elements \(range) of \(fillCase.name)")
          try other.fill(range)
        }
      } else {
        _ = try other.filled(from: 0)
      }
      try requireEqual(whole, other)
    }
    return .passed
  }

  private static func requireFinite(_ buffer: LargeBuffer) throws(Diagnostic) {
    guard !buffer.fillCase.givesNonFinite,
      let index = buffer.bits.firstIndex(where: { $0 & 0x7F80_0000 == 0x7F80_0000 })
    else { return }
    throw Diagnostic(
      .findingPast32Bits, "element \(index) of \(buffer.fillCase.total) is not finite", at: buffer.fillCase.name,
      expected: "a finite number, as in small tensors", found: "\(Float(bitPattern: buffer.bits[index]))")
  }

  private static func requireEqual(_ whole: LargeBuffer, _ other: LargeBuffer) throws(Diagnostic) {
    guard let index = other.difference(from: whole) else { return }
    let how = whole.fillCase.isElementwise ? "in pieces" : "again"
    throw Diagnostic(
      .findingPast32Bits, "a large tensor has other bits when it is filled \(how)", at: whole.fillCase.name,
      expected: "element \(index): \(Float(bitPattern: whole.bits[index]))",
      found: "\(Float(bitPattern: other.bits[index]))")
  }
}
