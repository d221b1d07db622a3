import Diagnostics
import Initializers

/// A named list of rules, as text: what a recipe file holds.
///
/// A file has one rule a line, in the grammar of the command line; `#` begins a comment.
public struct Recipe: Sendable {
  /// The name, or the file's path.
  public let name: String
  /// One line.
  public let summary: String
  /// The rules' text.
  public let text: String
  /// The rules.
  public private(set) var rules: [Rule]

  /// Whether it speaks of every layer that a framework has, so that some of its rules reach nothing in any model.
  public let isGeneral: Bool

  /// A recipe from its text.
  /// - Parameters:
  ///   - source: what errors call its text; its name if that is its file.
  ///   - registry: the initializers that it may name.
  /// - Throws: ``Diagnostics/ErrorCode/recipeSyntax`` with the line; the codes of selectors and initializers.
  public init(
    name: String, summary: String = "", text: String, isGeneral: Bool = false, source: String? = nil,
    registry: InitializerRegistry = .standard
  ) throws(Diagnostic) {
    self.name = name
    self.summary = summary
    self.text = text
    self.isGeneral = isGeneral
    var rules: [Rule] = []
    for rule in try RuleText.parse(recipe: text, named: source ?? name) {
      do { rules.append(try Rule(rule, registry: registry).of(recipe: name)) } catch {
        throw source == nil ? error : error.at(rule, of: source ?? name)
      }
    }
    self.rules = rules
  }

  /// The built-in recipes.
  public static var all: [Recipe] {
    RecipeText.all.compactMap { try? Recipe($0) }
  }

  /// The built-in recipe of that name; nil if there is none.
  public static func builtIn(_ name: String) throws(Diagnostic) -> Recipe? {
    guard let recipe = RecipeText.all.first(where: { $0.name == name }) else { return nil }
    return try Recipe(recipe)
  }

  /// The same without some of its rules.
  package func leavingOut(_ isLeft: (Rule) -> Bool) -> Recipe {
    var recipe = self
    recipe.rules.removeAll(where: isLeft)
    return recipe
  }

  private init(_ recipe: RecipeText) throws(Diagnostic) {
    try self.init(name: recipe.name, summary: recipe.summary, text: recipe.text, isGeneral: recipe.isGeneral)
  }
}

/// A built-in recipe, as text.
///
/// A `?` lets a rule match nothing: not every model has every type.
struct RecipeText: Sendable {
  let name: String
  let summary: String
  let text: String
  /// Whether it has a rule for every layer of a framework.
  let isGeneral: Bool

  init(_ name: String, _ summary: String, _ text: String, isGeneral: Bool = false) {
    (self.name, self.summary, self.text, self.isGeneral) = (name, summary, text, isGeneral)
  }

  /// All of them, framework by framework.
  static let all = frameworks + torchvision + transformers + residual
}

extension Diagnostic {
  /// The same with a file before the line that it tells.
  fileprivate func at(_ rule: RuleText, of source: String) -> Diagnostic {
    var copy = self
    copy.place = "\(source):\(rule.line ?? 0)" + (place.map { ", \($0)" } ?? "")
    return copy
  }
}
