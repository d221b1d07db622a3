import ArgumentParser
import Diagnostics
import JSONText
import Presentation
import Reinit

/// The command `reinit inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show statistics of tensors, and a histogram of a single one.",
    discussion: "Standard deviations are those of the population (divided by n); kurtosis is 3 for a normal.")

  @Argument(help: "A checkpoint: a safetensors or PyTorch file, a folder, or the index of shards.")
  var file: String

  @Argument(help: "Which tensors, or which part of them, as in 'embed.weight[2:7]'; all if left out.")
  var selector: String?

  @OptionGroup(title: "Reading the file") var tree: TreeOptions
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    try RankGroup.join()
    let checkpoint = try RankGroup.together { try Checkpoint(opening: file, reading: try tree.reading()) }
    let selector = try self.selector.map { try Selector(parsing: $0) }
    let leaves =
      try selector.map { try selected($0, checkpoint.inventory) } ?? Array(checkpoint.inventory.leaves.indices)
    let regions = try RankGroup.together { try SelectedParts(selector, leaves, checkpoint) }
    let entries = leaves.map { checkpoint.entry(ofLeaf: $0) }
    let progress = show.console.progress(
      total: 0, totalBytes: entries.reduce(0) { $0 + $1.range.count }, isQuiet: show.quiet || !RankGroup.speaks)
    progress.begin("reading")
    let statistics = try checkpoint.statistics(
      of: entries, regions: regions.regions, options: running.apply(progress: progress))
    progress.finish()
    let report = try InspectReport(
      checkpoint: checkpoint, leaves: leaves, regions: regions, statistics: statistics)
    try show.print(json: report.json) { try report.lines($0) }
  }

  private func selected(_ selector: Selector, _ inventory: Inventory) throws -> [Int] {
    let leaves = try inventory.match(selector).keepTargets(in: inventory)
    guard !leaves.isEmpty || selector.allowsNoMatch else { throw inventory.nothingMatches(selector) }
    return leaves
  }
}
