import ArgumentParser
import Diagnostics
import Functors
import JSONText
import Presentation
import Reinit

/// The command `reinit run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply a model to inputs: a forward pass.",
    discussion: """
      reinit run resnet50 --weights resnet50.safetensors --input pictures.safetensors --output scores.safetensors

      The input file holds a tensor 'input', [N, C, H, W] for pictures; the output file gets a tensor 'output'. Norms \
      use their running statistics, and dropout is off.
      """)

  @Argument(help: "A model's name from reinit list models, or a model file (*.json, *.yaml).")
  var model: String

  @Option(help: ArgumentHelp("The checkpoint of the model's tensors.", valueName: "file"))
  var weights: String

  @Option(help: ArgumentHelp("A safetensors file with a tensor 'input'.", valueName: "file"))
  var input: String

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace an existing output.")
  var force = false

  @OptionGroup(title: "Model") var options: ModelOptionGroup
  @OptionGroup(title: "Plugins") var plugins: PluginOptionGroup
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Output") var show: OutputOptions

  func run() throws { try running.limited(perform) }

  private func perform() throws {
    let catalog = try plugins.catalog(show)
    let named = try options.model(model, catalog)
    let loaded = try AnyNode(named.root).loaded(from: weights)
    let input = try Tensor(named: "input", in: input)
    try warn(loaded, input)
    let results = try loaded.applied(to: [input], in: ForwardPass(threads: running.threads))
    guard !results.isEmpty else {
      throw Diagnostic(
        .nothingComputed, "the model has no outputs: nothing is written", at: model,
        expected: "at least one tensor", found: "none",
        hints: ["reinit summary \(model)", "a Split gives as many tensors as it has branches"])
    }
    let names = results.count == 1 ? ["output"] : results.indices.map { "output.\($0)" }
    let file = try Chain(zip(names, results).map { (PathKey($0), Parameter($1)) })
    try file.save(to: output, options: running.apply(force: force, show: show))
    try show.print(json: json(input, zip(names, results)), of: output) { console in
      zip(names, results).map { console.style("Wrote \(output): \($0) \($1.shape.description)") }
    }
  }

  /// Rectifiers of oneDNN make 0 of what is not a number: what is wrong before the pass might not be seen behind it.
  private func warn(_ model: AnyNode, _ input: Tensor) throws {
    let names =
      try model.leaves().filter { !$0.tensor.isFinite }.map(\.path.description) + (input.isFinite ? [] : ["input"])
    guard let first = names.first else { return }
    let rest = names.count > 1 ? " and \(names.count - 1) more" : ""
    try show.warn(["'\(first)'\(rest) has elements that are not finite numbers"])
  }

  /// Schema `reinit.run/1`.
  private func json(_ input: Tensor, _ results: some Sequence<(String, Tensor)>) -> JSONValue {
    [
      "schema": "reinit.run/1", "model": .string(model), "input": shape(input),
      "output": .string(output),
      "tensors": .array(results.map { ["path": .string($0), "shape": shape($1)] }),
    ]
  }

  private func shape(_ tensor: Tensor) -> JSONValue { .array(tensor.shape.sizes.map { .integer(Int64($0)) }) }
}
