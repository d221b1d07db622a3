import Diagnostics
import JSONText

/// Reads a header from the first bytes of a file, in one pass over its text.
struct SafeTensorsParser {
  static let metadataKey = "__metadata__"
  /// The longest name of a tensor, in bytes: far beyond every model's, and short enough for all that looks at names.
  static let nameLimit = 1 << 20
  /// What the reference's JSON reader allows, the header's own two levels included.
  static let depthLimit = 127

  var scanner: JSONScanner
  let path: String
  var table: SafeTensorsTable
  var metadata: SafeTensorsMetadata?
  /// The element type read last, and its text: a file has few of them, mostly in a row.
  var lastDType = (range: 0..<0, index: 0)

  /// Reads the whole header.
  ///
  /// - Parameter text: The file from its beginning to the end of the header.
  static func parse(
    _ text: SafeTensorsText, fileSize: Int, path: String
  ) throws(Diagnostic) -> SafeTensorsHeader {
    let front = UnsafeRawBufferPointer(text.bytes)
    var parser = SafeTensorsParser(
      scanner: JSONScanner(front, from: 8), path: path, table: SafeTensorsTable(text: text))
    try parser.checkText()
    do {
      try parser.readMembers()
    } catch {
      throw parser.translated(error)
    }
    let names = try parser.checkedNames()
    let dataSize = try parser.checkLayout(dataSize: fileSize - front.count)
    return SafeTensorsHeader(
      table: parser.table, names: names, metadata: parser.metadata ?? [:],
      headerLength: front.count - 8,
      dataSize: dataSize)
  }

  private func checkText() throws(Diagnostic) {
    guard scanner.current == 0x7B else {
      throw fault(
        .headerStart, "the header does not begin with '{'", at: 8, expected: "'{'",
        found: scanner.foundHere)
    }
    if let place = UTF8Check.firstFault(in: UnsafeRawBufferPointer(rebasing: scanner.bytes[8...])) {
      let byte = String(scanner.bytes[8 + place], radix: 16, uppercase: true)
      throw fault(.headerNotUTF8, "the header is not UTF-8", at: 8 + place, found: "byte 0x\(byte)")
    }
  }

  private mutating func readMembers() throws(Diagnostic) {
    let estimate = scanner.bytes.count / 80
    table.rows.reserveCapacity(estimate)
    table.sizes.reserveCapacity(2 * estimate)
    scanner.offset += 1
    var isOpen = !scanner.skip(0x7D)
    while isOpen {
      let key = try scanner.string()
      try scanner.expect(0x3A)
      if names(key, "__metadata__") {
        try readMetadata(at: key.range.lowerBound)
      } else {
        try readEntry(key)
      }
      isOpen = try scanner.continues(until: 0x7D)
    }
    try scanner.expectEnd()
  }

  private mutating func readMetadata(at place: Int) throws(Diagnostic) {
    guard metadata == nil else {
      throw fault(.duplicateMetadata, "'\(Self.metadataKey)' is given twice", at: place)
    }
    var pairs = SafeTensorsMetadata()
    defer { metadata = pairs }
    if scanner.next() == 0x6E { return try scanner.expect(word: "null") }
    guard scanner.skip(0x7B) else {
      throw try wrongMetadata("'\(Self.metadataKey)'", "an object of strings")
    }
    if scanner.skip(0x7D) { return }
    var seen: Set<ByteName> = []
    repeat {
      scanner.next()
      let start = scanner.offset
      let key = scanner.text(try scanner.string())
      guard seen.insert(ByteName(key)).inserted else {
        throw fault(
          .duplicateMetadata, "metadata key \(Self.quoted(key)) is given twice", at: start)
      }
      try scanner.expect(0x3A)
      guard scanner.next() == 0x22 else {
        throw try wrongMetadata("metadata \(Self.quoted(key))", "a string")
      }
      pairs.append(key, scanner.text(try scanner.string()))
    } while try scanner.continues(until: 0x7D)
  }

  private mutating func wrongMetadata(_ what: String, _ expected: String) throws(Diagnostic)
    -> Diagnostic
  {
    let (place, found) = try readValue(depth: Self.depthLimit - 2)
    return fault(
      .metadataNotStrings, "\(what) is not \(expected)", at: place, expected: expected, found: found
    )
  }

  /// Reads a value that is not what it should be: text that is not JSON at all is the graver error.
  mutating func readValue(depth: Int) throws(Diagnostic) -> (place: Int, text: String) {
    scanner.next()
    let start = scanner.offset
    try scanner.skipValue(depth: depth)
    let text = scanner.bytes[start..<min(scanner.offset, start + 40)]
    let cut = scanner.offset > start + 40 ? "…" : ""
    return (start, String(decoding: UnsafeRawBufferPointer(rebasing: text), as: UTF8.self) + cut)
  }

  /// An error at a byte of the file.
  func fault(
    _ code: ErrorCode, _ message: String, at place: Int, expected: String? = nil,
    found: String? = nil
  ) -> Diagnostic {
    Diagnostic(code, message, at: "\(path), byte \(place)", expected: expected, found: found)
  }

  private func translated(_ error: Diagnostic) -> Diagnostic {
    guard [.jsonSyntax, .jsonTooDeep, .jsonNumberRange].contains(error.code) else { return error }
    return Diagnostic(
      .headerNotJSON, "the header is not JSON: \(error.message)",
      at: "\(path), \(error.place ?? "")",
      expected: error.expected, found: error.found)
  }

  /// A name in single quotes, cut where it is very long.
  static func quoted(_ name: String) -> String {
    name.utf8.count > 200 ? "'\(name.prefix(100))…'" : "'\(name)'"
  }
}
