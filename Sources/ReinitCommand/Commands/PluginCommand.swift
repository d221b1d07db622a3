import ArgumentParser

/// The command `reinit plugin`.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "List plugins, look into one, test, compare, seal or begin one.",
    discussion: """
      reinit plugin new lamb-norm --language c
      reinit plugin list --plugin build/lamb-norm.so
      reinit plugin test build/lamb-norm.so --tier 5

      Plugins add initializers and layers; every command that takes --plugin can use them. A plugin has all rights of \
      its user. Processes of their own keep its faults from a command (crashes, hangs, and, where the kernel can, \
      files and networks); they are no guard against malice. list, test, diff and seal run a plugin's code: load what \
      you trust.
      """,
    subcommands: [
      PluginList.self, PluginInspect.self, PluginTestCommand.self, PluginDiffCommand.self, PluginSealCommand.self,
      PluginNew.self, PluginPaths.self,
    ])
}
