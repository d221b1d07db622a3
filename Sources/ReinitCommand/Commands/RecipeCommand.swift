import ArgumentParser
import Diagnostics
import Functors
import JSONText
import Presentation
import Reinit

/// The command `reinit recipe`.
struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe", abstract: "Show recipes, or check one against a checkpoint.",
    subcommands: [ListRecipes.self, ShowRecipe.self, CheckRecipe.self])
}

/// The command `reinit recipe list`.
struct ListRecipes: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the built-in recipes.")
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws { try ListReport(items: ListReport.recipes).print(show) }
}

/// The command `reinit recipe show`.
struct ShowRecipe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a recipe, as a file holds it.")
  @Argument(help: "A built-in recipe's name, or a file.") var name: String
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let recipe = try Recipe.named(name, registry: plugins.catalog(show).initializers)
    try show.print(
      json: [
        "schema": "reinit.recipe/1", "name": .string(recipe.name), "summary": .string(recipe.summary),
        "rules": .array(recipe.rules.map { .string($0.text) }),
      ]
    ) { console in lines(of: recipe).map { console.style(Text($0)) } }
  }

  /// Lines may end in CR LF, and tabs are spaces; other control characters are shown escaped.
  private func lines(of recipe: Recipe) -> [String] {
    recipe.text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = line.last == "\r" ? line.dropLast() : line
      return String(String.UnicodeScalarView(line.map { $0 == "\t" ? " " : $0 }))
    }
  }
}

/// The command `reinit recipe check`.
struct CheckRecipe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Plan a recipe for a checkpoint, and write nothing.")
  @Argument(help: "A built-in recipe's name, or a file.") var recipe: String
  @Argument(help: "A checkpoint; may be left out where --model says what is meant.") var file: String?
  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Model") var model: CheckpointModelOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let report = try report(plugins.catalog(show))
    try show.warn(report.plan.warnings)
    try show.print(json: report.json) { report.lines($0) }
  }

  private func report(_ catalog: PluginCatalog) throws -> ApplyReport {
    if let file {
      var reading = try model.reading(tree, catalog)
      reading.notes = reading.notes.meaning(oneOf: [recipe])
      let checkpoint = try Checkpoint(opening: file, reading: reading)
      let rules = try Recipe.named(
        recipe, registry: catalog.initializers, architecture: checkpoint.architecture, notes: reading.notes
      ).rules
      let plan = try checkpoint.plan(rules, seed: 0)
      return ApplyReport(of: plan, for: checkpoint, output: nil, isDryRun: true)
    }
    guard let name = model.model else {
      throw Diagnostic(
        .usage, "it is not said what the recipe is held against", expected: "a file, or --model",
        hints: ["reinit recipe check \(recipe) --model resnet50"])
    }
    let rules = try Recipe.named(recipe, registry: catalog.initializers).rules
    let plan = try Plan(rules, for: Inventory(of: AnyNode(model.options.model(name, catalog).root)), seed: 0)
    return ApplyReport(schema: "reinit.apply/1", source: name, plan: plan, output: nil, isDryRun: true)
  }
}
