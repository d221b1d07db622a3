import ArgumentParser
import PluginHarness

/// The command `reinit plugin diff`.
struct PluginDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what a plugin's new build does otherwise than its old one.",
    discussion: """
      reinit plugin diff released/lamb-norm.so build/lamb-norm.so

      Compared is what both register (parameters, layers, versions), the values that each initializer gives with its \
      defaults on fixed tensors, what the files export and need. Each is loaded, in a process of its own.

      Exit code 1 where a user of the plugin would notice: something is gone, renamed or narrower, values are others \
      without a new version of the algorithm, it does not load where it did. Such lines begin with !.
      """)

  @Argument(help: "The plugin as users have it.")
  var old: String

  @Argument(help: "The plugin as they are to have it.")
  var new: String

  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let comparison = PluginComparison(try PluginPortrait(of: old), try PluginPortrait(of: new))
    let report = PluginDiffReport(comparison)
    try show.print(json: report.json) { report.lines($0) }
    if comparison.isNoticed { throw NegativeAnswer() }
  }
}
