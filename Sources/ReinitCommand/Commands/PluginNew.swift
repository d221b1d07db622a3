import ArgumentParser
import Diagnostics

/// The command `reinit plugin new`.
struct PluginNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Begin a plugin: sources, Makefile, README in a new folder.",
    discussion: """
      reinit plugin new lamb-norm --language c
      reinit plugin new Gate --language rust --layer
      reinit plugin new my-scheme --language c --function

      The folder has a small plugin that works as it is; plain make in it builds build/NAME.so.
      """)

  @Argument(help: "The name: letters, digits, - and _. The folder has it.")
  var name: String

  @Option(help: "The language: c, c++, rust or swift.")
  var language: PluginTemplate.Language

  @Flag(help: "Begin with an initializer (the default), a layer, or a plain C function.")
  var kind = PluginTemplate.Kind.initializer

  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    let template = PluginTemplate(language: language, kind: kind)
    guard PluginTemplate.all.contains(template) else {
      throw Diagnostic(
        .usage, "plain functions are begun in C", expected: "--language c", found: "--language \(language.rawValue)",
        hints: ["of other languages, a function that C can call may take the place of the one in C"])
    }
    let name = try PluginName(name)
    try name.check(for: template)
    let files = template.files(named: name)
    try NewFolder.make(name.given, with: files)
    let report = PluginNewReport(name: name, template: template, files: files.map(\.path))
    try show.print(json: report.json) { report.lines($0) }
  }
}
