import ArgumentParser
import Diagnostics
import Reinit

extension WeightLayout: ExpressibleByArgument {}

/// How a file's names and shapes are read as a tree.
struct TreeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Leave a prefix out of the names that rules and random streams see.", valueName: "prefix"))
  var stripPrefix: [String] = []

  @Option(
    help: ArgumentHelp(
      "Correct an inferred layer, as in 'layer1.0.conv2=Conv(groups: 32)'.", valueName: "selector=type"))
  var type: [String] = []

  @Option(help: "The order of a weight's axes where the file does not tell.")
  var layout: WeightLayout?

  @Option(
    help: ArgumentHelp(
      "Which dictionary of a PyTorch file is the model, as in model_state_dict.", valueName: "key"))
  var stateDict: String?

  /// What the options say about a file's tree.
  /// - Parameter layers: the kinds that a correction may name.
  func reading(_ layers: LayerRegistry = .standard) throws -> TreeReading {
    var reading = TreeReading(
      options: RecognitionOptions(
        layout: layout ?? .auto, strippedPrefixes: stripPrefix,
        overrides: try type.map { try TypeOverride(parsing: $0, layers: layers) }))
    reading.stateDict = stateDict
    return reading
  }
}
