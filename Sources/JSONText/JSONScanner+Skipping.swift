import Diagnostics

extension JSONScanner {
  /// Moves behind a value of any kind, checking its grammar, without recursion.
  ///
  /// - Parameter depth: How many levels of nesting are allowed.
  /// - Throws: A code of the JSON family; keys that occur twice are not looked for.
  public mutating func skipValue(depth: Int) throws(Diagnostic) {
    var open: [UInt8] = []
    repeat {
      if try skipOpening(&open, depth: depth) { continue }
      while let closing = open.last {
        if try continues(until: closing) {
          if closing == 0x7D { try key() }
          break
        }
        open.removeLast()
      }
    } while !open.isEmpty
  }

  /// Reads one scalar or one opening bracket; true where a value has to follow.
  private mutating func skipOpening(_ open: inout [UInt8], depth: Int) throws(Diagnostic) -> Bool {
    let first = next()
    guard first == 0x7B || first == 0x5B else {
      try skipScalar(first)
      return false
    }
    if open.count >= depth { throw tooDeep(limit: depth) }
    offset += 1
    let closing: UInt8 = first == 0x7B ? 0x7D : 0x5D
    if skip(closing) { return false }
    open.append(closing)
    if first == 0x7B { try key() }
    return true
  }

  private mutating func skipScalar(_ first: UInt8?) throws(Diagnostic) {
    switch first {
    case 0x22: _ = try string()
    case 0x74: try expect(word: "true")
    case 0x66: try expect(word: "false")
    case 0x6E: try expect(word: "null")
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: _ = try double(number())
    default: throw unexpected("a value")
    }
  }

  private mutating func key() throws(Diagnostic) {
    _ = try string()
    try expect(0x3A)
  }

  /// The error for one level of nesting too many.
  public func tooDeep(limit: Int) -> Diagnostic {
    fault(.jsonTooDeep, "nested too deeply", expected: "at most \(limit) levels")
  }
}
