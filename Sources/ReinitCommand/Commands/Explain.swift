import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain an initializer, a layer, a recipe or an error code.",
    discussion: "reinit explain kaiming_normal\nreinit explain Conv\nreinit explain R0203")

  @Argument(help: "A name from reinit list, or an error code.") var name: String
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let page = try page()
    try show.print(json: page.json) { page.lines($0) }
  }

  private func page() throws -> ExplainPage {
    if let code = Code.named(name) { return ExplainPage(code) }
    if let found = InitializerRegistry.standard.descriptor(named: name) { return ExplainPage(found) }
    if let layer = LayerCatalog.kinds.first(where: { $0.kind.matches(name) }) { return ExplainPage(layer) }
    if let recipe = Recipe.all.first(where: { $0.name == name }) { return ExplainPage(recipe) }
    var known = InitializerRegistry.standard.descriptors.flatMap { [$0.name] + $0.aliases }
    known += InitializerRegistry.standard.presets.map(\.name)
    known += LayerCatalog.kinds.flatMap { [$0.kind.name] + $0.kind.aliases }
    known += Code.all.map(\.id)
    known += Recipe.all.map(\.name)
    throw Diagnostic(
      .unknownName, "nothing is named '\(name)'",
      hints: Suggestion.hint(for: name, in: known) + ["reinit list initializers"])
  }
}
