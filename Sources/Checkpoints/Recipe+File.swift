import Diagnostics
import Files
import Initializers
import Reinitialization

extension Recipe {
  /// The built-in recipe of that name, or the recipe in a file.
  /// - Throws: ``Diagnostics/ErrorCode/unknownRecipe`` if there is neither; the codes of rules.
  public static func named(
    _ name: String, registry: InitializerRegistry = .standard
  ) throws(Diagnostic) -> Recipe {
    if let recipe = try builtIn(name) { return recipe }
    guard let text = try SmallFile.text(at: name) else {
      throw Diagnostic(
        .unknownRecipe, "there is no recipe and no file '\(name)'",
        hints: Suggestion.hint(for: name, in: Recipe.all.map(\.name)) + ["reinit recipe list"])
    }
    return try Recipe(name: name, summary: "from \(name)", text: text, registry: registry)
  }
}
