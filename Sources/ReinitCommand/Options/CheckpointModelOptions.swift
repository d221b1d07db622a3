import ArgumentParser
import Diagnostics
import Functors
import Reinit

/// The model that a checkpoint is of.
struct CheckpointModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model that the file is of, for its real layers; a name or a model file.",
      valueName: "model"))
  var model: String?

  @OptionGroup var options: ModelOptionGroup

  /// How the file is read: by the model where one is named.
  func reading(_ tree: TreeOptions?, _ catalog: PluginCatalog) throws -> TreeReading {
    var reading = try tree?.reading(catalog) ?? TreeReading()
    // Who only wants the file's bytes needs no configuration.
    if tree == nil { (reading.looksForConfig, reading.notes) = (false, NoteLibrary(hasBuiltIn: false)) }
    guard let model else {
      guard options.set.isEmpty else {
        throw Diagnostic(
          .usage, "options without a model", found: "--set \(options.set[0])", hints: ["--model resnet50"])
      }
      return reading
    }
    guard tree?.type.isEmpty ?? true, tree?.layout == nil else {
      throw Diagnostic(.usage, "a model says what its layers are", found: "--type or --layout beside --model")
    }
    reading.model = AnyNode(try options.model(model, catalog).root)
    return reading
  }
}
