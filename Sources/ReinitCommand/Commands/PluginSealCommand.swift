import ArgumentParser
import Presentation
import Reinit

/// The command `reinit plugin seal`.
struct PluginSealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "Write a plugin's manifest into its file, from what it registers.",
    discussion: """
      reinit plugin seal build/lamb-norm.so

      The plugin is looked at: loaded in a process of its own. What it registers and requires becomes the section \
      .reinit.manifest; of a manifest that is there already, functions, module, what else it requires and keys that are \
      not known are kept. The file is replaced as a whole, or stays as it is.
      """)

  @Argument(help: "A plugin's file.")
  var file: String

  @Option(help: ArgumentHelp("The Swift module in the file, which no other plugin may have.", valueName: "name"))
  var module: String?

  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let sealed = try PluginSeal.seal(file, module: module)
    let report = PluginSealReport(path: file, sealed: sealed)
    try show.print(json: report.json) { report.lines($0) }
  }
}
