import ArgumentParser
import Diagnostics

/// The command with all its subcommands; each is a file in Commands/.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reinit",
    abstract: "Re-initialize neural-network weights by rules, without touching the model's code.",
    discussion: """
      reinit apply model.safetensors --fill 'Dense.weight=normal(std: 0.02)' --seed 9 -o new.safetensors

      Rules are SELECTOR=INITIALIZER; the last one that matches a tensor wins, and what no rule matches stays as \
      it is, bit for bit. Selectors: docs/selectors.md. Initializers: reinit list initializers.

      Exit codes: 0 done, 1 the answer is no, 64 usage, 65 bad data, 66 no such input, 69 plugin or library \
      missing, 70 internal, 73 cannot create, 74 I/O, 130 interrupted.
      """,
    version: Version.text,
    subcommands: [
      Build.self, Apply.self, FitCommand.self, Recover.self, Run.self, Summary.self, Inspect.self, Diff.self,
      Verify.self,
      RecipeCommand.self,
      List.self, Explain.self,
      PluginCommand.self, Doctor.self,
    ])
}

/// The release.
enum Version {
  static let text = Release.version
}
