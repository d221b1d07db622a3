import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Puts a file's tensors into a layer that is known with all its parts, such as a plugin's.
struct WholeLayer {
  let trie: NameTrie
  let tensors: [NamedTensor]

  /// The layer with the tensors below an entry, each at the path that it has in the layer.
  /// - Throws: ``Diagnostics/ErrorCode/usage`` where names or shapes are not the layer's; what the layer says.
  func node(_ layer: any Layer, at entry: Int) throws(Diagnostic) -> any Node {
    var left = below(entry)
    let place = trie.path(of: entry)
    let filled = try AnyNode(layer).mapWithPath(.all) { (path, tensor) throws(Diagnostic) in
      guard let named = left.removeValue(forKey: ByteName(path.description)) else {
        throw Diagnostic(
          .usage, "the file does not have a tensor of '\(layer.kind.name)'", at: "\(place).\(path)",
          expected: "\(tensor.shape)", found: "no such name")
      }
      guard named.shape == tensor.shape else {
        throw Diagnostic(
          .usage, "a tensor does not have the shape that '\(layer.kind.name)' gives it", at: "\(place).\(path)",
          expected: "\(tensor.shape)", found: "\(named.shape)")
      }
      return named
    }
    guard let stray = left.keys.sorted().first else { return filled.value }
    throw Diagnostic(
      .usage, "the file has a tensor that '\(layer.kind.name)' does not have", at: "\(place).\(stray.text)",
      expected: try AnyNode(layer).leaves().map(\.path.description).joined(separator: ", "))
  }

  /// The tensors below an entry by their paths from there.
  private func below(_ entry: Int) -> [ByteName: Tensor] {
    var found: [ByteName: Tensor] = [:]
    var open = [(entry, TreePath())]
    while let (index, path) = open.popLast() {
      let value = trie.entries[index]
      if value.tensor >= 0 { found[ByteName(path.description)] = tensors[value.tensor].tensor }
      for child in value.children { open.append((child, path.appending(PathKey(part: trie.entries[child].name)))) }
    }
    return found
  }
}
