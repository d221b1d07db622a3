import ArgumentParser
import Reinit

/// The command `reinit list`.
struct List: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case initializers, layers, recipes }

  static let configuration = CommandConfiguration(abstract: "List initializers, layers or recipes.")
  @Argument(help: "What to list: initializers, layers or recipes.") var kind: Kind
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    switch kind {
    case .initializers: try ListReport(items: ListReport.initializers).print(show)
    case .layers: try ListReport(items: ListReport.layers).print(show)
    case .recipes: try ListReport(items: ListReport.recipes).print(show)
    }
  }
}
