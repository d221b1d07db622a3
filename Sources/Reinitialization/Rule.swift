import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// What is to be done where: the unit of every plan.
///
/// Rules are read in order and the last one that matches a parameter wins.
public struct Rule: Sendable {
  /// Where a rule applies.
  package enum Place: Sendable {
    /// What a selector matches.
    case selector(Selector)
    /// Layers of one Swift type.
    case type(ObjectIdentifier, allowsNoMatch: Bool)
    /// Where a typed key path leads, from every node of its root type.
    case keyPath(Inventory.TypedPlace, allowsNoMatch: Bool)
    /// Everything.
    case everything
  }

  /// What a rule does.
  package enum Action: Sendable {
    case fill(any Initializer)
    case keep
    case assert(Claim)
  }

  let place: Place
  let action: Action
  /// What of each tensor it is about; nil for all of it.
  public let part: Part?
  /// How the rule is printed, in reports and receipts.
  public let text: String
  /// The recipe that it comes from; nil if it stands by itself.
  public private(set) var recipe: String?

  package init(_ place: Place, _ action: Action, part: Part? = nil, text: String) {
    self.place = place
    self.action = action
    self.part = part
    self.text = text
  }

  /// A part as it stands behind a selector.
  static func brackets(_ part: Part?) -> String { part.map { "[\($0)]" } ?? "" }

  /// The same rule as one of a recipe.
  func of(recipe name: String) -> Rule {
    var rule = self
    rule.recipe = name
    return rule
  }

  /// Whether this fills; else it keeps.
  var isFill: Bool { if case .fill = action { true } else { false } }

  /// What it asserts; nil for a fill or keep.
  var claim: Claim? { if case .assert(let claim) = action { claim } else { nil } }

  /// The initializer of a fill; nil for a keep.
  public var initializer: (any Initializer)? {
    if case .fill(let initializer) = action { initializer } else { nil }
  }

  var typedPlace: Inventory.TypedPlace? {
    if case .keyPath(let place, _) = place { place } else { nil }
  }

  /// Whether it is no error that the rule matches nothing.
  var allowsNoMatch: Bool {
    switch place {
    case .selector(let selector): selector.allowsNoMatch
    case .type(_, let allows), .keyPath(_, let allows): allows
    case .everything: true
    }
  }

  /// A fill or keep of what a selector matches, printed as it is written in a recipe.
  public init(_ selector: Selector, fill initializer: (any Initializer)?) {
    if let initializer {
      self.init(.selector(selector), .fill(initializer), part: selector.part, text: "\(selector)=\(initializer)")
    } else {
      self.init(.selector(selector), .keep, part: selector.part, text: "keep \(selector)")
    }
  }
}

extension Rule {
  /// The same rule of what is new alone, where a checkpoint is made of another one; a keep, and a rule of a part, as it is.
  public var ofNew: Rule {
    guard part == nil, let initializer, case .selector(let selector) = place else { return self }
    var narrowed = selector.allowingNoMatch
    narrowed.part = .named("new", number: nil)
    var rule = Rule(narrowed, fill: initializer)
    rule.recipe = recipe
    return rule
  }

  /// A rule as a person wrote it, its initializer read by a registry.
  /// - Throws: the registry's codes, with the rule as the place.
  public init(_ text: RuleText, registry: InitializerRegistry = .standard) throws(Diagnostic) {
    if case .assert(let claim) = text.action {
      self.init(.selector(text.selector), .assert(claim), part: text.selector.part, text: text.description)
      return
    }
    guard case .fill(let initializer) = text.action else {
      self.init(text.selector, fill: nil)
      return
    }
    do { self.init(text.selector, fill: try registry.initializer(parsing: initializer)) } catch {
      throw error.at("rule '\(text)'" + (text.line.map { ", line \($0)" } ?? ""))
    }
  }
}

/// Something that stands for a rule in a list of rules.
public protocol RuleConvertible {
  /// The rule; an error if its selector cannot be read.
  func rule() throws(Diagnostic) -> Rule
}

extension Rule: RuleConvertible {
  /// Itself.
  public func rule() throws(Diagnostic) -> Rule { self }
}

/// Fills parameters: `Fill(Conv.self, with: .kaimingNormal(mode: .fanOut))`.
///
/// A type or a branch means its weights alone; a field or a parameter's path exactly that.
public struct Fill: RuleConvertible {
  private let make: () throws(Diagnostic) -> Rule

  /// The weights of every layer of a type, or a part of each.
  public init<L: Layer>(
    _ type: L.Type, _ part: Part? = nil, with initializer: some Initializer, optional: Bool = false
  ) {
    make = {
      Rule(
        .type(ObjectIdentifier(type), allowsNoMatch: optional), .fill(initializer), part: part,
        text: "\(type)\(Rule.brackets(part))=\(initializer)")
    }
  }

  /// What a key path leads to, from every node of its root type, or a part of it: `\Dense.bias`, `\Net.blocks[1].norm`.
  public init<Root: Node, Value: Node>(
    _ keyPath: any KeyPath<Root, Value> & Sendable, _ part: Part? = nil, with initializer: some Initializer,
    optional: Bool = false
  ) {
    let place = Rule.Place.keyPath(Inventory.TypedPlace(keyPath), allowsNoMatch: optional)
    make = {
      Rule(
        place, .fill(initializer), part: part,
        text: "\(Inventory.name(of: keyPath))\(Rule.brackets(part))=\(initializer)")
    }
  }

  /// What a selector matches, in the grammar of the command line.
  public init(_ selector: String, with initializer: some Initializer) {
    make = { () throws(Diagnostic) in Rule(try Selector(parsing: selector), fill: initializer) }
  }

  /// The rule.
  public func rule() throws(Diagnostic) -> Rule { try make() }
}

/// Leaves parameters as they are, with everything below: `Keep(\ResNet.fc)`.
public struct Keep: RuleConvertible {
  private let make: () throws(Diagnostic) -> Rule

  /// Every layer of a type, or a part of each tensor in it.
  public init<L: Layer>(_ type: L.Type, _ part: Part? = nil, optional: Bool = false) {
    make = {
      Rule(
        .type(ObjectIdentifier(type), allowsNoMatch: optional), .keep, part: part,
        text: "keep \(type)\(Rule.brackets(part))")
    }
  }

  /// What a key path leads to, from every node of its root type, or a part of it.
  public init<Root: Node, Value: Node>(
    _ keyPath: any KeyPath<Root, Value> & Sendable, _ part: Part? = nil, optional: Bool = false
  ) {
    let place = Rule.Place.keyPath(Inventory.TypedPlace(keyPath), allowsNoMatch: optional)
    make = { Rule(place, .keep, part: part, text: "keep \(Inventory.name(of: keyPath))\(Rule.brackets(part))") }
  }

  /// What a selector matches.
  public init(_ selector: String) {
    make = { () throws(Diagnostic) in Rule(try Selector(parsing: selector), fill: nil) }
  }

  /// The rule.
  public func rule() throws(Diagnostic) -> Rule { try make() }
}

/// Asserts something of what is there after a run: `Assert("Dense.weight", .finite)`.
///
/// Where it does not hold, the run is an error, and nothing is changed.
public struct Assert: RuleConvertible {
  private let make: () throws(Diagnostic) -> Rule

  /// What is asserted of all that a selector reaches.
  public init(_ selector: String, _ claim: Claim) {
    make = { () throws(Diagnostic) in try Rule(RuleText(Selector(parsing: selector), .assert(claim))) }
  }

  /// The rule.
  public func rule() throws(Diagnostic) -> Rule { try make() }
}

/// Collects rules in a closure, with `if` and `for`.
@resultBuilder
public enum RuleBuilder {
  /// One rule.
  public static func buildExpression(_ rule: some RuleConvertible) -> [any RuleConvertible] { [rule] }
  /// Several rules.
  public static func buildExpression(_ rules: [any RuleConvertible]) -> [any RuleConvertible] { rules }
  /// Rules in order.
  public static func buildBlock(_ parts: [any RuleConvertible]...) -> [any RuleConvertible] { parts.flatMap { $0 } }
  /// Rules of an `if` without `else`.
  public static func buildOptional(_ part: [any RuleConvertible]?) -> [any RuleConvertible] { part ?? [] }
  /// Rules of an `if`.
  public static func buildEither(first: [any RuleConvertible]) -> [any RuleConvertible] { first }
  /// Rules of an `else`.
  public static func buildEither(second: [any RuleConvertible]) -> [any RuleConvertible] { second }
  /// Rules of a loop.
  public static func buildArray(_ parts: [[any RuleConvertible]]) -> [any RuleConvertible] { parts.flatMap { $0 } }
}

extension Inventory {
  /// A key path for people: the root's type and the last property; subscripts print as addresses, and are left out.
  static func name(of keyPath: AnyKeyPath) -> String {
    let text = String(describing: keyPath)
    return text.contains("<") ? "\\\(type(of: keyPath).rootType)…" : text
  }
}
