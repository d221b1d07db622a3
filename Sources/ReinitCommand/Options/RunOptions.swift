import ArgumentParser
import Presentation
import Reinit

/// How a run is carried out.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many threads to use; what is filled does not depend on it, sums in a forward pass may in their last bits.",
      valueName: "n"))
  var threads: Int?

  /// Carries out a command with no more threads than that, those of plugins' calls included.
  func limited(_ body: () throws -> Void) throws {
    try Workers.limited(to: threads ?? Workers.available) { () throws in try body() }
  }

  /// The library's options, with progress on a terminal.
  func apply(
    force: Bool = false, sync: Bool = false, link: Bool = false, isShared: Bool = true,
    show: OutputOptions? = nil, resolver: ForeignResolver? = nil,
    progress: Progress? = nil
  ) -> ApplyOptions {
    var options = ApplyOptions(
      threads: threads, force: force, sync: sync, link: link, progress: { progress?.advance(bytes: $0) },
      warning: { try? show?.warn([$0]) }, resolver: resolver)
    if isShared { options.team = RankGroup.team }
    return options
  }

  func validate() throws {
    guard threads.map({ (1...1024).contains($0) }) ?? true else {
      throw ValidationError("--threads must lie between 1 and 1024")
    }
  }
}
