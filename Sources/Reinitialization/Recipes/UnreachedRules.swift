/// What is worth saying of the rules of a recipe that reached nothing.
public struct UnreachedRules: Sendable, CustomStringConvertible {
  /// The recipe.
  public let recipe: String
  /// How many rules it has.
  public let count: Int
  /// Those that reached nothing, as they are printed.
  public let rules: [String]
  /// Whether that is ordinary: the recipe speaks of every layer of a framework.
  public let isOrdinary: Bool

  /// One line: `--recipe gpt2: 1 of 5 rules reached nothing: LayerNorm?=default`.
  ///
  /// The rules of a recipe for all layers of a framework are counted alone.
  public var description: String {
    guard !isOrdinary else {
      return "--recipe \(recipe): \(rules.count) of \(count) rules are for what is not here"
    }
    let more = rules.count > 3 ? " and \(rules.count - 3) more" : ""
    return "--recipe \(recipe): \(rules.count) of \(count) rules reached nothing: "
      + rules.prefix(3).joined(separator: ", ") + more
  }
}

extension Plan {
  /// The recipes some of whose rules reached nothing, in their order.
  public var unreachedRules: [UnreachedRules] {
    var recipes: [String] = []
    for rule in rules { if let name = rule.recipe, !recipes.contains(name) { recipes.append(name) } }
    return recipes.compactMap { name in
      let own = rules.filter { $0.recipe == name }
      let unreached = own.filter { !$0.isReached }.map(\.text)
      guard !unreached.isEmpty else { return nil }
      let isGeneral = RecipeText.all.contains { $0.name == name && $0.isGeneral }
      return UnreachedRules(recipe: name, count: own.count, rules: unreached, isOrdinary: isGeneral)
    }
  }
}
