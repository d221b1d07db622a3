import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit fit`.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a checkpoint to a target: other classes, words, blocks, names.",
    discussion: """
      reinit fit old.safetensors --to resnet50 --set classes=7 --fill 'fc=default' -o new.safetensors
      reinit fit llama/ --to bigger.txt --resize embed_tokens --fill 'embed_tokens.weight[new]=mean_of' -o bigger/

      The target is a model's name, a model file, another checkpoint, a config.json, or a file (.txt) of names and shapes. Of every tensor it \
      has to be clear what becomes of it: kept, renamed, resized, new, or dropped. What is kept has the same bits. Without a target it is the \
      checkpoint itself, by its renamings: eight more blocks that are the identity are

      reinit fit llama/ --to lora --set r=16 --set 'target_modules=q_proj v_proj' -o adapter/
      reinit fit llama/ --rename 'model.layers.[0-7] = model.layers.[0-7], model.layers.7 = model.layers.[8-15]' --fill '@residual_out[new]=zeros' -o deeper/
      """)

  @Argument(help: "A checkpoint: a safetensors or PyTorch file, a folder, or the index of shards.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "What it is to become: a model, a checkpoint, a config.json, a file of names and shapes, or an adapter such as lora; the same by its renamings without.",
      valueName: "target")
  )
  var to: String?

  @OptionGroup var model: ModelOptionGroup

  @Option(
    help: ArgumentHelp(
      "Which old tensor is which: 'OLD = NEW', with *, ** and [0-7]; several with commas.", valueName: "names"))
  var rename: [String] = []

  @Option(help: ArgumentHelp("Keep the part that the old and the new shape have in common.", valueName: "name"))
  var resize: [String] = []

  @Option(
    help: ArgumentHelp(
      "Round the rows of what is resized up to a multiple, as fast kernels want vocabularies.", valueName: "n"))
  var padToMultipleOf: Int?

  @Option(help: ArgumentHelp("Leave out what the target does not have.", valueName: "name"))
  var drop: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write, or of a folder the folder.", valueName: "path"))
  var output: String?

  @Flag(help: "Print what would be done, and write nothing.")
  var dryRun = false

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "In a new folder, give files of which nothing changes a second name, and do not copy them.")
  var link = false

  @Flag(help: "Wait until everything is on the disk, so that a power cut is survived too.")
  var sync = false

  @OptionGroup var rules: RuleOptions
  @OptionGroup(title: "Reading the result") var tree: TreeOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws { try running.limited(perform) }

  private func perform() throws {
    guard to != nil || !rename.isEmpty || !drop.isEmpty || padToMultipleOf != nil else {
      throw Diagnostic(
        .usage, "it is not said what the checkpoint is to become", expected: "--to TARGET, or --rename or --drop",
        hints: ["reinit fit old.safetensors --to resnet50 --set classes=7 …"])
    }
    guard output != nil || dryRun else {
      throw Diagnostic(.usage, "it is not said where to write", hints: ["write a new file: -o new.safetensors"])
    }
    try RankGroup.join()
    let catalog = try plugins.catalog(show)
    let reading = try tree.reading(catalog)
    let renames = try rename.map { (text) throws(Diagnostic) in try NameMapping(parsing: text) }
    let target =
      if let to { try target(to, catalog, reading) } else {
        try FitTarget(renaming: file, by: renames, dropped: drop, stateDict: reading.stateDict)
      }
    let fit = try Fit(
      file, to: padded(target), renames: renames, resized: resize, dropped: drop, stateDict: reading.stateDict)
    let written = try rules.ordered(catalog.initializers)
    let outcome = try fit.carryOut(
      writing: dryRun ? nil : output, reading: target.isAdapter ? TreeReading(notes: reading.notes) : reading,
      seed: rules.seed,
      options: running.apply(force: force, sync: sync, link: link, show: show)
    ) { (checkpoint) throws(Diagnostic) in
      try (target.isAdapter ? own(checkpoint, reading, catalog) : [])
        + rules.recipeRules(catalog.initializers, for: checkpoint, reading.notes).map(\.ofNew) + written
    }
    try show.warn(outcome.checkpoint.warnings + (outcome.plan?.warnings ?? []))
    let report = FitReport(fit: fit, outcome: outcome, source: file, target: target.text, output: dryRun ? nil : output)
    try show.print(json: report.json, of: dryRun ? nil : output) { report.lines($0) }
  }

  private func padded(_ target: FitTarget) throws -> FitTarget {
    guard let padToMultipleOf else { return target }
    guard padToMultipleOf > 0, !resize.isEmpty else {
      throw Diagnostic(
        .usage, "it is not said what is padded", found: "--pad-to-multiple-of \(padToMultipleOf)",
        hints: ["--resize 'embed_tokens lm_head' --pad-to-multiple-of 64"])
    }
    return try target.padding(resize, toMultipleOf: padToMultipleOf)
  }

  /// How an adapter begins, before any rule: as its note says.
  private func own(
    _ checkpoint: Checkpoint, _ reading: TreeReading, _ catalog: PluginCatalog
  ) throws(Diagnostic) -> [Rule] {
    try Recipe.named(
      "architecture", registry: catalog.initializers, architecture: checkpoint.architecture, notes: reading.notes
    ).rules
  }

  private func target(_ to: String, _ catalog: PluginCatalog, _ reading: TreeReading) throws -> FitTarget {
    if to.hasSuffix(".txt") { return try FitTarget(names: to) }
    if to.hasSuffix("config.json") { return try FitTarget(config: to, for: file) }
    let isModel = ModelDocument.isPath(to) && !to.hasSuffix(".index.json") || (try? ModelDescriptor.named(to)) != nil
    if !isModel, let note = try reading.notes.note(named: to), note.isAdapter {
      return try FitTarget(adapter: note, for: Checkpoint(opening: file, reading: reading), settings: model.set)
    }
    return isModel
      ? try FitTarget(model.model(to, catalog).root, called: to) : try FitTarget(checkpoint: to)
  }
}
