import Diagnostics

/// Which old tensor a tensor of the target is: `OLD = NEW`, several with commas between.
///
///     mapping = pair { "," pair }
///     pair    = pattern "=" pattern
///     pattern = part { "." part }
///     part    = "**" | "[" number "-" number "]" | a name, in which "*" stands for any text
///
/// A pattern means a tensor's name or the beginning of one, at the end of a part; what follows is carried over, and so is what
/// stars stand for, in their order, and where in its range a number is: `h.[8-31] = h.[24-47]` has block 24 made of block 8.
/// One block may become many: `h.7 = h.[8-11]`.
public struct NameMapping: Sendable {
  private let pairs: [(old: NameTemplate, new: NameTemplate)]
  /// As it was written.
  public let text: String

  /// - Throws: ``Diagnostics/ErrorCode/fitSyntax``.
  public init(parsing text: String) throws(Diagnostic) {
    self.text = text
    pairs = try text.split(separator: ",", omittingEmptySubsequences: false).map { (pair) throws(Diagnostic) in
      let sides = pair.split(separator: "=", omittingEmptySubsequences: false).map(NameMapping.trimmed)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw Diagnostic.fitSyntax("a renaming cannot be read", text, expected: "OLD = NEW", found: "'\(pair)'")
      }
      let (old, new) = (try NameTemplate(sides[0], in: text), try NameTemplate(sides[1], in: text))
      try old.requireFilled(by: new, in: text)
      return (old, new)
    }
  }

  /// The old name of a tensor of the target, by the last pair that speaks of it; nil where none does.
  func oldName(of new: String) -> String? {
    for pair in pairs.reversed() {
      if let captures = pair.new.match(new) { return pair.old.filled(captures) }
    }
    return nil
  }

  /// The names that pairs give an old tensor; nil where none speaks of it.
  /// - Throws: ``Diagnostics/ErrorCode/fitSyntax`` for a new name with a star that the old one does not have.
  func newNames(of old: String) throws(Diagnostic) -> [String]? {
    var names: [String]?
    for pair in pairs {
      guard let captures = pair.old.match(old) else { continue }
      try pair.new.requireStars(from: pair.old, in: text)
      names = (names ?? []) + pair.new.allFilled(captures)
    }
    return names
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}

/// A name with places for text, for parts and for numbers.
struct NameTemplate: Sendable {
  private enum Part: Sendable, Equatable {
    case text([Substring])
    case parts
    case numbers(ClosedRange<Int>)
  }
  /// What stands in a name where the template has places, each kind in its order.
  struct Captures {
    fileprivate var texts: [Substring] = []
    fileprivate var parts: [[Substring]] = []
    fileprivate var offsets: [Int] = []
    fileprivate var rest: [Substring] = []
  }
  private let parts: [Part]

  /// - Throws: ``Diagnostics/ErrorCode/fitSyntax``.
  init(_ text: String, in whole: String) throws(Diagnostic) {
    parts = try text.split(separator: ".", omittingEmptySubsequences: false).map { (part) throws(Diagnostic) in
      if part == "**" { return .parts }
      guard part.hasPrefix("["), part.hasSuffix("]") else {
        return .text(part.split(separator: "*", omittingEmptySubsequences: false))
      }
      let ends = part.dropFirst().dropLast().split(separator: "-").map { Int($0) }
      guard ends.count == 2, let low = ends[0], let high = ends[1], low >= 0, low <= high else {
        throw Diagnostic.fitSyntax("a range of numbers cannot be read", whole, expected: "[0-23]", found: "'\(part)'")
      }
      return .numbers(low...high)
    }
  }

  /// Refuses a template with stars that nothing fills; what ranges are left over stand for all of their numbers.
  func requireStars(from other: NameTemplate, in whole: String) throws(Diagnostic) {
    guard stars <= other.stars, deep <= other.deep else {
      throw Diagnostic.fitSyntax(
        "the new name has more wildcards than the old one", whole,
        expected: "without --to, what stars stand for on both sides",
        found: "'\(whole)'")
    }
  }

  /// Refuses a template that has more places than the other one gives contents for, or ranges of other lengths.
  func requireFilled(by other: NameTemplate, in whole: String) throws(Diagnostic) {
    let (own, others) = (ranges, other.ranges)
    guard stars <= other.stars, deep <= other.deep, own.count <= others.count else {
      throw Diagnostic.fitSyntax(
        "the old name has more wildcards than the new one", whole, expected: "what stars stand for on both sides",
        found: "'\(whole)'")
    }
    for (own, other) in zip(own, others) where own.count != other.count {
      throw Diagnostic.fitSyntax(
        "two ranges of numbers are not of one length", whole, expected: "\(own.count) numbers on both sides",
        found: "\(other.count)")
    }
  }

  private var ranges: [ClosedRange<Int>] {
    parts.compactMap { if case .numbers(let range) = $0 { range } else { nil } }
  }
  private var deep: Int { parts.count { $0 == .parts } }
  private var stars: Int {
    parts.reduce(0) { if case .text(let pieces) = $1 { $0 + pieces.count - 1 } else { $0 } }
  }

  /// What stands at the places of a name that begins as this says; nil for another name.
  func match(_ name: String) -> Captures? {
    var captures = Captures()
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    return match(parts[...], words[...], &captures) ? captures : nil
  }

  private func match(_ parts: ArraySlice<Part>, _ words: ArraySlice<Substring>, _ captures: inout Captures) -> Bool {
    guard let first = parts.first else {
      captures.rest = Array(words)
      return true
    }
    let before = captures
    switch first {
    case .parts:
      // As many as there can be, so that what follows is found at the end.
      for count in stride(from: words.count, through: 0, by: -1) {
        captures = before
        captures.parts.append(Array(words.prefix(count)))
        if match(parts.dropFirst(), words.dropFirst(count), &captures) { return true }
      }
      return false
    case .numbers(let range):
      guard let word = words.first, let number = Int(word), range.contains(number), "\(number)" == word else {
        return false
      }
      captures.offsets.append(number - range.lowerBound)
    case .text(let pieces):
      guard let word = words.first, let texts = NameTemplate.texts(of: word, pieces[...]) else { return false }
      captures.texts += texts
    }
    return match(parts.dropFirst(), words.dropFirst(), &captures)
  }

  /// What stars between pieces stand for in a word.
  private static func texts(of word: Substring, _ pieces: ArraySlice<Substring>) -> [Substring]? {
    guard let first = pieces.first, word.hasPrefix(first) else { return nil }
    var rest = word.dropFirst(first.count)
    guard pieces.count > 1 else { return rest.isEmpty ? [] : nil }
    let next = pieces.dropFirst()
    var star = rest.startIndex
    let whole = rest
    while true {
      rest = whole[star...]
      if let found = texts(of: rest, next) { return [whole[..<star]] + found }
      guard star < whole.endIndex else { return nil }
      star = whole.index(after: star)
    }
  }

  /// The names with contents at their places, and of a range for which there is none with each of its numbers.
  func allFilled(_ captures: Captures) -> [String] {
    ranges.dropFirst(captures.offsets.count).reduce([captures]) { all, range in
      all.flatMap { captures in
        (0..<range.count).map { offset in
          var captures = captures
          captures.offsets.append(offset)
          return captures
        }
      }
    }.map(filled)
  }

  /// The name with contents at its places.
  func filled(_ captures: Captures) -> String {
    var (texts, deep, offsets) = (captures.texts[...], captures.parts[...], captures.offsets[...])
    var words: [Substring] = []
    for part in parts {
      switch part {
      case .parts: words += deep.popFirst() ?? []
      case .numbers(let range): words.append("\(range.lowerBound + (offsets.popFirst() ?? 0))")
      case .text(let pieces):
        words.append(pieces.dropFirst().reduce(pieces[0]) { $0 + (texts.popFirst() ?? "") + $1 })
      }
    }
    return (words + captures.rest).joined(separator: ".")
  }
}

/// Tensors by a part of their names: `lm_head` means `lm_head.weight` and `model.lm_head.bias`; stars as in selectors.
struct NamedTensors: Sendable {
  private let templates: [(text: String, template: NameTemplate)]

  /// - Parameter texts: several with spaces between.
  init(_ texts: [String]) throws(Diagnostic) {
    templates = try texts.flatMap { $0.split(separator: " ") }.map { (text) throws(Diagnostic) in
      (String(text), try NameTemplate(String(text), in: String(text)))
    }
  }

  func contains(_ name: String) -> Bool { templates.contains { NamedTensors.matches($0.template, name) } }

  /// Those that mean none of some names.
  func meaningNothing(in names: [String]) -> [String] {
    templates.filter { item in !names.contains { NamedTensors.matches(item.template, $0) } }.map(\.text)
  }

  private static func matches(_ template: NameTemplate, _ name: String) -> Bool {
    var rest = name[...]
    while true {
      if template.match(String(rest)) != nil { return true }
      guard let dot = rest.firstIndex(of: ".") else { return false }
      rest = rest[rest.index(after: dot)...]
    }
  }
}

extension Diagnostic {
  static func fitSyntax(_ message: String, _ place: String, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .fitSyntax, message, at: "'\(place)'", expected: expected, found: found,
      hints: ["--rename 'layers.[0-7] = layers.[0-7], layers.[4-7] = layers.[8-11]'"])
  }
}
