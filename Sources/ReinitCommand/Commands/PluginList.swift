import ArgumentParser
import Reinit

/// The command `reinit plugin list`.
struct PluginList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the plugins that were found, and the files that were refused.",
    discussion: """
      A file that is new is loaded once in a process of its own, which runs its code; what that came to is remembered. \
      This keeps faults apart, not malice: load what you trust.
      """)

  @Flag(help: "Look at every file again, whatever is remembered of it.")
  var rescan = false

  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let report = PluginListReport(catalog: try plugins.catalog(show, looksAgain: rescan))
    try show.print(json: report.json) { report.lines($0) }
  }
}
