import ArgumentParser
import Functors
import Glibc
import JSONText
import Presentation
import Reinit

/// The command `reinit summary`.
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's tree: layers, shapes, parameters.",
    discussion: "Types of layers that were guessed from names and shapes are shown with a question mark.")

  @Argument(help: "A model's name from reinit list models, a model file (*.json, *.yaml), or a checkpoint.")
  var file: String

  @Option(help: ArgumentHelp("Add up everything below that many parts of a path.", valueName: "n"))
  var depth: Int?

  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Model") var options: ModelOptionGroup
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let catalog = try plugins.catalog(show)
    let report: SummaryReport
    if isModel {
      report = SummaryReport(
        path: file, inventory: try Inventory(of: AnyNode(options.model(file, catalog).root)), depth: depth)
    } else {
      let checkpoint = try Checkpoint(opening: file, reading: try tree.reading(catalog))
      try show.warn(checkpoint.advice + checkpoint.warnings)
      report = SummaryReport(
        path: file, inventory: checkpoint.inventory, depth: depth, architecture: checkpoint.architecture)
    }
    try show.print(json: report.json) { report.lines($0) }
  }

  /// Whether a model of that name is meant, and no file: its tensors have no bytes, so that the largest one is at once
  /// there.
  private var isModel: Bool {
    let isName = !file.isEmpty && file.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    return isName && access(file, F_OK) != 0 || ModelDocument.isPath(file) && !file.hasSuffix(".index.json")
  }
}
