import CReinit
import Diagnostics
import Glibc
import PluginHost
import Synchronization
import Tensors

/// Everything that one call lends to the plugin, copied to memory that ends with the call.
final class LentCall: Sendable {
  /// Elements that the plugin sees, and those that they stand for.
  private struct View: @unchecked Sendable {
    let block: LentMemory.Block
    let real: UnsafeMutableRawPointer
    let isOutput: Bool
  }
  private struct State: Sendable {
    var blocks: [LentMemory.Block] = []
    var scratch: [LentMemory.Block] = []
    var views: [View] = []
  }
  private let state = Mutex(State())
  private var memory: LentMemory { .shared }

  /// What memory holds that nobody has written; another thing each time.
  private static let count = Atomic<Int>(0)
  private static let mark: UInt8 = 0xA5

  private static func pattern() -> (word: UInt32, isEven: Bool) {
    let number = count.add(1, ordering: .relaxed).oldValue
    let patterns = FillBuffer.Pattern.allCases
    return (patterns[number % patterns.count].rawValue, number % 2 == 0)
  }

  /// A copy that can be read alone, and nothing behind it.
  func copy(_ kind: LentMemory.Kind, _ source: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
    guard let block = memory.take(kind, source.count, alignment: kind == .text ? 1 : 8) else {
      return source.baseAddress
    }
    block.bytes.copyMemory(from: source)
    memory.seal(block)
    state.withLock { $0.blocks.append(block) }
    return UnsafeRawPointer(block.bytes.baseAddress)
  }

  /// The elements of a list as a copy.
  func list<Element>(_ first: UnsafePointer<Element>?, _ count: UInt64) -> UnsafePointer<Element>? {
    guard let first, let count = Int(exactly: count), count < 1 << 20 else { return first }
    let bytes = UnsafeRawBufferPointer(start: first, count: count * MemoryLayout<Element>.stride)
    return copy(.table, bytes)?.assumingMemoryBound(to: Element.self)
  }

  func text(_ text: ri_str) -> ri_str {
    guard let first = text.ptr, text.len > 0 else { return text }
    let bytes = UnsafeRawBufferPointer(start: first, count: Int(clamping: text.len))
    return ri_str(ptr: copy(.text, bytes)?.assumingMemoryBound(to: CChar.self), len: text.len)
  }

  /// Arguments with the words and lists that they point to.
  func values(_ first: UnsafePointer<ri_value>?, _ count: UInt64) -> UnsafePointer<ri_value>? {
    guard let first, count > 0 else { return first }
    let values = UnsafeBufferPointer(start: first, count: Int(clamping: count)).map { value in
      var value = value
      switch Int(value.type) {
      case RI_VALUE_WORD:
        let word = UnsafeRawBufferPointer(start: value.u.word, count: Int(value.count))
        value.u.word = copy(.text, word)?.assumingMemoryBound(to: CChar.self)
      case RI_VALUE_INTS: value.u.i64s = list(value.u.i64s, UInt64(value.count))
      case RI_VALUE_REALS: value.u.f64s = list(value.u.f64s, UInt64(value.count))
      default: break
      }
      return value
    }
    return values.withUnsafeBufferPointer { list($0.baseAddress, count) }
  }

  /// A struct with as many bytes as its first field says, of which this host knows some.
  func structure<Value>(_ value: Value) -> UnsafePointer<Value>? {
    withUnsafeBytes(of: value) { known in
      let size = max(Int(known.load(as: UInt32.self)), known.count)
      guard let block = memory.take(.table, size, alignment: 8) else { return nil }
      // What a newer host would have there; who looks at it without knowing it is found.
      block.bytes.initializeMemory(as: UInt8.self, repeating: LentCall.mark)
      block.bytes.copyMemory(from: known)
      memory.seal(block)
      state.withLock { $0.blocks.append(block) }
      return UnsafePointer(block.bytes.baseAddress?.assumingMemoryBound(to: Value.self))
    }
  }

  /// Memory that the plugin writes a result to, of `size` bytes; nil where there is none.
  func room(_ size: Int, like source: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
    guard let block = memory.take(.table, size, alignment: 8) else { return nil }
    block.bytes.initializeMemory(as: UInt8.self, repeating: LentCall.mark)
    block.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<min(size, source.count)]))
    state.withLock { $0.blocks.append(block) }
    return block.bytes.baseAddress
  }

  /// Scratch memory, in which something is.
  func scratch(_ count: UInt64, alignment: UInt64) -> UnsafeMutableRawPointer? {
    let pattern = LentCall.pattern()
    let boundary = max(8, Int(clamping: alignment))
    guard let block = marked(.scratch, Int(clamping: count), boundary, pattern) else { return nil }
    state.withLock { $0.scratch.append(block) }
    return block.bytes.baseAddress
  }

  /// Elements that the plugin writes, and the host reads before the call ends.
  func room(of count: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    guard let block = marked(.elements, count, alignment, LentCall.pattern()) else { return nil }
    state.withLock { $0.scratch.append(block) }
    return block.bytes.baseAddress
  }

  /// A view as the plugin sees it: its shape, and its elements or the memory for them.
  func view(_ out: UnsafeMutablePointer<ri_view>?, isOutput: Bool) {
    guard let out, Int(out.pointee.struct_size) >= MemoryLayout<ri_view>.size else { return }
    out.pointee.shape = list(out.pointee.shape, UInt64(out.pointee.rank))
    guard let real = out.pointee.data, let dtype = DType(abi: out.pointee.dtype),
      let block = marked(
        .elements, Int(clamping: out.pointee.count) * dtype.size, dtype.size, LentCall.pattern())
    else { return }
    if !isOutput { block.bytes.copyMemory(from: UnsafeRawBufferPointer(start: real, count: block.bytes.count)) }
    state.withLock { $0.views.append(View(block: block, real: real, isOutput: isOutput)) }
    out.pointee.data = block.bytes.baseAddress
  }

  /// A block with something in it and around it: in turns such that ends where, or begins before, nothing can be touched.
  private func marked(
    _ kind: LentMemory.Kind, _ count: Int, _ alignment: Int, _ pattern: (word: UInt32, isEven: Bool)
  ) -> LentMemory.Block? {
    guard let block = memory.take(kind, count, alignment: alignment, atEnd: pattern.isEven) else { return nil }
    let words = UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<(count / 4 * 4)])
    words.withMemoryRebound(to: UInt32.self) { $0.update(repeating: pattern.word) }
    for slack in block.slack { slack.initializeMemory(as: UInt8.self, repeating: LentCall.mark) }
    return block
  }

  /// Ends the call: outputs go to where they belong, and nothing can be touched any more.
  /// - Returns: what the plugin has done that it must not.
  func end() -> Diagnostic? {
    let state = state.withLock { $0 }
    var breach: Diagnostic?
    for view in state.views {
      let elements = UnsafeRawBufferPointer(view.block.bytes)
      if view.isOutput, let start = elements.baseAddress {
        view.real.copyMemory(from: start, byteCount: elements.count)
      } else if let start = elements.baseAddress, memcmp(start, view.real, elements.count) != 0 {
        breach = breach ?? LentCall.written
      }
    }
    for block in state.views.map(\.block) + state.scratch where block.slack.contains(where: LentCall.isTouched) {
      breach = breach ?? LentCall.outside(block)
    }
    for block in state.blocks + state.scratch + state.views.map(\.block) { memory.giveBack(block) }
    return breach
  }

  private static func isTouched(_ bytes: UnsafeMutableRawBufferPointer) -> Bool { bytes.contains { $0 != mark } }

  private static let written = Diagnostic(
    .findingInputWritten, "a tensor is written to by the memory that it was lent as", expected: "a tensor as it was",
    found: "other elements")

  private static func outside(_ block: LentMemory.Block) -> Diagnostic {
    Diagnostic(
      .findingLentMemory, "bytes beside \(block.bytes.count) bytes of \(block.kind) are written",
      expected: "nothing written outside of what was lent", found: "other bytes")
  }
}
