import Diagnostics
import Formats
import Functors
import Initializers
import LayerRecognition
import Reinitialization
import Tensors

/// The tree of a checkpoint whose model is known: the model itself, of the file's types.
struct ModelTree {
  private let model: AnyNode
  private let prefixes: [String]

  init(_ model: AnyNode, _ prefixes: [String]) { (self.model, self.prefixes) = (model, prefixes) }

  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch`` where names differ, ``Diagnostics/ErrorCode/shapeMismatch``.
  func tree(of header: SafeTensorsHeader) throws(Diagnostic) -> InferredTree {
    let names = try StoredNames(of: model, in: header, strippedPrefixes: prefixes)
    try names.refuseRest()
    let root = try model.mapWithPath(.all) { (path, old) throws(Diagnostic) in
      let entry = try names.entry(for: path)
      let tensor = entry.named.tensor
      guard tensor.shape == old.shape else {
        throw Diagnostic(
          .shapeMismatch, "'\(entry.name)' has another shape in the file", at: path.description,
          expected: "\(old.shape)",
          found: "\(tensor.shape)")
      }
      return tensor
    }
    return InferredTree(root: root.presented, treeNames: names.byPath)
  }
}
