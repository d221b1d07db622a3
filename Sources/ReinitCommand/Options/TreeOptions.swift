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

  @Option(
    help: ArgumentHelp(
      "What the model's config.json says, if not the one beside the file; none leaves that aside.", valueName: "file"))
  var config: String?

  @OptionGroup var notes: NotesOptions

  /// What the options say about a file's tree.
  /// - Parameter catalog: the kinds and initializers that corrections and notes may name.
  func reading(_ catalog: PluginCatalog? = nil) throws -> TreeReading {
    let layers = catalog?.layers ?? .standard
    let initializers = catalog?.initializers ?? .standard
    var reading = TreeReading(
      options: RecognitionOptions(
        layout: layout ?? .auto, strippedPrefixes: stripPrefix,
        overrides: try type.map { try TypeOverride(parsing: $0, layers: layers, initializers: initializers) }))
    reading.stateDict = stateDict
    reading.registries = (layers, initializers)
    reading.notes = try notes.library(layers, initializers)
    reading.looksForConfig = config == nil
    if let config, config != "none" { reading.options.config = try ModelConfig(at: config) }
    return reading
  }
}

/// What is known of architectures.
struct NotesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A note about an architecture, before those that are built in; none leaves these out.", valueName: "file"))
  var notes: [String] = []

  /// The notes that were named, and those that are built in.
  func library(
    _ layers: LayerRegistry = .standard, _ initializers: InitializerRegistry = .standard
  ) throws -> NoteLibrary {
    let own = try notes.filter { $0 != "none" }.map { path in
      let note = try ArchitectureNote(at: path)
      try note.check(layers: layers, initializers: initializers)
      return note
    }
    return NoteLibrary(own, hasBuiltIn: !notes.contains("none"))
  }
}
