import Functors
import Initializers
import LayerVocabulary
import Tensors

/// The tensors directly below one name: what a layer is recognized by.
struct LayerGroup {
  struct Leaf {
    let entry: Int
    let name: String
    let field: LeafField
    let tensor: Tensor
  }
  /// The part of the name that the tensors have in common, the last but one.
  let name: String
  /// That part, or the nearest one before it that is not a number.
  let near: String
  let entry: Int
  private(set) var leaves: [Leaf]
  /// Whether weights are packed in a way that is not ours to read (GPTQ, AWQ, bitsandbytes), or
  /// 8-bit floats that a scale beside them multiplies.
  let isQuantized: Bool
  /// Whether codes are counted, and their vectors averaged.
  let hasCounts: Bool

  init(_ entry: Int, in trie: NameTrie, _ tensors: [NamedTensor]) {
    self.entry = entry
    name = trie.entries[entry].name
    near = trie.nearName(of: entry)
    leaves = trie.entries[entry].children.filter(trie.isLeaf).map { child in
      let name = trie.entries[child].name
      return Leaf(
        entry: child, name: name, field: LeafField(name), tensor: tensors[trie.entries[child].tensor].tensor)
    }
    isQuantized = leaves.contains(where: LayerGroup.isPacked) || LayerGroup.isScaled(leaves)
    hasCounts = leaves.contains { $0.name == "cluster_size" || $0.name == "embed_avg" }
  }

  /// Tensors that are taken for a group.
  init(name: String, entry: Int, leaves: [Leaf]) {
    (self.name, near, self.entry, self.leaves) = (name, name, entry, leaves)
    (isQuantized, hasCounts) = (false, false)
  }

  /// One tensor as a group of its own.
  init(leaf: Leaf) {
    (name, near) = (leaf.name, leaf.name)
    entry = leaf.entry
    leaves = [Leaf(entry: leaf.entry, name: "", field: .weight, tensor: leaf.tensor)]
    (isQuantized, hasCounts) = (false, false)
  }

  /// The group without some of its tensors.
  func without(_ isLeft: (Leaf) -> Bool) -> LayerGroup {
    var copy = self
    copy.leaves.removeAll(where: isLeft)
    return copy
  }

  subscript(_ field: LeafField) -> Leaf? { leaves.first { $0.field == field } }

  /// The tensor that says what the layer is.
  var primary: Leaf? { self[.weight] ?? self[.kernel] ?? self[.embedding] ?? self[.scale] ?? self[.gamma] }
  var bias: Leaf? { self[.bias] }
  var hasStatistics: Bool { self[.runningMean] != nil || self[.runningVar] != nil }

  /// 8-bit weights are made by themselves; with a `weight_scale` beside them they are a quotient, and not the weights.
  private static func isScaled(_ leaves: [Leaf]) -> Bool {
    leaves.contains { ($0.field == .weight || $0.field == .kernel) && $0.tensor.dtype.isEightBitFloat }
      && leaves.contains { $0.name.contains("scale") }
  }

  private static func isPacked(_ leaf: Leaf) -> Bool {
    leaf.name == "qweight" || leaf.name == "qzeros"
      || ((leaf.field == .weight || leaf.field == .kernel) && !leaf.tensor.dtype.isFloatingPoint)
  }
}

/// What a group was recognized as.
struct LayerGuess {
  struct Assignment {
    let entry: Int
    let field: String
    let role: ParameterRole
  }
  /// How the weight begins, where it is not as its layer says.
  enum Beginning {
    case layer
    /// Weight and bias at 0.
    case zeros
    /// Names and shapes do not tell.
    case unknown
  }
  var base: any Layer
  var isGuess: Bool
  var assignments: [Assignment] = []
  var geometries: [Recognition.FieldGeometry] = []
  var beginning = Beginning.layer
  /// Whether the tensors lie in an unnamed scale inside of the layer.
  var hasInnerScale = false
  /// How fields begin that were told, by the layer's own names.
  var beginnings: [(field: String, initializer: any Initializer)] = []
}
