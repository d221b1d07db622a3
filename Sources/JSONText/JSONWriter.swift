extension JSONValue {
  /// The value as text on one line, without spaces.
  public var compact: String { written(indent: nil) }

  /// The value as text over several lines, two spaces a level, without a final line end.
  public var indented: String { written(indent: 0) }

  private func written(indent: Int?) -> String {
    var bytes: [UInt8] = []
    append(to: &bytes, indent: indent)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the value on one line, without spaces.
  public func append(to bytes: inout [UInt8]) { append(to: &bytes, indent: nil) }

  private func append(to bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    // Swift's description is the shortest text that gives the same double, and is JSON where it is finite.
    case .number(let value): bytes += (value.isFinite ? value.description : "null").utf8
    case .string(let value): Self.append(quoted: value, to: &bytes)
    case .array(let elements):
      Self.append(elements, brackets: (0x5B, 0x5D), to: &bytes, indent: indent) { element, bytes, indent in
        element.append(to: &bytes, indent: indent)
      }
    case .object(let object):
      Self.append(object.members, brackets: (0x7B, 0x7D), to: &bytes, indent: indent) {
        member, bytes, indent in
        Self.append(quoted: member.key, to: &bytes)
        bytes += (indent == nil ? ":" : ": ").utf8
        member.value.append(to: &bytes, indent: indent)
      }
    }
  }

  private static func append<Element>(
    _ elements: [Element], brackets: (UInt8, UInt8), to bytes: inout [UInt8], indent: Int?,
    each: (Element, inout [UInt8], Int?) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    bytes.append(brackets.0)
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      breakLine(&bytes, inner)
      each(element, &bytes, inner)
    }
    if !elements.isEmpty { breakLine(&bytes, indent) }
    bytes.append(brackets.1)
  }

  private static func breakLine(_ bytes: inout [UInt8], _ indent: Int?) {
    guard let indent else { return }
    bytes.append(0x0A)
    bytes += repeatElement(0x20, count: indent)
  }
}

extension JSONValue {
  /// Appends text in quotes, with quotes, backslashes and control characters escaped.
  public static func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22: bytes += [0x5C, 0x22]
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0x09: bytes += [0x5C, 0x74]
      case 0..<0x20: bytes += (byte < 0x10 ? "\\u000" : "\\u00").utf8 + Array(String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
