import Architectures
import Diagnostics
import Formats
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization

/// How a file's names and shapes are read as a tree.
public struct TreeReading: Sendable {
  /// What the inference goes by.
  public var options: RecognitionOptions
  /// The model that the file is of; nothing is inferred then.
  public var model: AnyNode?
  /// Which dictionary of a PyTorch file is read; nil for the one that is recognized as the model.
  public var stateDict: String?
  /// Whether a `config.json` is looked for beside the file, where none is given.
  public var looksForConfig = true
  /// What is known of architectures.
  public var notes = NoteLibrary()
  /// The kinds of layers, and the initializers, that notes may name.
  public var registries: (layers: LayerRegistry, initializers: InitializerRegistry) = (.standard, .standard)

  /// A reading for which nothing is known but notes.
  public init(notes: NoteLibrary) {
    options = RecognitionOptions()
    self.notes = notes
  }

  /// A reading; by default nothing is known but the file.
  public init(options: RecognitionOptions = RecognitionOptions()) { self.options = options }

  /// The same with the configuration that lies beside a file.
  /// - Throws: ``Diagnostics/ErrorCode/malformedConfig``, reading's codes.
  func withConfig(beside path: String) throws(Diagnostic) -> TreeReading {
    guard looksForConfig, options.config == nil else { return self }
    var reading = self
    reading.options.config = try ModelConfig.beside(path)
    return reading
  }

  /// The note for a file; nil where none fits.
  func architecture(of header: SafeTensorsHeader) throws(Diagnostic) -> NoteFit? {
    let names = header.entries.lazy.map { InferredTree.strip($0.name, options.strippedPrefixes) }
    return try notes.fit(options.config, names: names)
  }

  /// The tree of a file.
  func tree(
    of header: SafeTensorsHeader, _ aliases: StoredAliases, _ architecture: NoteFit?
  ) throws(Diagnostic) -> InferredTree {
    if let model { return try ModelTree(model, options.strippedPrefixes).tree(of: header) }
    var options = options
    options.format = options.format ?? header.metadata["format"]
    if let architecture {
      options.config = architecture.config
      options.told = try architecture.types(layers: registries.layers, initializers: registries.initializers)
    }
    return try InferredTree.infer(aliases.tensors(of: header), options: options)
  }
}
