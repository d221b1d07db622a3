import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit apply`.
struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Re-initialize an existing checkpoint by rules.",
    discussion: """
      reinit apply model.safetensors --at encoder.layer.5 --fill 'Dense.weight=normal(std: 0.02)' \
      --fill 'Dense.bias=zeros' --seed 9 -o out.safetensors

      Everything that no rule reaches is copied bit for bit. The receipt in the new file's metadata says who wrote \
      what; reinit verify checks it.
      """)

  @Argument(help: "A checkpoint: a safetensors or PyTorch file, a folder, or the index of shards.")
  var file: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write, or of a folder the folder.", valueName: "path"))
  var output: String?

  @Flag(help: "Change the files themselves; an interrupted run is finished by the next.")
  var inPlace = false

  @Flag(help: "Print what would be done, and write nothing.")
  var dryRun = false

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "In a new folder, give files of which nothing changes a second name, and do not copy them.")
  var link = false

  @Flag(help: "Wait until everything is on the disk, so that a power cut is survived too.")
  var sync = false

  @OptionGroup(title: "Optimizer") var also: OptimizerOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Model") var model: CheckpointModelOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws { try running.limited(perform) }

  private func perform() throws {
    try requireOneTarget()
    try also.validate(inPlace: inPlace, dryRun: dryRun)
    try RankGroup.join()
    if inPlace, !dryRun, try finishInterrupted() { return }
    let catalog = try plugins.catalog(show)
    let (checkpoint, plan) = try RankGroup.together { try planned(catalog) }
    let state = try RankGroup.together { try also.state(of: plan, checkpoint) }
    try show.warn(checkpoint.advice + checkpoint.warnings)
    try show.warn(plan.warnings)
    try show.warn(checkpoint.tieWarnings(of: plan))
    try show.warn(also.warnings(state))
    if dryRun {
      try checkpoint.requireFinite(plan, options: running.apply(isShared: false))
    } else {
      try carryOut(plan, on: checkpoint, state)
    }
    var report = ApplyReport(of: plan, for: checkpoint, output: inPlace ? file : output, isDryRun: dryRun)
    report.state = state
    try show.print(json: report.json, of: dryRun ? nil : inPlace ? file : output) { report.lines($0) }
  }

  private func planned(_ catalog: PluginCatalog) throws -> (Checkpoint, Plan) {
    var reading = try model.reading(tree, catalog)
    reading.notes = reading.notes.meaning(oneOf: self.rules.recipe)
    let checkpoint = try Checkpoint(opening: file, reading: reading)
    let rules = try self.rules.rules(catalog.initializers, for: checkpoint, reading.notes)
    return (checkpoint, try checkpoint.plan(rules, seed: self.rules.seed, branches: try self.rules.branches()))
  }

  private func requireOneTarget() throws {
    guard (output != nil) != inPlace || dryRun && !(output != nil && inPlace) else {
      throw Diagnostic(
        .usage, output == nil ? "it is not said where to write" : "-o and --in-place exclude each other",
        hints: ["write a new file: -o new.safetensors", "change the file itself: --in-place"])
    }
  }

  private func carryOut(_ plan: Plan, on checkpoint: Checkpoint, _ state: OptimizerState?) throws {
    let bytes = plan.steps.reduce(0) { $0 + $1.count * $1.dtype.size }
    let progress = show.console.progress(total: 0, totalBytes: bytes, isQuiet: show.quiet || !RankGroup.speaks)
    progress.begin("filling")
    defer { progress.finish() }
    let options = running.apply(force: force, sync: sync, link: link, show: show, progress: progress)
    if let state {
      try checkpoint.requireFinite(plan, options: running.apply(isShared: false))
      try also.carryOut(state, options)
    }
    if inPlace {
      try checkpoint.applyInPlace(plan, options: options)
    } else if let output {
      try checkpoint.apply(plan, writing: output, options: options)
    }
  }

  /// Finishes an in-place run that was interrupted; without rules of its own, the command is then done.
  private func finishInterrupted() throws -> Bool {
    try RankGroup.together {
      if RankGroup.speaks { try also.finishInterrupted(running.apply(sync: sync, isShared: false)) }
    }
    let receipt = try RankGroup.together {
      try RankGroup.speaks ? Checkpoint.finishInPlace(file, options: running.apply(sync: sync, isShared: false)) : nil
    }
    // One process finishes; all have to know whether there was anything to finish.
    let filled = try RankGroup.team.combine([receipt.map { UInt64($0.runs.first?.tensors.count ?? 0) + 1 } ?? 0])[0]
    guard filled > 0 else { return false }
    let count = Int(filled) - 1
    guard rules.isEmpty else {
      try show.warn(["an interrupted in-place run on '\(file)' was finished first: \(count) tensors"])
      return false
    }
    try show.print(
      json: ["schema": "reinit.apply/1", "file": .string(file), "finished": .integer(Int64(count))]
    ) { console in
      [console.style(InterruptedRun.finished(file, count))]
    }
    return true
  }
}
