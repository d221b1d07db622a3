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

  /// A reading; by default nothing is known but the file.
  public init(options: RecognitionOptions = RecognitionOptions()) { self.options = options }

  /// The tree of a file.
  func tree(of header: SafeTensorsHeader, _ aliases: StoredAliases) throws(Diagnostic) -> InferredTree {
    if let model { return try ModelTree(model, options.strippedPrefixes).tree(of: header) }
    var options = options
    options.format = options.format ?? header.metadata["format"]
    return try InferredTree.infer(aliases.tensors(of: header), options: options)
  }
}
