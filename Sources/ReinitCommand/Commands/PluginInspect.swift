import ArgumentParser
import Diagnostics
import Reinit

/// The command `reinit plugin inspect`.
struct PluginInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a plugin's file says, without loading it.",
    discussion: "Exit code 69 where it is refused: by its bytes, or when it was looked at before.")

  @Argument(help: "A plugin's file, as in build/lamb-norm.so.")
  var file: String

  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let report = PluginInspectReport(try PluginInspection(of: file))
    try show.print(json: report.json) { report.lines($0) }
    if report.inspection.isRefused { throw NegativeAnswer(status: .unavailable) }
  }
}
