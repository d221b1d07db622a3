import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit diff`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what changed between two checkpoints, and by how much.",
    discussion: "Exit code 1 where they differ. Equal tensors are counted, and listed with --all.")

  @Argument(help: "A checkpoint.")
  var before: String

  @Argument(help: "Another checkpoint.")
  var after: String

  @Argument(help: "Which tensors, or which part of them, as in 'embed.weight[2:7]'; all if left out.")
  var selector: String?

  @Flag(help: "List equal tensors too.")
  var all = false

  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    try RankGroup.join()
    let (first, second) = try RankGroup.together { (try CheckpointFiles(before), try CheckpointFiles(after)) }
    let tensors = try RankGroup.together { try selector.map { try selected(Selector(parsing: $0)) } }
    let differences = try CheckpointDiff.between(
      first, second, only: tensors, threads: running.threads, team: RankGroup.team)
    let report = DiffReport(before: before, after: after, differences: differences, listsEqual: all)
    try show.print(json: report.json) { report.lines($0) }
    if differences.contains(where: { $0.status != .equal }) { throw NegativeAnswer() }
  }

  /// What a selector names in the first checkpoint.
  private func selected(_ selector: Selector) throws -> [(name: String, region: Region?)] {
    let checkpoint = try Checkpoint(opening: before)
    let leaves = try checkpoint.inventory.match(selector).keepTargets(in: checkpoint.inventory)
    guard !leaves.isEmpty || selector.allowsNoMatch else { throw checkpoint.inventory.nothingMatches(selector) }
    let parts = try SelectedParts(selector, leaves, checkpoint)
    return leaves.enumerated().map { (checkpoint.entry(ofLeaf: $1).name, parts[$0]) }
  }
}
