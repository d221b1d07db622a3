import Diagnostics
import Glibc
import Tensors

/// Memory for a range with a margin on both sides, in which nothing may be written.
///
/// Everything is filled with a pattern first, by which elements that were never written are found. Nobody can touch it
/// once it is gone.
final class FillBuffer {
  /// The pattern that memory is filled with: finite as a float, and nothing that an initializer comes to.
  enum Pattern: UInt32, CaseIterable {
    case first = 0x4E5A_1234
    case second = 0xCB3F_5678
  }

  let count: Int
  let dtype: DType
  let pattern: Pattern
  private let margin: Int
  private let memory: UnsafeMutableRawBufferPointer
  private let block: LentMemory.Block?

  /// - Parameter margin: elements on each side; a plugin that fills too much should find room for it.
  init(_ count: Int, dtype: DType = .f32, margin: Int, pattern: Pattern = .first) {
    (self.count, self.dtype, self.pattern) = (count, dtype, pattern)
    self.margin = (max(16, margin) * dtype.size + 63) / 64 * 64
    let size = (2 * self.margin + count * dtype.size + 3) / 4 * 4
    block = LentMemory.shared.take(.range, size, atEnd: false)
    memory = block?.bytes ?? .allocate(byteCount: size, alignment: 64)
    memory.bindMemory(to: UInt32.self).update(repeating: pattern.rawValue)
  }

  deinit {
    if let block { LentMemory.shared.giveBack(block) } else { memory.deallocate() }
  }

  /// The range itself.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[margin..<(margin + count * dtype.size)])
  }

  /// The elements as patterns of bits.
  var floats: [UInt32] { Array(bytes.bindMemory(to: UInt32.self)) }

  /// The elements as numbers.
  var values: [Double] {
    var tensor = Tensor(uninitialized: Shape([count]), dtype: dtype)
    tensor.withMutableBytes(keepingContents: false) { $0.copyMemory(from: UnsafeRawBufferPointer(bytes)) }
    return tensor.elements
  }

  /// The first element that is farther from another buffer's than its type's rounding may put it.
  func firstFarther(from exact: FillBuffer) -> Int? {
    let (found, exact) = (values, exact.values)
    // What is computed in double precision and rounded once may be one step beside what was rounded twice.
    let step = dtype == .f64 ? 0x1p-23 : dtype == .f16 ? 0x1p-10 : 0x1p-7
    let smallest = dtype == .f16 ? 0x1p-24 : 0x1p-149
    return exact.indices.first { !(abs(found[$0] - exact[$0]) <= abs(exact[$0]) * step + smallest) }
  }

  /// The distance of the touched byte from the range, negative before it; nil where the margin is as it was.
  var touched: Int? {
    let words = UnsafeRawBufferPointer(memory)
    let end = margin + count * dtype.size
    let mark = withUnsafeBytes(of: pattern.rawValue) { Array($0) }
    if let before = (0..<margin).last(where: { words[$0] != mark[$0 & 3] }) { return before - margin }
    return (end..<memory.count).first { words[$0] != mark[$0 & 3] }.map { $0 - end }
  }

  /// Throws where the margin was touched.
  func requireMargin(_ place: String) throws(Diagnostic) {
    guard let byte = touched else { return }
    let size = dtype.size
    throw Diagnostic(
      .findingOutside, "memory outside of the range was written", at: place,
      expected: "elements 0 to \(count - 1) alone",
      found: byte < 0 ? "element -\((-byte + size - 1) / size) written" : "element \(count + byte / size) written")
  }
}
