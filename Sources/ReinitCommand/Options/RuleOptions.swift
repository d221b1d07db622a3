import ArgumentParser
import Diagnostics
import Reinit

/// What is to be filled, and with which seed.
struct RuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Fill what a selector matches, as in 'Dense.weight=normal(std: 0.02)'.", valueName: "rule"))
  var fill: [String] = []

  @Option(help: ArgumentHelp("Leave what a selector matches as it is.", valueName: "selector"))
  var keep: [String] = []

  @Option(
    name: .customLong("assert"),
    help: ArgumentHelp(
      "What has to hold after the run, or nothing is written: 'Dense.weight finite', '** untouched except fc', 'fc.weight shape [*, 768]'.",
      valueName: "claim"))
  var assertions: [String] = []

  @Option(
    help: ArgumentHelp(
      "Rules from a file, a built-in recipe or an architecture's (the word architecture: the one that this is), before those given here.",
      valueName: "name|file"))
  var recipe: [String] = []

  @Option(help: ArgumentHelp("Only inside of this branch; selectors stay absolute.", valueName: "path"))
  var at: [String] = []

  @Option(help: ArgumentHelp("The seed of all random values.", valueName: "n"))
  var seed: UInt64 = 0

  /// All rules: recipes first, then fills and keeps in the order of the command line.
  /// - Parameters:
  ///   - registry: the initializers that they may name.
  ///   - checkpoint: what they are for: the recipe of its architecture has a name of its own.
  ///   - notes: what is known of architectures.
  func rules(
    _ registry: InitializerRegistry, for checkpoint: Checkpoint, _ notes: NoteLibrary,
    _ arguments: [String] = ReinitCommand.arguments
  ) throws -> [Rule] {
    try recipeRules(registry, for: checkpoint, notes) + ordered(registry, arguments)
  }

  /// The rules of the recipes.
  func recipeRules(
    _ registry: InitializerRegistry, for checkpoint: Checkpoint, _ notes: NoteLibrary
  ) throws(Diagnostic) -> [Rule] {
    var rules: [Rule] = []
    for name in recipe {
      rules += try Recipe.named(name, registry: registry, architecture: checkpoint.architecture, notes: notes).rules
    }
    return rules
  }

  /// Fills and keeps in the order of the command line.
  func ordered(_ registry: InitializerRegistry, _ arguments: [String] = ReinitCommand.arguments) throws -> [Rule] {
    try ordered(arguments).map { try Rule($0, registry: registry) }
  }

  /// Whether there are none.
  var isEmpty: Bool { recipe.isEmpty && fill.isEmpty && keep.isEmpty && assertions.isEmpty }

  /// The branches that `--at` names.
  func branches() throws -> [Selector] { try at.map { try Selector(path: $0) } }

  /// Fills and keeps in one list.
  ///
  /// The parser keeps the order within each option only; the order between them is read from the raw arguments.
  private func ordered(_ arguments: [String]) throws -> [RuleText] {
    var (fills, keeps) = (fill[...], keep[...])
    var result: [RuleText] = []
    for argument in arguments {
      if isOption(argument, "--fill"), let text = fills.popFirst() { result.append(try RuleText(.fill(text))) }
      if isOption(argument, "--keep"), let text = keeps.popFirst() { result.append(try RuleText(.keep(text))) }
    }
    return try result + assertions.map { try RuleText(.assert($0)) }
  }

  private func isOption(_ argument: String, _ name: String) -> Bool {
    argument == name || argument.hasPrefix(name + "=")
  }
}

extension NoteLibrary {
  /// The same, where the last recipe that is a note's says what layers are if nothing else does.
  ///
  /// Built-in recipes of the same name are no note's.
  func meaning(oneOf recipes: [String]) -> NoteLibrary {
    meaning(
      recipes.last { name in
        !Recipe.all.contains { $0.name == name } && names.contains { $0.lowercased() == name.lowercased() }
      })
  }
}
