import ArgumentParser
import Diagnostics
import Functors
import Presentation
import Reinit

/// The types that parameters can have.
enum ParameterType: String, ExpressibleByArgument, CaseIterable {
  case f64, f32, f16, bf16
  case f8e4m3 = "f8_e4m3"
  case f8e5m2 = "f8_e5m2"

  var dtype: DType {
    switch self {
    case .f64: .f64
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .f8e4m3: .f8e4m3
    case .f8e5m2: .f8e5m2
    }
  }
}

/// The command `reinit build`.
struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model, initialize it by rules, and write a checkpoint.",
    discussion: """
      reinit build resnet50 --set classes=10 --fill 'fc.bias=constant(-2.3)' --seed 7 -o resnet50.safetensors

      Every tensor first gets what its layer begins with, then what the family's recipe says (or the recipes that are \
      named), then what the rules say. torch's load_state_dict takes the file, with strict=True.
      """)

  @Argument(help: "A model's name from reinit list models, or a model file (*.json, *.yaml).")
  var model: String

  @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String?

  @Flag(help: "Print what would be done, and write nothing.")
  var dryRun = false

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "Wait until everything is on the disk, so that a power cut is survived too.")
  var sync = false

  @Option(help: "The type of the elements.")
  var dtype = ParameterType.f32

  @OptionGroup(title: "Model") var options: ModelOptionGroup
  @OptionGroup var rules: RuleOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws { try running.limited(perform) }

  private func perform() throws {
    try validateCombination()
    let catalog = try plugins.catalog(show)
    let named = try options.model(model, catalog)
    var root = try AnyNode(named.root).converted(to: dtype.dtype)
    let inventory = try Inventory(of: root)
    let rules =
      try named.baseRules(rules.recipe, catalog.initializers) + rules.ordered(catalog.initializers)
    let plan = try Plan(rules, for: inventory, seed: self.rules.seed)
    try requireValues(plan)
    try show.warn(plan.warnings)
    if !dryRun, let output { try carryOut(plan, on: &root, writing: output) }
    var report = ApplyReport(
      schema: "reinit.build/1", source: model, plan: plan, output: output, isDryRun: dryRun)
    report.namesRecipes = !self.rules.recipe.isEmpty
    try show.print(json: report.json, of: dryRun ? nil : output) { report.lines($0) }
  }

  private func validateCombination() throws {
    guard output != nil || dryRun else {
      throw Diagnostic(.usage, "it is not said where to write", hints: ["-o model.safetensors"])
    }
    guard rules.at.isEmpty else {
      throw Diagnostic(
        .usage, "--at is for a checkpoint that there is; build makes all of the model",
        hints: ["write the branch into the rules: --fill '\(rules.at[0]) Dense.weight=zeros'"])
    }
  }

  /// A model that is made has no values to keep.
  private func requireValues(_ plan: Plan) throws {
    guard let leaf = (plan.kept.map(\.leaf) + plan.untouched).first else { return }
    throw Diagnostic(
      .valueMissing, "a tensor gets no values", at: plan.inventory.path(ofLeaf: leaf).description,
      hints: plan.kept.isEmpty ? [] : ["leave out --keep: there is nothing to keep in a model that is made"])
  }

  private func carryOut(_ plan: Plan, on root: inout AnyNode, writing output: String) throws {
    let bytes = plan.steps.reduce(0) { $0 + $1.count * $1.dtype.size }
    let progress = show.console.progress(total: 0, totalBytes: bytes, isQuiet: show.quiet)
    progress.begin("filling")
    defer { progress.finish() }
    let options = running.apply(force: force, sync: sync, show: show, progress: progress)
    try root.initialize(by: plan, writing: output, options: options)
  }
}
