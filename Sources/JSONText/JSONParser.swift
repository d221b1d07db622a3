import Diagnostics

extension JSONValue {
  /// How deeply parsed text may be nested unless another limit is given.
  public static let depthLimit = 256

  /// Parses one value from UTF-8 text.
  ///
  /// Strict RFC 8259: no comments, no trailing commas, no byte order mark; keys that occur twice are refused.
  /// - Parameters:
  ///   - source: What errors call the text, such as a file's path.
  ///   - depth: The limit of nesting; at most 512 is allowed, so that no stack overflows.
  /// - Throws: R0640 to R0644, with the byte's offset, line and column.
  public init(
    parsing bytes: UnsafeRawBufferPointer, source: String? = nil, depth: Int = JSONValue.depthLimit
  ) throws(Diagnostic) {
    do {
      self = try JSONParser.parse(bytes, depth: min(depth, 512))
    } catch {
      throw error.located(in: bytes, source: source)
    }
  }

  /// Parses one value from text.
  ///
  /// - Throws: R0640 to R0644, with the byte's offset, line and column.
  public init(
    parsing text: String, source: String? = nil, depth: Int = JSONValue.depthLimit
  ) throws(Diagnostic) {
    try self.init(parsing: Array(text.utf8), source: source, depth: depth)
  }

  /// Parses one value from UTF-8 bytes.
  ///
  /// - Throws: R0640 to R0644, with the byte's offset, line and column.
  public init(
    parsing bytes: [UInt8], source: String? = nil, depth: Int = JSONValue.depthLimit
  ) throws(Diagnostic) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(Diagnostic) in try JSONValue(parsing: buffer, source: source, depth: depth) }
    }
    self = try result.get()
  }
}

extension Diagnostic {
  /// The place `byte N` with line and column, and the source's name before it.
  fileprivate func located(in bytes: UnsafeRawBufferPointer, source: String?) -> Diagnostic {
    guard let place, let offset = Int(place.dropFirst("byte ".count)) else { return self }
    let before = bytes.prefix(offset)
    let line = before.count { $0 == 0x0A } + 1
    let column = offset - (before.lastIndex(of: 0x0A) ?? -1)
    var copy = self
    copy.place = (source.map { "\($0), " } ?? "") + "\(place) (line \(line), column \(column))"
    return copy
  }
}

/// Builds values over a scanner; recursion is bounded by the depth.
struct JSONParser {
  var scanner: JSONScanner
  let limit: Int

  static func parse(_ bytes: UnsafeRawBufferPointer, depth: Int) throws(Diagnostic) -> JSONValue {
    var parser = JSONParser(scanner: JSONScanner(bytes), limit: depth)
    if let fault = UTF8Check.firstFault(in: bytes) {
      throw parser.scanner.fault(
        .jsonNotUTF8, "text is not UTF-8", at: fault, found: JSONScanner.describe(bytes[fault]))
    }
    let value = try parser.value(depth: 0)
    try parser.scanner.expectEnd()
    return value
  }

  mutating func value(depth: Int) throws(Diagnostic) -> JSONValue {
    switch scanner.next() {
    case 0x7B: return .object(try object(depth: depth + 1))
    case 0x5B: return .array(try array(depth: depth + 1))
    case 0x22: return .string(scanner.text(try scanner.string()))
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .null)
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: return try number()
    default: throw scanner.unexpected("a value")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Diagnostic) -> JSONValue {
    try scanner.expect(word: word)
    return value
  }

  private mutating func number() throws(Diagnostic) -> JSONValue {
    let token = try scanner.number()
    let value = try scanner.double(token)
    guard token.isInteger, !(value == 0 && value.sign == .minus) else { return .number(value) }
    let text = String(decoding: UnsafeRawBufferPointer(rebasing: scanner.bytes[token.range]), as: UTF8.self)
    return Int64(text).map { .integer($0) } ?? .number(value)
  }

  private mutating func array(depth: Int) throws(Diagnostic) -> [JSONValue] {
    if depth > limit { throw scanner.tooDeep(limit: limit) }
    scanner.offset += 1
    if scanner.skip(0x5D) { return [] }
    var elements: [JSONValue] = []
    repeat { elements.append(try value(depth: depth)) } while try scanner.continues(until: 0x5D)
    return elements
  }

  private mutating func object(depth: Int) throws(Diagnostic) -> JSONObject {
    if depth > limit { throw scanner.tooDeep(limit: limit) }
    scanner.offset += 1
    if scanner.skip(0x7D) { return JSONObject() }
    var members: [JSONObject.Member] = []
    var keys: Set<ByteName> = []
    repeat {
      scanner.next()
      let place = scanner.offset
      let key = scanner.text(try scanner.string())
      guard keys.insert(ByteName(key)).inserted else {
        throw scanner.fault(.jsonDuplicateKey, "key '\(key)' is given twice", at: place)
      }
      try scanner.expect(0x3A)
      members.append(JSONObject.Member(key, try value(depth: depth)))
    } while try scanner.continues(until: 0x7D)
    return JSONObject(unchecked: members)
  }
}
