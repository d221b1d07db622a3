import Functors
import Initializers
import LayerVocabulary
import Synchronization
import Tensors

/// An inventory's contents, by columns: 32 bytes for a node, 16 more for a parameter, everything else once.
final class InventoryColumns: Sendable {
  /// A node or a parameter.
  struct Node: Sendable {
    /// The enclosing node's index; −1 for the root.
    let parent: Int32
    /// One past the last entry below.
    var end: Int32
    /// The code of the step from the parent.
    let key: Int32
    /// The code of the field's own name.
    let field: Int32
    /// The index of the type.
    let type: Int32
    /// The index of the parameter; for a node the complement of the number of parameters before it.
    let leaf: Int32
    /// The number of named steps from the root.
    let depth: Int32
    /// How many children are named by numbers.
    var numbered: Int32

    var isUnnamed: Bool { key == NameTable.unnamed }
    var isNumbered: Bool { key < 0 }
  }

  /// A parameter.
  struct Parameter: Sendable {
    /// Its node.
    let entry: Int32
    /// The node of the nearest enclosing layer; −1 if there is none.
    let owner: Int32
    /// The index of its facts.
    let facts: Int32
    /// Equal for all paths of one tied parameter; its own index for others.
    let tie: Int32
  }

  /// A type of nodes.
  struct NodeType: Sendable, Equatable {
    /// The index of the layer's kind; −1 for what is not a layer.
    let kind: Int32
    /// The Swift type of the node or layer.
    let type: ObjectIdentifier
    /// Whether the layer's type was guessed.
    let isGuess: Bool
  }

  /// All nodes and parameters, in pre-order.
  let nodes: [Node]
  /// All parameters, in order.
  let parameters: [Parameter]
  let types: [NodeType]
  let kinds: [LayerKind]
  let names: NameTable
  let facts: [ParameterFacts]
  /// The leaves of ties whose paths are the names that a file stores them under.
  private let storedNames: Set<Int>
  private let repeated = Mutex<RepeatedBlocks?>(nil)

  init(_ draft: InventoryDraft) {
    nodes = draft.nodes
    parameters = draft.parameters
    types = draft.types
    kinds = draft.kinds
    names = draft.names
    facts = draft.facts.all
    storedNames = []
  }

  /// The same with further ties: of each group, the first leaf is the one that a file has.
  init(_ other: InventoryColumns, tying groups: [[Int]]) {
    var ties: [Int: Int32] = [:]
    for group in groups { for leaf in group { ties[leaf] = Int32(group.min() ?? leaf) } }
    nodes = other.nodes
    parameters = other.parameters.enumerated().map { leaf, parameter in
      guard let tie = ties[leaf] else { return parameter }
      return Parameter(entry: parameter.entry, owner: parameter.owner, facts: parameter.facts, tie: tie)
    }
    (types, kinds, names, facts) = (other.types, other.kinds, other.names, other.facts)
    storedNames = Set(groups.compactMap(\.first))
  }

  /// Whether a leaf's path is the one that counts of its tie, whatever the others are.
  func isStoredName(_ leaf: Int) -> Bool { storedNames.contains(leaf) }

  /// The kind of a node's layer; −1 for what is not a layer.
  func kind(_ node: Int) -> Int32 { types[Int(nodes[node].type)].kind }

  /// What is known of a parameter.
  func facts(ofLeaf leaf: Int) -> ParameterFacts { facts[Int(parameters[leaf].facts)] }

  /// What a parameter is for.
  func role(_ leaf: Int) -> ParameterRole { facts[Int(parameters[leaf].facts)].role }

  /// The steps to a node.
  /// - Complexity: O(depth).
  func path(of node: Int) -> TreePath {
    var keys: [PathKey] = []
    var index = node
    while index >= 0 {
      if !nodes[index].isUnnamed { keys.append(names.key(nodes[index].key)) }
      index = Int(nodes[index].parent)
    }
    keys.reverse()
    return TreePath(keys)
  }

  /// The steps to a parameter.
  func path(ofLeaf leaf: Int) -> TreePath { path(of: Int(parameters[leaf].entry)) }

  /// The parameter at a path; nil where there is none.
  func leaf(at path: TreePath) -> Int? {
    guard !nodes.isEmpty, let node = node(at: path.keys[...], below: 0), nodes[node].leaf >= 0 else { return nil }
    return Int(nodes[node].leaf)
  }

  private func node(at keys: ArraySlice<PathKey>, below node: Int) -> Int? {
    guard let key = keys.first else { return node }
    var child = node + 1
    while child < Int(nodes[node].end) {
      if nodes[child].isUnnamed {
        if let found = self.node(at: keys, below: child), nodes[found].leaf >= 0 { return found }
      } else if names.key(nodes[child].key) == key, let found = self.node(at: keys.dropFirst(), below: child) {
        return found
      }
      child = Int(nodes[child].end)
    }
    return nil
  }

  /// The parameters at or below a node.
  func leaves(under node: Int) -> Range<Int> {
    let leaf = Int(nodes[node].leaf)
    return leaf >= 0 ? leaf..<leaf + 1 : ~leaf..<firstLeaf(from: Int(nodes[node].end))
  }

  private func firstLeaf(from node: Int) -> Int {
    guard node < nodes.count else { return parameters.count }
    return Int(max(nodes[node].leaf, ~nodes[node].leaf))
  }

  /// The nearest enclosing numbered block: its number and how many there are; nil if no part is a number.
  func block(of node: Int) -> (index: Int, count: Int)? {
    var index = Int(nodes[node].parent)
    while index >= 0, !nodes[index].isNumbered { index = Int(nodes[index].parent) }
    guard index >= 0, nodes[index].parent >= 0 else { return nil }
    return (Int(~nodes[index].key), Int(nodes[Int(nodes[index].parent)].numbered))
  }
}

extension InventoryColumns: ParameterPlaces {
  func block(ofLeaf leaf: Int) -> (index: Int, count: Int)? { block(of: Int(parameters[leaf].entry)) }

  /// Found once, for those who ask.
  private var repeatedBlocks: RepeatedBlocks {
    repeated.withLock { known in
      let blocks = known ?? RepeatedBlocks(of: self)
      known = blocks
      return blocks
    }
  }

  func repeatedBlock(ofLeaf leaf: Int) -> (index: Int, count: Int)? {
    repeatedBlocks.block(around: Int(parameters[leaf].entry), in: self)
  }

  var mostBlocks: Int? { repeatedBlocks.most }

  var embeddingWidth: Int? {
    facts.filter { $0.geometry?.isOneHot == true && $0.shape.rank == 2 }.max { $0.shape.count < $1.shape.count }
      .flatMap { $0.geometry?.fans(of: $0.shape)?.fanOut }
  }

  func tensor(at path: TreePath) -> (shape: Shape, dtype: DType)? {
    leaf(at: path).map { (facts(ofLeaf: $0).shape, facts(ofLeaf: $0).dtype) }
  }

  /// The weight in the same layer, for biases that are scaled by it or packed as it is.
  func weight(besideLeaf leaf: Int) -> (shape: Shape, geometry: Geometry)? {
    let owner = parameters[leaf].owner
    guard role(leaf) == .bias, owner >= 0 else { return nil }
    let weight = leaves(under: Int(owner)).first { parameters[$0].owner == owner && role($0) == .weight }
    guard let facts = weight.map(facts), let geometry = facts.geometry else { return nil }
    return (facts.shape, geometry)
  }
}

/// An inventory's contents while a tree is laid flat.
struct InventoryDraft {
  var nodes: [InventoryColumns.Node] = []
  var parameters: [InventoryColumns.Parameter] = []
  var types: [InventoryColumns.NodeType] = []
  var kinds: [LayerKind] = []
  var names = NameTable()
  var facts = FactsTable()
}
