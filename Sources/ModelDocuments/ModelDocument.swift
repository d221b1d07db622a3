import Diagnostics
import Functors
import Initializers
import Layers
import Models
import Yams

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
  /// - Throws: ``Diagnostics/Code/malformedModel``, and the codes of layers, with line and column.
  public static func model(
    parsing text: String, named name: String, layers: LayerRegistry = .standard
  ) throws(Diagnostic) -> any Layer {
    let root = try DocumentText(text, named: name).root()
    var reader = DocumentReader(name: name, layers: layers)
    let node = try reader.node(root)
    guard let layer = node as? any Layer else {
      throw DocumentReader.malformed(name, root, "the model itself cannot be shared", expected: "a layer")
    }
    return layer
  }
}

/// YAML, of which JSON is a part, read into nodes that know their places.
struct DocumentText {
  private let text, name: String

  init(_ text: String, named name: String) { (self.text, self.name) = (text, name) }

  func root() throws(Diagnostic) -> Yams.Node {
    do {
      if let node = try Yams.compose(yaml: text) { return node }
    } catch { throw diagnostic(error) }
    throw Diagnostic(.malformedModel, "the model file is empty", at: "\(name):1:1", expected: "a layer")
  }

  private func diagnostic(_ error: any Error) -> Diagnostic {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return malformed(problem, at: ":\(mark)")
    case .duplicatedKeysInMapping(let keys, let context):
      return malformed("a key occurs twice", at: ":\(context.mark)", found: keys.first.map { "'\($0)'" })
    case .reader(let problem, _, _, _): return malformed(problem, at: "")
    default: return malformed("it is no YAML", at: "")
    }
  }

  private func malformed(_ problem: String, at place: String, found: String? = nil) -> Diagnostic {
    Diagnostic(.malformedModel, "the model file cannot be read: \(problem)", at: name + place, found: found)
  }
}
