import ArgumentParser
import JSONText
import Presentation
import Reinit

/// The command `reinit recover`.
struct Recover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finish an in-place run that was interrupted, or give it up.",
    discussion: """
      reinit recover model.safetensors

      A run in place that was interrupted leaves FILE part old and part new, and beside it FILE.reinit-journal, which \
      says how to finish (shards have reinit-journal in their folder). Until then other commands refuse the file. With --abandon the journal is removed instead: \
      for a file that was put back from a copy, or a run that cannot be finished.
      """)

  @Argument(help: "A safetensors file, a folder, or the index of shards.")
  var file: String

  @Flag(help: "Remove the journal without finishing: the file stays part old and part new.")
  var abandon = false

  @Flag(help: "Wait until everything is on the disk, so that a power cut is survived too.")
  var sync = false

  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    if abandon { try giveUp() } else { try finish() }
  }

  private func finish() throws {
    let receipt = try Checkpoint.finishInPlace(file, options: running.apply(sync: sync))
    let count = receipt.map { $0.runs.first?.tensors.count ?? 0 }
    try show.print(json: json("finished", count.map { .integer(Int64($0)) } ?? .null, [])) { console in
      [count.map { console.style(InterruptedRun.finished(file, $0)) } ?? console.style("\(nothing)")]
    }
  }

  private func giveUp() throws {
    guard let run = try Checkpoint.abandonInPlace(file, sync: sync) else {
      return try show.print(json: json("abandoned", false, [])) { [$0.style("\(nothing)")] }
    }
    try show.print(json: json("abandoned", true, run.tensors)) { console in
      ["Removed the journal of \(file).", words(run)].map { console.style("\($0)") }
        + run.tensors.prefix(10).map { console.style("  \($0)") }
        + (run.tensors.count > 10 ? [console.style("  and \(String(run.tensors.count - 10)) more")] : [])
    }
  }

  private var nothing: String { "No in-place run on \(file) was interrupted: nothing to do." }

  private func words(_ run: AbandonedRun) -> String {
    switch run.state {
    case .mixed:
      """
      These tensors have old values, new ones, or some of each, unless the file was put back from a copy; all others \
      are as they were:
      """
    case .untouched: "It was another file's: this one is as it was put there."
    case .unknown: "It could not be read: any tensor may be part old and part new. Compare with a copy: reinit diff."
    }
  }

  /// Schema `reinit.recover/1`.
  private func json(_ key: String, _ value: JSONValue, _ tensors: [String]) -> JSONValue {
    var object: JSONObject = ["schema": "reinit.recover/1", "file": .string(file)]
    object.append(key, value)
    object.append("tensors", .array(tensors.map { .string($0) }))
    return .object(object)
  }
}

/// What is said of an interrupted run.
enum InterruptedRun {
  static func finished(_ file: String, _ count: Int) -> Text {
    "Finished an interrupted run on \(file): \(String(count)) tensors are filled as it was told."
  }
}
