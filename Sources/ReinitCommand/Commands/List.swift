import ArgumentParser
import Reinit

/// The command `reinit list`.
struct List: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case initializers, presets, layers, recipes }

  static let configuration = CommandConfiguration(
    abstract: "List initializers, frameworks' presets of them, layers or recipes.")
  @Argument(help: "What to list: initializers, presets, layers or recipes.") var kind: Kind
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    switch kind {
    case .initializers: try ListReport(items: ListReport.initializers).print(show)
    case .presets: try ListReport(items: ListReport.presets).print(show)
    case .layers: try ListReport(items: ListReport.layers).print(show)
    case .recipes: try ListReport(items: ListReport.recipes).print(show)
    }
  }
}
