import Diagnostics
import Functors
import LayerVocabulary

/// What a rule is about: a type, a field, a path, a role, or one inside of another.
///
///     Conv.weight        layer4.**.bn3.weight        @bias        encoder.layer.5 Dense.weight
///
/// docs/selectors.md has the grammar. What a capital first letter means can depend on the tree, so a selector
/// is resolved where it is matched.
public struct Selector: Sendable, Equatable {
  /// How a step stands to the one on its left.
  enum Relation: Sendable, Equatable {
    /// Inside, at any depth; the first step is inside of the whole.
    case inside
    /// Directly inside.
    case directly
  }

  /// What one step names.
  enum Target: Sendable, Equatable {
    case role(ParameterRole)
    /// What ends the residual branches, as the architecture's note says: `@residual_out`.
    case residualOut
    /// Layers of a type, or what is at a path from each of them.
    case type(SelectorPart, path: [SelectorPart])
    /// A path; forced where a dot says that it is not a type.
    case path([SelectorPart], isForced: Bool)
  }

  /// One step with its relation to the last.
  struct Step: Sendable, Equatable {
    var relation: Relation
    var target: Target
  }

  /// The steps, outermost first; never empty.
  var steps: [Step]

  /// What of each tensor is meant; nil for all of it.
  public var part: Part?

  /// Whether it is fine that nothing matches: the `?` at the end.
  public var allowsNoMatch: Bool

  /// More steps than this are refused, unless the selector is a plain path.
  static let stateLimit = 60

  /// Reads a selector.
  /// - Throws: ``Diagnostics/ErrorCode/selectorSyntax`` with the byte's position.
  public init(parsing text: String) throws(Diagnostic) {
    var parser = SelectorParser(text)
    self = try parser.selector()
  }

  /// Reads a path from the root, in which a capital first letter means nothing special.
  /// - Throws: ``Diagnostics/ErrorCode/selectorSyntax`` with the byte's position.
  public init(path text: String) throws(Diagnostic) {
    var parser = SelectorParser(text)
    self = try parser.absolutePath()
  }

  init(steps: [Step], part: Part? = nil, allowsNoMatch: Bool = false) {
    self.steps = steps
    self.part = part
    self.allowsNoMatch = allowsNoMatch
  }

  /// The same selector, for which it is fine that nothing matches.
  var allowingNoMatch: Selector { Selector(steps: steps, part: part, allowsNoMatch: true) }

  /// The names of a selector that is one path without wildcards.
  var exactNames: [String]? {
    guard steps.count == 1, case .path(let parts, _) = steps[0].target else { return nil }
    return parts.literals
  }

  /// How many states its matching takes.
  var stateCount: Int {
    steps.reduce(0) { count, step in
      switch step.target {
      case .role, .residualOut: count + 2
      case .type(_, let path): count + 2 + path.count
      case .path(let path, _): count + path.count
      }
    }
  }
}

extension Selector.Target {
  /// The last part of a path, of a field or of a path from a type.
  var lastPart: SelectorPart? {
    switch self {
    case .role, .residualOut: nil
    case .type(_, let path): path.last
    case .path(let path, _): path.last
    }
  }
}
