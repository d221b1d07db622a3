import Diagnostics

/// One rule as a person wrote it: `Conv.weight=kaiming_normal(mode: fan_out)` or `keep fc`.
///
/// The initializer is kept as text; the registry of initializers reads it.
public struct RuleText: Sendable, Equatable {
  /// What the rule does.
  public enum Action: Sendable, Equatable {
    /// Fills with the initializer of that text.
    case fill(String)
    /// Leaves alone what earlier rules would fill.
    case keep
    /// Asserts something of what is there after a run.
    case assert(Claim)
  }

  /// The value of an option that says a rule.
  public enum Source: Sendable, Equatable {
    /// That of `--fill`: `SELECTOR=INITIALIZER`.
    case fill(String)
    /// That of `--keep`: a selector.
    case keep(String)
    /// That of `--assert`: a selector and a claim.
    case assert(String)
  }

  /// What it is about.
  public let selector: Selector
  /// What it does.
  public let action: Action
  /// The line of the recipe it stands in, counted from 1; nil elsewhere.
  public let line: Int?

  /// A rule of its parts.
  public init(_ selector: Selector, _ action: Action, line: Int? = nil) {
    self.selector = selector
    self.action = action
    self.line = line
  }

  /// Reads `SELECTOR=INITIALIZER`, `keep SELECTOR` or `assert SELECTOR CLAIM`.
  /// - Throws: ``Diagnostics/ErrorCode/ruleSyntax``, ``Diagnostics/ErrorCode/selectorSyntax``.
  public init(parsing text: String, line: Int? = nil) throws(Diagnostic) {
    if let asserted = RuleText.rest(of: RuleText.trimmed(text), behind: "assert") {
      self = try RuleText(asserting: asserted, line)
      return
    }
    let halves = RuleText.halves(of: text)
    guard let kept = RuleText.kept(halves.selector) else {
      self = try RuleText(halves, text, line)
      return
    }
    guard halves.initializer == nil else { throw RuleText.bothWays(text) }
    self.init(try Selector(parsing: kept), .keep, line: line)
  }

  /// Reads the value of an option.
  /// - Throws: ``Diagnostics/ErrorCode/ruleSyntax``, ``Diagnostics/ErrorCode/selectorSyntax``.
  public init(_ source: Source) throws(Diagnostic) {
    switch source {
    case .keep(let text): self.init(try Selector(parsing: text), .keep)
    case .assert(let text): self = try RuleText(asserting: text, nil)
    case .fill(let text):
      let halves = RuleText.halves(of: text)
      if halves.initializer != nil, RuleText.kept(halves.selector) != nil { throw RuleText.bothWays(text) }
      self = try RuleText(halves, text, nil)
    }
  }

  private init(asserting text: String, _ line: Int?) throws(Diagnostic) {
    let (selector, claim) = try Claim.parse(text)
    self.init(selector, .assert(claim), line: line)
  }

  private init(
    _ halves: (selector: String, initializer: String?), _ text: String, _ line: Int?
  ) throws(Diagnostic) {
    guard let initializer = halves.initializer else {
      throw RuleText.error(
        "the rule has no '='", text, expected: "SELECTOR=INITIALIZER, such as 'fc=zeros'",
        hints: RuleText.kept(text).map { ["to leave something alone: --keep '\($0)'"] } ?? [])
    }
    guard !halves.selector.isEmpty else {
      throw RuleText.error("nothing stands before '='", text, expected: "a selector, such as 'Conv.weight'")
    }
    guard !initializer.isEmpty else {
      throw RuleText.error("nothing follows '='", text, expected: "an initializer, such as 'zeros'")
    }
    self.init(try Selector(parsing: halves.selector), .fill(initializer), line: line)
  }

  /// What follows the word `keep`, if the text begins with it.
  private static func kept(_ text: String) -> String? { rest(of: text, behind: "keep") }

  private static func rest(of text: String, behind first: String) -> String? {
    let word = text.prefix { $0 != " " && $0 != "\t" }
    guard word == first, word.endIndex < text.endIndex else { return nil }
    return trimmed(text.dropFirst(word.count))
  }

  private static func bothWays(_ text: String) -> Diagnostic {
    error(
      "a rule fills or keeps, not both", text, expected: "'keep SELECTOR', or 'SELECTOR=INITIALIZER'",
      hints: ["a branch named keep is '.keep'"])
  }

  private static func error(
    _ message: String, _ text: String, expected: String, hints: [String] = []
  ) -> Diagnostic {
    let excerpt = SelectorCharacters.excerpt(of: Array(text.unicodeScalars))
    return Diagnostic(.ruleSyntax, message, at: "'\(excerpt)'", expected: expected, hints: hints)
  }
}

extension RuleText: CustomStringConvertible {
  /// The text that reads as this rule again.
  public var description: String {
    switch action {
    case .fill(let initializer): "\(selector)=\(initializer)"
    case .keep: "keep \(selector)"
    case .assert(let claim): "assert \(selector) \(claim)"
    }
  }
}
