/// What one part of a path must be.
enum SelectorPart: Sendable {
  case literal(String)
  /// Anything of a form such as `layer*` or `*`.
  case pattern(Glob)
  /// Any number of parts, none included: `**`.
  case deep

  /// Whether it names something at all, or anything goes: `*` and `**` reach no buffers.
  var hasLiteral: Bool {
    switch self {
    case .literal: true
    case .pattern(let glob): !glob.isBare
    case .deep: false
    }
  }

  /// The text it must equal, if it has no wildcard.
  var literal: String? { if case .literal(let text) = self { text } else { nil } }

  /// Whether a text is of this form; names are compared by their bytes.
  func matches(_ text: String) -> Bool {
    switch self {
    case .literal(let name): name == text && name.utf8.elementsEqual(text.utf8)
    case .pattern(let glob): glob.matches(text)
    case .deep: true
    }
  }
}

extension SelectorPart: Equatable {
  static func == (a: SelectorPart, b: SelectorPart) -> Bool {
    switch (a, b) {
    case (.literal(let a), .literal(let b)): a.utf8.elementsEqual(b.utf8)
    case (.pattern(let a), .pattern(let b)): a == b
    case (.deep, .deep): true
    default: false
    }
  }
}

extension [SelectorPart] {
  /// The names, if no part has a wildcard.
  var literals: [String]? {
    let names = compactMap(\.literal)
    return names.count == count ? names : nil
  }
}

/// A text with `*` for any bytes within one part.
struct Glob: Sendable, Equatable {
  /// What stands between the stars, at least two pieces.
  let pieces: [[UInt8]]
  /// For each byte of each piece, how much of the piece's beginning ends there (Knuth, Morris, Pratt).
  private let borders: [[Int]]

  /// A pattern; nil if the text has no star.
  init?(_ text: String) {
    let pieces = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
      Array.init)
    guard pieces.count > 1 else { return nil }
    self.pieces = pieces
    borders = pieces.map(Glob.borders)
  }

  /// Whether it is one star.
  var isBare: Bool { pieces.allSatisfy(\.isEmpty) }

  /// The pattern as it is written.
  var text: String { pieces.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "*") }

  /// Whether a whole text is of this form.
  /// - Complexity: O(text + pattern).
  func matches(_ text: String) -> Bool {
    if let result = text.utf8.withContiguousStorageIfAvailable({ matches($0) }) { return result }
    return Array(text.utf8).withUnsafeBufferPointer { matches($0) }
  }

  private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let (head, tail) = (pieces[0], pieces[pieces.count - 1])
    guard text.count >= head.count + tail.count, text.starts(with: head) else { return false }
    let end = text.count - tail.count
    guard text[end...].elementsEqual(tail) else { return false }
    var start = head.count
    for index in 1..<pieces.count - 1 {
      guard let found = find(index, in: text, from: start, to: end) else { return false }
      start = found
    }
    return true
  }

  /// Where the first occurrence of a piece ends.
  private func find(_ index: Int, in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
    let (piece, border) = (pieces[index], borders[index])
    var length = 0
    var position = start
    while length < piece.count {
      guard position < end else { return nil }
      while length > 0, piece[length] != text[position] { length = border[length - 1] }
      if piece[length] == text[position] { length += 1 }
      position += 1
    }
    return position
  }

  private static func borders(of piece: [UInt8]) -> [Int] {
    var borders = Array(repeating: 0, count: piece.count)
    var length = 0
    for index in piece.indices.dropFirst() {
      while length > 0, piece[index] != piece[length] { length = borders[length - 1] }
      if piece[index] == piece[length] { length += 1 }
      borders[index] = length
    }
    return borders
  }
}
