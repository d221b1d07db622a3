import Diagnostics

/// What a rule asserts of the tensors that a selector reaches, as they are after a run.
///
///     assert Dense.weight finite
///     assert '**' untouched except layer4, fc
///     assert embed_tokens.weight shape [*, 768]
public enum Claim: Sendable, Equatable {
  /// No element is NaN or infinite.
  case finite
  /// No rule fills an element, but for what these selectors reach.
  case untouched(except: [Selector])
  /// The sizes of the axes; nil for any.
  case shape([Int?])

  /// Reads `SELECTOR CLAIM`.
  /// - Throws: ``Diagnostics/ErrorCode/ruleSyntax``, ``Diagnostics/ErrorCode/selectorSyntax``.
  static func parse(_ text: String) throws(Diagnostic) -> (Selector, Claim) {
    let words = ClaimWords(text)
    if let selector = words.before(suffix: "finite") { return (try selector.read(), .finite) }
    if let (selector, sizes) = words.shape { return (try selector.read(), .shape(try shape(sizes, text))) }
    guard let (selector, exceptions) = words.untouched else { throw unknown(text) }
    let others = try exceptions.map { (text) throws(Diagnostic) in try text.read() }
    return (try selector.read(), .untouched(except: others))
  }

  private static func shape(_ text: String, _ rule: String) throws(Diagnostic) -> [Int?] {
    let inside = RuleText.trimmed(text.dropFirst().dropLast())
    var sizes: [Int?] = []
    for part in inside.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false) {
      let word = RuleText.trimmed(part)
      guard word == "*" || Int(word).map({ $0 >= 0 }) ?? false else { throw unknown(rule) }
      sizes.append(Int(word))
    }
    return sizes
  }

  private static func unknown(_ text: String) -> Diagnostic {
    Diagnostic(
      .ruleSyntax, "it is not said what is asserted",
      at: "'assert \(SelectorCharacters.excerpt(of: Array(text.unicodeScalars)))'",
      expected:
        "'assert SELECTOR finite', 'assert SELECTOR untouched except SELECTOR, …' or 'assert SELECTOR shape [*, 768]'",
      hints: ["a branch named assert is '.assert'"])
  }
}

extension Claim: CustomStringConvertible {
  /// As it stands behind a selector.
  public var description: String {
    switch self {
    case .finite: "finite"
    case .untouched(let except) where except.isEmpty: "untouched"
    case .untouched(let except): "untouched except " + except.map(\.description).joined(separator: ", ")
    case .shape(let sizes): "shape [" + sizes.map { $0.map(String.init) ?? "*" }.joined(separator: ", ") + "]"
    }
  }
}

/// A selector as it stands in an assertion: single quotes around it are a habit from shells.
private struct ClaimSelector {
  let text: String

  func read() throws(Diagnostic) -> Selector {
    let isQuoted = text.count > 2 && text.hasPrefix("'") && text.hasSuffix("'")
    return try Selector(parsing: isQuoted ? String(text.dropFirst().dropLast()) : text)
  }
}

/// The words of an assertion that stand outside of quotes and brackets.
private struct ClaimWords {
  private let text: String
  private var words: [Range<String.Index>] = []
  private var commas: [String.Index] = []

  init(_ text: String) {
    self.text = text
    var (start, depth, quote): (String.Index?, Int, Unicode.Scalar?) = (nil, 0, nil)
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      let scalar = scalars[index]
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
      } else if scalar == "[" {
        depth += 1
      } else if scalar == "]" {
        depth -= 1
      } else if depth == 0, scalar == "," {
        commas.append(index)
      }
      let isSpace = depth == 0 && quote == nil && (scalar == " " || scalar == "\t")
      if isSpace, let begin = start {
        words.append(begin..<index)
        start = nil
      } else if !isSpace, start == nil {
        start = index
      }
    }
    if let start { words.append(start..<scalars.endIndex) }
  }

  private func selector(before word: Int) -> ClaimSelector? {
    word > 0 ? ClaimSelector(text: RuleText.trimmed(text[..<words[word].lowerBound])) : nil
  }

  /// What stands before a word at the end.
  func before(suffix word: String) -> ClaimSelector? {
    guard let last = words.last, text[last] == word else { return nil }
    return selector(before: words.count - 1)
  }

  /// What stands before `shape`, and the brackets behind it.
  var shape: (ClaimSelector, String)? {
    guard words.count > 2, text[words[words.count - 2]] == "shape" else { return nil }
    let sizes = text[words[words.count - 1]]
    guard sizes.hasPrefix("["), sizes.hasSuffix("]"), let selector = selector(before: words.count - 2) else {
      return nil
    }
    return (selector, String(sizes))
  }

  /// What stands before `untouched`, and the selectors behind `except`.
  var untouched: (ClaimSelector, [ClaimSelector])? {
    guard let word = words.lastIndex(where: { text[$0] == "untouched" }), let selector = selector(before: word) else {
      return nil
    }
    guard word + 1 < words.count else { return (selector, []) }
    guard word + 2 < words.count, text[words[word + 1]] == "except" else { return nil }
    var (exceptions, start): ([ClaimSelector], String.Index) = ([], words[word + 2].lowerBound)
    for comma in commas where comma > start {
      exceptions.append(ClaimSelector(text: RuleText.trimmed(text[start..<comma])))
      start = text.index(after: comma)
    }
    return (selector, exceptions + [ClaimSelector(text: RuleText.trimmed(text[start...]))])
  }
}
