import CReinit

extension String {
  /// A copy of a text that the host lent.
  init(_ text: ri_str) {
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(lent: text.ptr, count: Int(clamping: text.len)))
    self = String(decoding: bytes, as: UTF8.self)
  }

  /// Lends the text for the time of a call.
  func withText<Result>(_ body: (ri_str) -> Result) -> Result {
    var copy = self
    return copy.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { body(ri_str(ptr: $0.baseAddress, len: UInt64($0.count))) }
    }
  }
}

extension ri_str {
  /// A literal's text, which lives as long as the plugin.
  init(_ literal: StaticString) {
    guard literal.hasPointerRepresentation else {
      self.init()
      return
    }
    let start = UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
    self.init(ptr: start, len: UInt64(literal.utf8CodeUnitCount))
  }
}

extension UnsafeBufferPointer {
  /// What the host lent: nothing where the pointer is NULL, whatever the count.
  init(lent start: UnsafePointer<Element>?, count: Int) {
    self.init(start: start, count: start == nil ? 0 : Swift.max(count, 0))
  }
}

/// Memory for what the host is lent, all of it freed with the arena.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// A copy of plain values, those of C; never NULL.
  func array<Element>(_ elements: some Collection<Element>) -> UnsafeMutablePointer<Element> {
    let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    _ = UnsafeMutableBufferPointer(start: copy, count: elements.count).initialize(from: elements)
    blocks.append(UnsafeMutableRawPointer(copy))
    return copy
  }

  /// A copy of a text.
  func text(_ string: String) -> ri_str {
    guard !string.isEmpty else { return ri_str() }
    let bytes = string.utf8.lazy.map(CChar.init(bitPattern:))
    return ri_str(ptr: array(bytes), len: UInt64(string.utf8.count))
  }
}
