import ArgumentParser
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

  @Flag(help: "List equal tensors too.")
  var all = false

  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    try RankGroup.join()
    let (first, second) = try RankGroup.together { (try CheckpointFiles(before), try CheckpointFiles(after)) }
    let differences = try CheckpointDiff.between(first, second, threads: running.threads, team: RankGroup.team)
    let report = DiffReport(before: before, after: after, differences: differences, listsEqual: all)
    try show.print(json: report.json) { report.lines($0) }
    if differences.contains(where: { $0.status != .equal }) { throw NegativeAnswer() }
  }
}
