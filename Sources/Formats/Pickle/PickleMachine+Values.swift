import Diagnostics
import JSONText

extension PickleMachine {
  /// Frames, truth values and numbers.
  mutating func pushPlain(_ opcode: UInt8) throws(Diagnostic) -> Bool {
    switch opcode {
    case 0x80: try startProtocol()
    case 0x95: _ = try number(UInt64.self)
    case 0x4E: stack.append(.plain)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case 0x4A: stack.append(.integer(Int(try number(Int32.self))))
    case 0x4B: stack.append(.integer(Int(try number(UInt8.self))))
    case 0x4D: stack.append(.integer(Int(try number(UInt16.self))))
    case 0x8A: stack.append(long(try piece(try number(UInt8.self))))
    case 0x8B: stack.append(long(try piece(try number(Int32.self))))
    case 0x47:
      _ = try number(UInt64.self)
      stack.append(.plain)
    default: return false
    }
    return true
  }

  private mutating func startProtocol() throws(Diagnostic) {
    let version = try number(UInt8.self)
    guard (2...5).contains(version) else {
      throw fault("the pickle has protocol \(version)", expected: "one of 2 to 5")
    }
  }

  /// An integer of any length, little-endian with sign; one that does not fit is nothing that a tensor needs.
  private func long(_ range: Range<Int>) -> PickleValue {
    guard range.count <= 8 else { return .plain }
    var bits: UInt64 = contents.bytes[range].last.map { $0 >= 0x80 ? .max : 0 } ?? 0
    for byte in contents.bytes[range].reversed() { bits = bits << 8 | UInt64(byte) }
    return .integer(Int(Int64(bitPattern: bits)))
  }

  /// Texts and bytes.
  mutating func pushBytes(_ opcode: UInt8) throws(Diagnostic) -> Bool {
    switch opcode {
    case 0x58: try pushText(try piece(try number(UInt32.self)))
    case 0x8C: try pushText(try piece(try number(UInt8.self)))
    case 0x8D: try pushText(try piece(try number(UInt64.self)))
    // What Python 2 wrote for its texts.
    case 0x54: try pushText(try piece(try number(Int32.self)))
    case 0x55: try pushText(try piece(try number(UInt8.self)))
    case 0x42: pushPlain(behind: try piece(try number(UInt32.self)))
    case 0x43: pushPlain(behind: try piece(try number(UInt8.self)))
    case 0x8E, 0x96: pushPlain(behind: try piece(try number(UInt64.self)))
    default: return false
    }
    return true
  }

  private mutating func pushPlain(behind range: Range<Int>) { stack.append(.plain) }

  private mutating func pushText(_ range: Range<Int>) throws(Diagnostic) {
    let fault = contents.bytes.withUnsafeBytes {
      UTF8Check.firstFault(in: UnsafeRawBufferPointer(rebasing: $0[range]))
    }
    guard fault == nil else { throw self.fault("a text is not UTF-8") }
    // The limit of the pickle's size keeps both within 32 bits.
    stack.append(
      .text(
        start: Int32(truncatingIfNeeded: range.lowerBound),
        count: Int32(truncatingIfNeeded: range.count)))
  }

  /// The stack and the memo.
  mutating func moveValues(_ opcode: UInt8) throws(Diagnostic) -> Bool {
    switch opcode {
    case 0x28: marks.append(stack.count)
    case 0x30: try popOrUnmark()
    case 0x31: _ = try popToMark()
    case 0x32: stack.append(try top())
    case 0x68: try get(UInt32(try number(UInt8.self)))
    case 0x6A: try get(try number(UInt32.self))
    case 0x71: try put(UInt32(try number(UInt8.self)))
    case 0x72: try put(try number(UInt32.self))
    case 0x94: try put(UInt32(truncatingIfNeeded: memo.count))
    default: return false
    }
    return true
  }

  private mutating func popOrUnmark() throws(Diagnostic) {
    if let mark = marks.last, mark == stack.count {
      marks.removeLast()
    } else {
      _ = try pop()
    }
  }

  private mutating func put(_ index: UInt32) throws(Diagnostic) { memo[index] = try top() }

  private mutating func get(_ index: UInt32) throws(Diagnostic) {
    guard let value = memo[index] else { throw fault("value \(index) is used before it is kept") }
    stack.append(value)
  }
}
