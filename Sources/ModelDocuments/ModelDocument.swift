import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Models

/// A model written down as a tree of layers, in YAML or JSON.
///
///     layer: Chain
///     layers:
///       - {name: stem, layer: "Conv(in: 3, out: 64, kernel: [7, 7])"}
///       - Activation(relu)
///       - layer: SkipConnection(add)
///         layers: [{name: se, layer: org.example.se/SqueezeExcite, options: {channels: 64}}]
///
/// A layer is the text that makes it, or a mapping with the keys `layer` (or `model`, or `share`), `name`, `options`,
/// `layers` and `id`. docs/models.md describes them.
public enum ModelDocument {
  /// Whether a path is that of a model file, by its ending.
  public static func isPath(_ path: String) -> Bool {
    [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
  }

  /// The model that a document describes; its tensors have no bytes.
  /// - Parameters:
  ///   - name: what errors call the document.
  ///   - layers: the layers that it may name.
  /// - Throws: ``Diagnostics/ErrorCode/malformedModel``, and the codes of layers, with line and column.
  public static func model(
    parsing text: String, named name: String, layers: LayerRegistry = .standard
  ) throws(Diagnostic) -> any Layer {
    guard let root = try YAMLDocument(text, named: name).root else {
      throw Diagnostic(.malformedModel, "the model file is empty", at: "\(name):1:1", expected: "a layer")
    }
    var reader = DocumentReader(name: name, layers: layers)
    let node = try reader.node(root)
    guard let layer = node as? any Layer else {
      throw DocumentReader.malformed(name, root, "the model itself cannot be shared", expected: "a layer")
    }
    return layer
  }
}
