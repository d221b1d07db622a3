import ArgumentParser
import Diagnostics
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
  @Argument(help: "A safetensors file.") var file: String
  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let catalog = try plugins.catalog(show)
    let checkpoint = try Checkpoint(opening: file, reading: try tree.reading(catalog.layers))
    let plan = try checkpoint.plan(try Recipe.named(recipe, registry: catalog.initializers).rules, seed: 0)
    try show.warn(plan.warnings)
    let report = ApplyReport(checkpoint: checkpoint, plan: plan, output: nil, isDryRun: true)
    try show.print(json: report.json) { report.lines($0) }
  }
}
