import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain an initializer, a layer, a model, a recipe, an architecture or an error code.",
    discussion: """
      reinit explain kaiming_normal
      reinit explain Conv
      reinit explain resnet50
      reinit explain gpt2 model.safetensors
      reinit explain R0203
      """)

  @Argument(help: "A name from reinit list, or an error code.") var name: String
  @Argument(help: "A safetensors file, to see an architecture's recipe with its numbers.") var file: String?
  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let page = try page()
    try show.print(json: page.json) { page.lines($0) }
  }

  private func page() throws -> ExplainPage {
    if let code = ErrorCode.named(name) { return ExplainPage(code) }
    let catalog = try plugins.catalog(show)
    if let found = catalog.initializers.descriptor(named: name) { return ExplainPage(found) }
    if let layer = catalog.layers.descriptor(named: name) { return ExplainPage(layer) }
    if let note = try tree.notes.library(catalog.layers, catalog.initializers).note(named: name) {
      return try page(of: note, catalog)
    }
    if let recipe = Recipe.all.first(where: { $0.name == name }) { return ExplainPage(recipe) }
    if let model = ModelDescriptor.all.first(where: { $0.name == name }) { return ExplainPage(model) }
    // An ambiguous name is told as one.
    if name.contains("/") == false { try requireUnambiguous(catalog) }
    throw Diagnostic(
      .unknownName, "nothing is named '\(name)'",
      hints: Suggestion.hint(for: name, in: known(catalog)) + ["reinit list initializers"])
  }

  private func page(of note: ArchitectureNote, _ catalog: PluginCatalog) throws -> ExplainPage {
    var page = ExplainPage(note)
    guard let file else { return page }
    var reading = try tree.reading(catalog)
    reading.notes = reading.notes.meaning(note.name)
    let checkpoint = try Checkpoint(opening: file, reading: reading)
    let recipe = try note.fit(checkpoint.config).recipe(registry: catalog.initializers)
    page.add(try checkpoint.plan(recipe.rules, seed: 0), for: checkpoint, file)
    return page
  }

  private func requireUnambiguous(_ catalog: PluginCatalog) throws {
    do throws(Diagnostic) { _ = try catalog.initializers.initializer(parsing: name) } catch {
      if error.code == .ambiguousName { throw error }
    }
    do throws(Diagnostic) { _ = try catalog.layers.layer(parsing: name) } catch {
      if error.code == .ambiguousName { throw error }
    }
  }

  private func known(_ catalog: PluginCatalog) -> [String] {
    let initializers = catalog.initializers.descriptors.flatMap { [$0.name] + $0.aliases }
    let layers = catalog.layers.descriptors.flatMap { [$0.kind.name] + $0.kind.aliases }
    return initializers + catalog.initializers.presets.map(\.name) + layers + ErrorCode.allCases.map(\.id)
      + Recipe.all.map(\.name) + ModelDescriptor.all.map(\.name) + NoteLibrary().names
  }
}
