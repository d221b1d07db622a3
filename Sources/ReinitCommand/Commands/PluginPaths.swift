import ArgumentParser
import Reinit

/// The command `reinit plugin paths`.
struct PluginPaths: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "Show where plugins are looked for, in order.",
    discussion: "Of two files that are the same plugin, the first one is used. No file is looked into.")

  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let report = PluginPathsReport(found: PluginSearch.run(PluginPlaces(named: plugins.plugin)))
    try show.print(json: report.json) { report.lines($0) }
  }
}
