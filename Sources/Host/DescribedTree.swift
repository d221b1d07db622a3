import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Reinitialization
import Tensors

/// A described model as a tree, laid flat: nothing is guessed.
package struct DescribedTree: Sendable {
  /// The tree laid flat; its tensors are lazy.
  package let inventory: Inventory
  /// What the description says of the model as a whole.
  package let config: ModelConfig?
  /// For each tensor of the description its leaf.
  package let leaves: [Int]
  /// The shape and type of each tensor, in the order of the description.
  package let tensors: [Tensor]

  /// Makes the tree.
  /// - Throws: ``Diagnostics/ErrorCode/duplicateTensor`` for a name twice; what registries say of layers and beginnings;
  ///   ``Diagnostics/ErrorCode/shapeMismatch`` where a tensor is not of the shape that its layer gives it;
  ///   ``Diagnostics/ErrorCode/noSuchPath`` for a layer or a tie of nothing.
  package init(
    _ description: TreeDescription, layers: LayerRegistry = .standard, initializers: InitializerRegistry = .standard
  ) throws(Diagnostic) {
    var assembly = try DescribedAssembly(description, layers, initializers)
    let inventory = try Inventory(of: AnyNode(try assembly.root()))
    tensors = description.tensors.map(\.tensor)
    config = description.config
    let places = assembly.places(in: inventory)
    leaves = try description.tensors.map { (item) throws(Diagnostic) in
      guard let leaf = places[ByteName(item.name)] else { throw DescribedTree.nothing(item.name, "a tensor's name") }
      return leaf
    }
    let ties = try description.ties.map { (names) throws(Diagnostic) in
      try names.map { (name) throws(Diagnostic) in
        guard let leaf = places[ByteName(name)] else { throw DescribedTree.nothing(name, "a tie") }
        return leaf
      }
    }
    for (names, leaves) in zip(description.ties, ties) { try DescribedTree.requireAlike(leaves, names, inventory) }
    self.inventory = inventory.tying(ties.filter { $0.count > 1 })
  }

  static func nothing(_ name: String, _ what: String) -> Diagnostic {
    Diagnostic(
      .noSuchPath, "\(what) speaks of '\(name)', which no tensor of the description has", at: "tree, '\(name)'",
      hints: ["names of tensors are dotted paths, as in 'encoder.layer.0.weight'"])
  }

  private static func requireAlike(_ leaves: [Int], _ names: [String], _ inventory: Inventory) throws(Diagnostic) {
    guard let first = leaves.first else { return }
    for (leaf, name) in zip(leaves, names).dropFirst() {
      let (a, b) = (inventory.leaves[first], inventory.leaves[leaf])
      guard a.shape == b.shape, a.dtype == b.dtype else {
        throw Diagnostic(
          .shapeMismatch, "tensors that are said to be one differ", at: "tree.ties, '\(name)'",
          expected: "\(a.dtype) \(a.shape), as '\(names[0])'", found: "\(b.dtype) \(b.shape)")
      }
    }
  }
}
