import ArgumentParser
import Diagnostics
import JSONText
import PluginHarness
import Presentation
import Reinit

extension Tier: ExpressibleByArgument {
  /// A number, or the tier's name.
  public init?(argument: String) {
    let named = Tier.allCases.first { $0.name == argument }
    guard let tier = named ?? Int(argument).flatMap(Tier.init(rawValue:)) else { return nil }
    self = tier
  }

  /// As the help lists them.
  public static var allValueStrings: [String] { allCases.map { "\($0.rawValue)" } }
}

/// Text, one JSON object, or what CI systems read.
enum TestFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, junit
}

/// The command `reinit plugin test`.
struct PluginTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Test a plugin: each law of the ABI in a process of its own.",
    discussion: """
      reinit plugin test build/lamb-norm.so
      reinit plugin test build/lamb-norm.so --tier 5 --format junit > junit.xml
      reinit plugin test build/lamb-norm.so --only init.shards

      Tiers: 1 loads, 2 works, 3 honest, 4 robust, 5 certified; each holds those below it. The plugin is never loaded \
      into the command itself, but its code runs, apart for its faults and not for malice: test what you trust. Exit code 0 for a pass, 1 for findings, 64 where nothing was tested, 70 where the tests \
      could not be run. reinit explain CODE tells what a finding means, and its cure in C, C++, Rust and Swift.
      """)

  @Argument(help: "A plugin's file, as in build/lamb-norm.so.")
  var file: String?

  @Option(help: "How much is asked: 1 to 5, or the tier's name.")
  var tier = Tier.honest

  @Option(help: "What random choices are made from.")
  var seed: String = "0"

  @Option(help: ArgumentHelp("Run these alone: init.shards, init.shards:NAME, :NAME, init.", valueName: "test"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Leave these out.", valueName: "test"))
  var skip: [String] = []

  @Option(name: .customLong("case"), help: "Run one case of a fuzzing test, as its finding names it.")
  var fuzzCase: String?

  @Option(help: ArgumentHelp("A file of findings that are known, each with its reason.", valueName: "file"))
  var expect: String?

  @Option(help: "How long one call may take, in seconds.")
  var timeout = 10.0

  @Option(help: "How many tests run at once; as many as there are processors unless said otherwise.")
  var jobs: Int?

  @Option(help: ArgumentHelp("Another plugin whose layers this one uses.", valueName: "file"))
  var plugin: [String] = []

  @Option(help: ArgumentHelp("How a layer or initializer is meant to be made: 'Gate(size: 8)'.", valueName: "text"))
  var with: [String] = []

  @Option(
    help: ArgumentHelp(
      "Shapes of a layer's inputs, or of tensors for an initializer: 'Gate=[2, 8]'.", valueName: "text"))
  var input: [String] = []

  @Flag(help: "Run the one test of --only in this process: for a debugger.")
  var here = false

  @Flag(help: "List the tests, and run none.")
  var list = false

  @Option(help: "Print text, one JSON object, or JUnit's XML.")
  var format = TestFormat.text

  @Option(help: "Use color: auto, always or never.")
  var color = Style.Mode.auto

  func run() throws {
    let console = Console(mode: color)
    if list { return try print(PluginTestList.lines(console), console) }
    if here { return try runHere(console) }
    let report = try PluginHarness.run(try options())
    switch format {
    case .text: try print(PluginTestReport(report).lines(console), console)
    case .json: try print([TerminalJSON.safe(PluginTestReport(report).json.indented)], console)
    case .junit: try print(PluginTestJUnit(report).lines, console)
    }
    guard report.tests.contains(where: { $0.outcome != .skipped }) else {
      throw Diagnostic(
        .nothingTested, "nothing was tested", at: report.plugin, expected: "a test that has something to look at",
        found: "\(report.tests.count) tests", hints: ["reinit plugin test --list"])
    }
    if !report.isPassed { throw NegativeAnswer() }
  }

  private func runHere(_ console: Console) throws {
    let result = try PluginHarness.runHere(try options())
    let text = result.finding.map { "\($0)" } ?? result.reason ?? ""
    try print(["\(result.id): \(result.outcome)"] + (text.isEmpty ? [] : [text]), console)
    if result.outcome == .failed { throw NegativeAnswer() }
  }

  private func print(_ lines: [String], _ console: Console) throws {
    try console.print(lines)
    try console.output.flush()
  }

  private func options() throws -> HarnessOptions {
    guard let file else {
      throw Diagnostic(
        .usage, "no plugin is named", expected: "a plugin's file", hints: ["reinit plugin test build/NAME.so"])
    }
    var options = HarnessOptions(file)
    (options.tier, options.only, options.leavingOut, options.fuzzCase) = (tier, only, skip, fuzzCase)
    options.seed = try number(seed)
    (options.others, options.examples) = (plugin, with)
    options.callLimit = .milliseconds(Int64(try within(timeout, "--timeout", 0.01...86_400) * 1000))
    if let jobs { options.jobs = Int(try within(Double(jobs), "--jobs", 1...1024)) }
    if let expect { options.expectations = try Expectations(path: expect) }
    for text in input {
      try options.addInput(text)
    }
    return options
  }

  private func within(_ value: Double, _ option: String, _ range: ClosedRange<Double>) throws -> Double {
    guard range.contains(value) else {
      throw Diagnostic(
        .usage, "the value of \(option) is out of range", expected: "\(range.lowerBound) to \(range.upperBound)",
        found: "\(value)")
    }
    return value
  }

  private func number(_ text: String) throws -> UInt64 {
    let isHexadecimal = text.hasPrefix("0x")
    guard let number = UInt64(isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10) else {
      throw Diagnostic(
        .usage, "the seed is no number", expected: "0 to 18446744073709551615, or hexadecimal with 0x",
        found: "'\(text)'")
    }
    return number
  }
}
