import ArgumentParser
import Reinit

/// The command `reinit list`.
struct List: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case models, initializers, presets, layers, recipes, architectures, plugins
  }

  static let configuration = CommandConfiguration(
    abstract: "List models, initializers, frameworks' presets of them, layers, recipes, architectures or plugins.")
  @Argument(help: "What to list: models, initializers, presets, layers, recipes, architectures or plugins.")
  var kind: Kind
  @OptionGroup(title: "Architectures") var notes: NotesOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let catalog = try plugins.catalog(show)
    let items =
      switch kind {
      case .models: ListReport.models
      case .initializers: ListReport.initializers(catalog.initializers)
      case .presets: ListReport.presets(catalog.initializers)
      case .layers: ListReport.layers(catalog.layers)
      case .recipes: ListReport.recipes
      case .architectures: try ListReport.architectures(notes.library(catalog.layers, catalog.initializers))
      case .plugins: ListReport.plugins(catalog)
      }
    try ListReport(items: items).print(show)
  }
}
