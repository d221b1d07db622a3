import ArgumentParser
import JSONText
import Presentation
import Reinit

/// The command `reinit verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recompute what a checkpoint's receipt says, and compare.",
    discussion: "Exit code 1 where a tensor is not what the receipt says.")

  @Argument(help: "A checkpoint that reinit has written.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "The checkpoint that was re-initialized: values that were made of its tensors are made again.", valueName: "file")
  )
  var from: String?

  @OptionGroup(title: "Model") var model: CheckpointModelOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws {
    try RankGroup.join()
    let catalog = try plugins.catalog(show)
    let checkpoint = try RankGroup.together { try Checkpoint(opening: file, reading: try model.reading(nil, catalog)) }
    // The file's own sizes: a receipt's may be anything until it is held against the file.
    let entries = try checkpoint.receipt()?.entries ?? []
    let bytes = entries.reduce(0) { $0 &+ (checkpoint.header[$1.entry.fileName]?.range.count ?? 0) }
    let progress = show.console.progress(total: 0, totalBytes: bytes, isQuiet: show.quiet || !RankGroup.speaks)
    progress.begin("recomputing")
    let results = try checkpoint.verify(
      from: from, options: running.apply(resolver: catalog.resolver, progress: progress))
    progress.finish()
    let isRight = results.allSatisfy(\.isRight)
    try show.print(json: json(results, isRight)) { lines(results, isRight, $0) }
    if !isRight { throw NegativeAnswer() }
  }

  private func json(_ results: [Verification], _ isRight: Bool) -> JSONValue {
    [
      "schema": "reinit.verify/1", "file": .string(file), "ok": .bool(isRight),
      "tensors": .array(
        results.map { result in
          var object: JSONObject = ["path": .string(result.name)]
          if let part = result.part { object.append("part", .string(part)) }
          object.append("initializer", .string(result.initializer))
          object.append("outcome", .string(result.outcome.rawValue))
          object.append("ok", .bool(result.isRight))
          return .object(object)
        }),
    ]
  }

  private func lines(_ results: [Verification], _ isRight: Bool, _ console: Console) -> [String] {
    let style = console.style
    var table = Table([.init(), .init("path", elision: .path), .init("initializer"), .init("result")])
    for result in results {
      let role: Style.Role = result.isRight ? .passed : .failed
      table.add([
        Text(result.isRight ? style.symbols.passed : style.symbols.failed).styled(role),
        Text(result.name + (result.part.map { "[\($0)]" } ?? "")),
        Text(result.initializer).styled(.initializer),
        Text(words(result.outcome)).styled(result.isRight ? nil : .failed),
      ])
    }
    let wrong = results.count { !$0.isRight }
    let things = results.contains { $0.part != nil } ? "tensors and parts" : "tensors"
    let verdict: Text =
      isRight
      ? "\(results.count) of \(results.count) \(things) are what the receipt says"
      : "\(wrong) of \(results.count) \(things) are not what the receipt says"
    return table.lines(in: style, width: console.tableWidth) + ["", style(verdict.styled(isRight ? .passed : .failed))]
  }

  private func words(_ outcome: Verification.Outcome) -> String {
    switch outcome {
    case .identical: "identical bits"
    case .close: "equal to its tolerance"
    case .recorded: "the bytes that were written; cannot be recomputed"
    case .different: "different"
    case .missing: "not in the file"
    case .unknown: "not known: what it was made of, or its mask, is not there"
    }
  }
}
