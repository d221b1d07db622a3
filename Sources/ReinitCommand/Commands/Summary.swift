import ArgumentParser
import Glibc
import JSONText
import Presentation
import Reinit

/// The command `reinit summary`.
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's tree: layers, shapes, parameters.",
    discussion: "Types of layers that were guessed from names and shapes are shown with a question mark.")

  @Argument(help: "A model's name from reinit list models, or a safetensors file.")
  var file: String

  @Option(help: ArgumentHelp("Add up everything below that many parts of a path.", valueName: "n"))
  var depth: Int?

  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    if let model = try model() {
      let report = SummaryReport(path: file, inventory: try Inventory(of: model), depth: depth)
      return try show.print(json: report.json) { report.lines($0) }
    }
    let checkpoint = try Checkpoint(opening: file, reading: try tree.reading(plugins.catalog(show).layers))
    let report = SummaryReport(path: file, inventory: checkpoint.inventory, depth: depth)
    try show.print(json: report.json) { report.lines($0) }
  }

  /// The model of that name, unless a file has it: its tensors have no bytes, so that the largest one is at once there.
  private func model() throws -> Chain? {
    let isName = !file.isEmpty && file.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard isName, access(file, F_OK) != 0 else { return nil }
    return try ModelDescriptor.named(file).build(ModelOptions())
  }
}
