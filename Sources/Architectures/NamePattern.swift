/// The path of a tensor or layer with wildcards, as in selectors: `*` within a part, `**` for any number of parts.
struct NamePattern: Sendable {
  private enum Part: Sendable {
    case any
    case text([UInt8])
  }
  private let parts: [Part]
  /// Whether nothing may match.
  let isNegated: Bool
  /// What was written.
  let text: String

  /// A pattern, with `!` in front where nothing may match it; a number means any.
  init(_ text: String) {
    self.text = text
    isNegated = text.hasPrefix("!")
    let path = isNegated ? text.dropFirst() : text[...]
    parts = path.split(separator: ".").map { part in
      let isNumber = part.utf8.allSatisfy { (0x30...0x39).contains($0) }
      return part == "**" ? .any : .text(isNumber ? [0x30] : Array(part.utf8))
    }
  }

  /// The parts that are plain text, one of which a name must have to match.
  var literals: [[UInt8]] {
    parts.compactMap { part in
      guard case .text(let text) = part, !text.contains(UInt8(ascii: "*")) else { return nil }
      return text
    }
  }

  /// Whether the pattern is a name, or the beginning of one at the end of a part.
  func matches(_ name: [[UInt8]]) -> Bool { matches(parts[...], name[...]) }

  private func matches(_ parts: ArraySlice<Part>, _ name: ArraySlice<[UInt8]>) -> Bool {
    guard let first = parts.first else { return true }
    switch first {
    case .any:
      let rest = parts.dropFirst()
      return name.indices.contains { matches(rest, name[$0...]) } || matches(rest, name.suffix(0))
    case .text(let text):
      guard let part = name.first, NamePattern.matches(text[...], part[...]) else { return false }
      return matches(parts.dropFirst(), name.dropFirst())
    }
  }

  private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    guard first == UInt8(ascii: "*") else {
      return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
    let rest = pattern.dropFirst()
    return (text.startIndex...text.endIndex).contains { matches(rest, text[$0...]) }
  }
}

/// The names of a file, those that differ in numbers alone once: what patterns are held against.
struct NameShapes: Sendable {
  private var shapes: [[[UInt8]]] = []
  private var words: Set<[UInt8]> = []

  init(_ names: some Sequence<String>) {
    var seen: Set<[UInt8]> = []
    for name in names {
      let shape = NameShapes.shape(of: name)
      guard seen.insert(shape).inserted else { continue }
      let parts = shape.split(separator: UInt8(ascii: ".")).map(Array.init)
      shapes.append(parts)
      words.formUnion(parts)
    }
  }

  /// A name with 0 for each part that is a number.
  private static func shape(of name: String) -> [UInt8] {
    var shape: [UInt8] = []
    shape.reserveCapacity(name.utf8.count)
    var (start, isNumber) = (0, true)
    for byte in name.utf8 {
      if byte == UInt8(ascii: ".") {
        if isNumber, shape.count > start { shape.replaceSubrange(start..., with: [UInt8(ascii: "0")]) }
        (start, isNumber) = (shape.count + 1, true)
      } else if !(0x30...0x39).contains(byte) {
        isNumber = false
      }
      shape.append(byte)
    }
    return shape
  }

  /// Whether a pattern, negation aside, matches any name.
  func holds(_ pattern: NamePattern) -> Bool {
    guard pattern.literals.allSatisfy(words.contains) else { return false }
    return shapes.contains { pattern.matches($0) }
  }

  /// Whether all patterns hold; not where there are none that must match.
  func fit(_ patterns: [NamePattern]) -> Bool {
    patterns.contains { !$0.isNegated } && patterns.allSatisfy { holds($0) != $0.isNegated }
  }
}
