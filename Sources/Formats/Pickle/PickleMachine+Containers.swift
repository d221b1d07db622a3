import Diagnostics

extension PickleMachine {
  /// Tuples, lists, sets and dictionaries.
  mutating func makeContainer(_ opcode: UInt8) throws(Diagnostic) -> Bool {
    switch opcode {
    case 0x29: pushTuple([])
    case 0x85, 0x86, 0x87: try pushTuple(of: Int(opcode - 0x84))
    case 0x74: pushTuple(try popToMark())
    case 0x5D, 0x8F: pushList([])
    case 0x6C, 0x91: pushList(try popToMark())
    case 0x61: try append([try pop()])
    case 0x65, 0x90: try append(try popToMark())
    case 0x7D: pushDictionary([])
    case 0x64: pushDictionary(try pairs(try popToMark()))
    case 0x73: try setItem()
    case 0x75: try setItems(try pairs(try popToMark()))
    default: return false
    }
    return true
  }

  mutating func pushTuple(_ values: [PickleValue]) {
    stack.append(.tuple(Int32(truncatingIfNeeded: contents.sequences.count)))
    contents.sequences.append(values)
  }

  private mutating func pushTuple(of count: Int) throws(Diagnostic) {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw fault("a tuple lacks values on the stack")
    }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    pushTuple(values)
  }

  private mutating func pushList(_ values: [PickleValue]) {
    stack.append(.list(Int32(truncatingIfNeeded: contents.sequences.count)))
    contents.sequences.append(values)
  }

  private mutating func append(_ values: [PickleValue]) throws(Diagnostic) {
    guard case .list(let index) = try top() else {
      throw fault("values are appended to what is no list")
    }
    contents.sequences[Int(index)] += values
  }

  mutating func pushDictionary(_ pairs: [(key: PickleValue, value: PickleValue)]) {
    stack.append(.dictionary(Int32(truncatingIfNeeded: contents.dictionaries.count)))
    contents.dictionaries.append(pairs)
  }

  private func pairs(_ values: [PickleValue]) throws(Diagnostic) -> [(
    key: PickleValue, value: PickleValue
  )] {
    guard values.count % 2 == 0 else { throw fault("a dictionary's last key has no value") }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  private mutating func setItem() throws(Diagnostic) {
    let value = try pop()
    try setItems([(try pop(), value)])
  }

  private mutating func setItems(_ pairs: [(key: PickleValue, value: PickleValue)])
    throws(Diagnostic)
  {
    guard case .dictionary(let index) = try top() else {
      throw fault("a key is set in what is no dictionary")
    }
    contents.dictionaries[Int(index)] += pairs
  }
}
