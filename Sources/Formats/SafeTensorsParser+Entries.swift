import Diagnostics
import Glibc
import JSONText

extension SafeTensorsParser {
  /// What has been read of a tensor's entry; below zero where it has not been.
  private struct Draft {
    let name: JSONStringToken
    var dtype = -1
    var rank = -1
    /// The product of the sizes; nil where it does not fit.
    var count: UInt? = 1
    var begin = -1
    var end = -1
  }

  /// Reads one tensor's entry and checks what can be checked without the others.
  mutating func readEntry(_ name: JSONStringToken) throws(Diagnostic) {
    var draft = Draft(name: name)
    guard name.range.count <= Self.nameLimit else {
      throw fault(
        .nameTooLong, "the name of a tensor is too long: \(named(draft))",
        at: name.range.lowerBound,
        expected: "at most \(Self.nameLimit) bytes", found: "\(name.range.count) bytes")
    }
    guard scanner.skip(0x7B) else { throw try notObject(draft) }
    let start = scanner.offset - 1
    let sizesStart = table.sizes.count
    if !scanner.skip(0x7D) {
      repeat { try readField(of: &draft) } while try scanner.continues(until: 0x7D)
    }
    if draft.dtype < 0 { throw missing("dtype", of: draft, at: start) }
    if draft.rank < 0 { throw missing("shape", of: draft, at: start) }
    if draft.begin < 0 { throw missing("data_offsets", of: draft, at: start) }
    let bits = table.dtypeBits[draft.dtype]
    if bits >= 0 {
      let size = SafeTensorsSize(count: draft.count, bits: bits)
      if size != .bytes(draft.end - draft.begin) {
        throw wrongSize(draft, size, sizesStart, at: start)
      }
    }
    if name.hasEscapes { table.escapedNames[table.rows.count] = Array(scanner.text(name).utf8) }
    table.append(
      nameStart: name.range.lowerBound, nameCount: name.range.count, dtype: draft.dtype,
      rank: draft.rank,
      begin: draft.begin, end: draft.end)
  }

  private mutating func notObject(_ draft: Draft) throws(Diagnostic) -> Diagnostic {
    let (place, found) = try readValue(depth: Self.depthLimit - 1)
    return fault(
      .entryNotObject, "the entry of tensor \(named(draft)) is not an object", at: place,
      expected: "an object with dtype, shape and data_offsets", found: found)
  }

  private enum Field {
    case dtype
    case shape
    case offsets
    case unknown
  }

  /// Reads a field's key and the colon behind it.
  private mutating func readKey() throws(Diagnostic) -> Field {
    // The spelling that writers use is compared as a whole; any other is taken apart.
    if scanner.skip(exactly: "\"dtype\":") { return .dtype }
    if scanner.skip(exactly: "\"shape\":") { return .shape }
    if scanner.skip(exactly: "\"data_offsets\":") { return .offsets }
    let key = try scanner.string()
    try scanner.expect(0x3A)
    return names(key, "dtype")
      ? .dtype : names(key, "shape") ? .shape : names(key, "data_offsets") ? .offsets : .unknown
  }

  private mutating func readField(of draft: inout Draft) throws(Diagnostic) {
    scanner.next()
    let place = scanner.offset
    switch try readKey() {
    case .dtype:
      if draft.dtype >= 0 { throw twice("dtype", of: draft, at: place) }
      draft.dtype = try readDType(of: draft)
    case .shape:
      if draft.rank >= 0 { throw twice("shape", of: draft, at: place) }
      draft.rank = try readShape(of: &draft)
    case .offsets:
      if draft.begin >= 0 { throw twice("data_offsets", of: draft, at: place) }
      try readOffsets(of: &draft)
    case .unknown:
      // The reference ignores fields that it does not know.
      try scanner.skipValue(depth: Self.depthLimit - 2)
    }
  }

  /// Whether a key is this word, escapes resolved.
  func names(_ key: JSONStringToken, _ word: StaticString) -> Bool {
    key.hasEscapes ? scanner.text(key) == word.description : scanner.matches(key, word)
  }

  private mutating func readDType(of draft: Draft) throws(Diagnostic) -> Int {
    guard scanner.next() == 0x22 else {
      let (place, found) = try readValue(depth: Self.depthLimit - 2)
      throw fault(
        .dtypeNotString, "dtype of tensor \(named(draft)) is not a string", at: place,
        expected: "a string such as \"F32\"", found: found)
    }
    let token = try scanner.string()
    if !token.hasEscapes, hasSameBytes(token.range, lastDType.range) { return lastDType.index }
    let index = table.dtype(named: scanner.text(token))
    if !token.hasEscapes { lastDType = (token.range, index) }
    return index
  }

  private func hasSameBytes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    guard a.count == b.count, !a.isEmpty, let base = scanner.bytes.baseAddress else { return false }
    return memcmp(base + a.lowerBound, base + b.lowerBound, a.count) == 0
  }

  /// Appends the shape to the sizes that all tensors share; how many there are.
  private mutating func readShape(of draft: inout Draft) throws(Diagnostic) -> Int {
    scanner.next()
    let start = scanner.offset
    guard scanner.skip(0x5B) else { throw try notShape(of: draft, from: start) }
    if scanner.skip(0x5D) { return 0 }
    let first = table.sizes.count
    repeat {
      guard let size = scanner.unsigned() else { throw try notShape(of: draft, from: start) }
      guard size <= UInt64(Int.max) else {
        throw fault(
          .shapeOverflow, "a size of tensor \(named(draft)) does not fit into 63 bits", at: start,
          found: "\(size)")
      }
      table.sizes.append(Int(size))
      draft.count = SafeTensorsSize.product(draft.count, UInt(size))
    } while try scanner.continues(until: 0x5D)
    return table.sizes.count - first
  }

  private mutating func notShape(of draft: Draft, from start: Int) throws(Diagnostic) -> Diagnostic {
    scanner.offset = start
    let (place, found) = try readValue(depth: Self.depthLimit - 2)
    return fault(
      .shapeNotIntegers, "shape of tensor \(named(draft)) is not a list of sizes", at: place,
      expected: "an array of non-negative integers", found: found)
  }

  private mutating func readOffsets(of draft: inout Draft) throws(Diagnostic) {
    scanner.next()
    let start = scanner.offset
    guard scanner.skip(0x5B), let begin = scanner.unsigned(), scanner.skip(0x2C),
      let end = scanner.unsigned(), scanner.skip(0x5D), begin <= UInt64(Int.max),
      end <= UInt64(Int.max)
    else { throw try notOffsets(of: draft, from: start) }
    guard begin <= end else {
      throw fault(
        .offsetsReversed, "data of tensor \(named(draft)) end before they begin", at: start,
        expected: "an end of at least \(begin)", found: "[\(begin), \(end)]")
    }
    (draft.begin, draft.end) = (Int(begin), Int(end))
  }

  private mutating func notOffsets(of draft: Draft, from start: Int) throws(Diagnostic)
    -> Diagnostic
  {
    scanner.offset = start
    let (place, found) = try readValue(depth: Self.depthLimit - 2)
    return fault(
      .offsetsNotIntegers, "data_offsets of tensor \(named(draft)) are not a pair of integers",
      at: place,
      expected: "[begin, end] with two non-negative integers", found: found)
  }

  private func wrongSize(
    _ draft: Draft, _ size: SafeTensorsSize, _ sizesStart: Int, at place: Int
  ) -> Diagnostic {
    let type = "\(table.dtypes[draft.dtype]) \(Array(table.sizes[sizesStart...]))"
    let count = draft.end - draft.begin
    switch size {
    case .bytes(let wanted):
      return fault(
        .sizeMismatch, "size of tensor \(named(draft)) does not match its shape and dtype",
        at: place,
        expected: "\(wanted) bytes for \(type)",
        found: "\(count) bytes, data_offsets [\(draft.begin), \(draft.end)]")
    case .overflow:
      return fault(
        .shapeOverflow, "size of tensor \(named(draft)) does not fit into 64 bits", at: place,
        expected: "\(count) bytes", found: type)
    case .partialByte(let total):
      return fault(
        .partialByte, "tensor \(named(draft)) ends within a byte", at: place,
        expected: "a multiple of 8 bits", found: "\(total) bits for \(type)")
    }
  }

  private func missing(_ field: String, of draft: Draft, at place: Int) -> Diagnostic {
    fault(
      .entryFieldMissing, "the entry of tensor \(named(draft)) has no '\(field)'", at: place,
      expected: "dtype, shape and data_offsets")
  }

  private func twice(_ field: String, of draft: Draft, at place: Int) -> Diagnostic {
    fault(.entryFieldTwice, "the entry of tensor \(named(draft)) has '\(field)' twice", at: place)
  }

  private func named(_ draft: Draft) -> String { Self.quoted(scanner.text(draft.name)) }
}
