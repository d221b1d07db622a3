import ArgumentParser
import Diagnostics
import Presentation
import Reinit

/// Which plugins there are.
struct PluginOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp("Use a plugin, or the plugins of a folder, before those that are found.", valueName: "file"))
  var plugin: [String] = []

  /// The plugins that were named and found.
  ///
  /// A call that crashes or hangs from here on ends the command with a report.
  func catalog(_ show: OutputOptions, looksAgain: Bool = false) throws -> PluginCatalog {
    let options = PluginOptions(named: plugin, looksAgain: looksAgain) { line in try? show.warn([line]) }
    // Before the first plugin's code is in the process, which is here where no other process can look at it.
    PluginLimits.guardProcess(reportsJSON: show.format == .json)
    let catalog = try PluginCatalog(options)
    if !catalog.plugins.isEmpty { AnswerStream.keepToOurselves() }
    try show.warn(
      catalog.warnings.map { warning in
        warning.message + (warning.place.map { ": \($0)" } ?? "") + (warning.found.map { " (\($0))" } ?? "")
      })
    return catalog
  }
}
