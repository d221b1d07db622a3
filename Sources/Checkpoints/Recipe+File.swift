import Architectures
import Diagnostics
import Files
import Initializers
import Reinitialization

extension Recipe {
  /// The built-in recipe of that name, an architecture's, or the recipe in a file.
  ///
  /// The word `architecture` means the one whose note fits a checkpoint. That architecture's own name means its note, too, before a
  /// built-in recipe of the same name.
  /// - Parameters:
  ///   - architecture: the note that fits.
  ///   - notes: what is known of others.
  /// - Throws: ``Diagnostics/ErrorCode/unknownRecipe`` if there is none; ``Diagnostics/ErrorCode/noArchitecture``; the codes of rules.
  public static func named(
    _ name: String, registry: InitializerRegistry = .standard, architecture: NoteFit? = nil,
    notes: NoteLibrary = NoteLibrary()
  ) throws(Diagnostic) -> Recipe {
    if name == "architecture" {
      guard let architecture else { throw noArchitecture(notes) }
      return try architecture.recipe(registry: registry)
    }
    if let architecture, architecture.note.isNamed(name) { return try architecture.recipe(registry: registry) }
    if let recipe = try builtIn(name) { return recipe }
    if let note = try notes.note(named: name) { return try note.fit(architecture?.config).recipe(registry: registry) }
    guard let text = try SmallFile.text(at: name) else {
      throw Diagnostic(
        .unknownRecipe, "there is no recipe and no file '\(name)'",
        hints: Suggestion.hint(for: name, in: Set(Recipe.all.map(\.name) + notes.names)) + [
          "reinit recipe list", "reinit list architectures",
        ])
    }
    return try Recipe(name: name, summary: "from \(name)", text: text, registry: registry)
  }

  private static func noArchitecture(_ notes: NoteLibrary) -> Diagnostic {
    Diagnostic(
      .noArchitecture, "no note fits this checkpoint, so that it is not known how its architecture begins",
      hints: [
        "--config FILE names its config.json", "--recipe NAME names the architecture: reinit list architectures",
      ])
  }
}
