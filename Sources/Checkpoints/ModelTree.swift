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

  /// - Throws: ``Diagnostics/Code/structureMismatch`` where names differ, ``Diagnostics/Code/shapeMismatch``.
  func tree(of header: SafeTensorsHeader) throws -> InferredTree {
    let names = try names(in: header)
    let root = try model.mapWithPath(.all) { path, old in
      let path = path.description
      guard let name = names[path], let entry = header[name] else { return old }
      let tensor = entry.named.tensor
      guard tensor.shape == old.shape else {
        throw Diagnostic(
          .shapeMismatch, "'\(name)' has another shape in the file", at: path, expected: "\(old.shape)",
          found: "\(tensor.shape)")
      }
      return tensor
    }
    return InferredTree(root: root.presented, treeNames: names)
  }

  /// The file's name for each path of the model; a tied tensor is stored under one of its paths.
  private func names(in header: SafeTensorsHeader) throws -> [String: String] {
    var stored: [String: String] = [:]
    for entry in header.entries { stored[InferredTree.strip(entry.name, prefixes)] = entry.name }
    let inventory = try Inventory(of: model)
    var paths: [Int32: [String]] = [:]
    for leaf in inventory.leaves.indices {
      paths[inventory.leaves[leaf].tie, default: []].append(inventory.path(ofLeaf: leaf).description)
    }
    var names: [String: String] = [:]
    for group in paths.values {
      guard let name = group.lazy.compactMap({ stored[$0] }).first else {
        throw missing(group.min() ?? "", Array(stored.keys))
      }
      for path in group { names[path] = stored[path] ?? name }
    }
    try refuseRest(header, Set(names.values))
    return names
  }

  private func missing(_ path: String, _ names: [String]) -> Diagnostic {
    Diagnostic(
      .structureMismatch, "the file has no tensor for '\(path)' of the model",
      hints: Suggestion.hint(for: path, in: names.sorted()))
  }

  private func refuseRest(_ header: SafeTensorsHeader, _ names: Set<String>) throws(Diagnostic) {
    let rest = header.entries.filter { !names.contains($0.name) }
    guard let first = rest.first else { return }
    throw Diagnostic(
      .structureMismatch, "the file has tensors that the model does not have",
      found: "'\(first.name)'" + (rest.count > 1 ? " and \(rest.count - 1) more" : ""))
  }
}
