import ArgumentParser
import JSONText
import Presentation
import Reinit

/// The command `reinit summary`.
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's tree: layers, shapes, parameters.",
    discussion: "Types of layers that were guessed from names and shapes are shown with a question mark.")

  @Argument(help: "A safetensors file.")
  var file: String

  @Option(help: ArgumentHelp("Add up everything below that many parts of a path.", valueName: "n"))
  var depth: Int?

  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let checkpoint = try Checkpoint(opening: file, reading: try tree.reading(plugins.catalog(show).layers))
    let report = SummaryReport(path: file, inventory: checkpoint.inventory, depth: depth)
    try show.print(json: report.json) { report.lines($0) }
  }
}
