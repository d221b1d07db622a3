import ArgumentParser
import Diagnostics
import Reinit

/// The state of an optimizer, which follows what is filled.
struct OptimizerOptions: ParsableArguments {
  @Option(
    name: .customLong("also"),
    help: ArgumentHelp(
      "The checkpoint of an optimizer's state: moments of exactly the elements that are filled become 0.",
      valueName: "path"))
  var state: String?

  @Option(
    name: .customLong("also-output"),
    help: ArgumentHelp("Where the changed state is written; with --in-place it is changed itself.", valueName: "path"))
  var output: String?

  func validate(inPlace: Bool, dryRun: Bool) throws {
    guard state != nil || output == nil else {
      throw Diagnostic(
        .usage, "there is no optimizer's state to write", found: "--also-output", hints: ["--also STATE.safetensors"])
    }
    guard let state, !dryRun, (output != nil) == inPlace else { return }
    throw Diagnostic(
      .usage,
      inPlace
        ? "--also-output and --in-place exclude each other"
        : "it is not said where the optimizer's state is to be written",
      hints: inPlace ? [] : ["--also-output new-\(FileName.last(of: state))"])
  }

  /// The moments of what a plan fills; nil where no state is named.
  func state(of plan: Plan, _ checkpoint: Checkpoint) throws -> OptimizerState? {
    try state.map { try OptimizerState(opening: $0, resetting: plan, of: checkpoint) }
  }

  /// What is worth saying of parameters without moments.
  func warnings(_ found: OptimizerState?) -> [String] {
    guard let names = found?.withoutMoments, let first = names.first, let state else { return [] }
    return ["'\(state)' has no moments of '\(first)'" + (names.count > 1 ? " and \(names.count - 1) more" : "")]
  }

  /// Changes the state before the weights: cut off between the two, the same command does what is missing.
  func carryOut(_ found: OptimizerState, _ options: ApplyOptions) throws {
    var options = options
    options.progress = { _ in }
    if let output {
      try found.apply(writing: output, options: options)
    } else {
      try found.applyInPlace(options: options)
    }
  }

  /// Finishes an in-place run on the state that was interrupted.
  func finishInterrupted(_ options: ApplyOptions) throws {
    if let state { _ = try Checkpoint.finishInPlace(state, options: options) }
  }
}

/// The end of a path.
private enum FileName {
  static func last(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
