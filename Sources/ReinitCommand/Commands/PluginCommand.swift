import ArgumentParser

/// The command `reinit plugin`.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "List plugins, look into one, test one, or begin one.",
    discussion: """
      reinit plugin new lamb-norm --language c
      reinit plugin list --plugin build/lamb-norm.so
      reinit plugin test build/lamb-norm.so --tier 5

      Plugins add initializers and layers; every command that takes --plugin can use them.
      """,
    subcommands: [
      PluginList.self, PluginInspect.self, PluginTestCommand.self, PluginNew.self, PluginPaths.self,
    ])
}
