import Functors
import Initializers
import LayerVocabulary
import Tensors

extension Inventory {
  /// A node or a parameter.
  public struct Entry: Sendable {
    let columns: InventoryColumns
    let index: Int
    private var node: InventoryColumns.Node { columns.nodes[index] }
    private var nodeType: InventoryColumns.NodeType { columns.types[Int(node.type)] }

    /// The enclosing node's index; −1 for the root.
    public var parent: Int32 { node.parent }
    /// One past the last entry below.
    public var end: Int32 { node.end }
    /// The step from the parent; empty for an unnamed node.
    public var key: PathKey { columns.names.key(node.key) }
    /// The field's own name in its layer.
    public var field: String { columns.names.text(node.field) }
    /// The index into ``Inventory/kinds``; −1 for what is not a layer.
    var kind: Int32 { nodeType.kind }
    /// The index into ``Inventory/leaves``; −1 for a node.
    public var leaf: Int32 { max(node.leaf, -1) }
    /// Whether the layer's type was guessed.
    public var isGuess: Bool { nodeType.isGuess }
    /// The number of named steps from the root.
    public var depth: Int32 { node.depth }
    /// Whether this is a parameter.
    public var isLeaf: Bool { leaf >= 0 }
  }

  /// A parameter or buffer, at one of its paths.
  public struct TensorLeaf: Sendable {
    let columns: InventoryColumns
    let index: Int
    private var parameter: InventoryColumns.Parameter { columns.parameters[index] }
    var facts: ParameterFacts { columns.facts(ofLeaf: index) }

    /// Its entry's index.
    public var entry: Int32 { parameter.entry }
    /// The entry of the nearest enclosing layer; −1 if there is none.
    public var owner: Int32 { parameter.owner }
    /// What it is for; a tensor whose role nobody declared counts as a weight.
    public var role: ParameterRole { columns.role(index) }
    /// The sizes of its axes.
    public var shape: Shape { facts.shape }
    /// The type of its elements.
    public var dtype: DType { facts.dtype }
    /// The bytes that it takes.
    public var byteCount: Int { facts.byteCount }
    /// Whether it is frozen.
    public var isFrozen: Bool { facts.isFrozen }
    /// Equal for all paths of one tied parameter; its own leaf's index for others.
    public var tie: Int32 { parameter.tie }
    /// What its axes mean.
    public var geometry: Geometry? { facts.geometry }
    /// What they may mean as well.
    public var otherGeometries: [Geometry] { facts.otherGeometries }
    /// How its layer begins.
    public var fresh: (any Initializer)? { facts.fresh }
    /// Whether its layer's weight is computed from it and others (weight norm, spectral norm).
    public var isComputedFrom: Bool { facts.fresh is any RefusedBeginning }
  }

  /// All entries of an inventory.
  public struct Entries: RandomAccessCollection, Sendable {
    let columns: InventoryColumns
    /// The first index.
    public var startIndex: Int { 0 }
    /// The number of entries.
    public var endIndex: Int { columns.nodes.count }
    /// One entry.
    public subscript(index: Int) -> Entry { Entry(columns: columns, index: index) }
  }

  /// All parameters and buffers of an inventory.
  public struct Leaves: RandomAccessCollection, Sendable {
    let columns: InventoryColumns
    /// The first index.
    public var startIndex: Int { 0 }
    /// The number of parameters and buffers.
    public var endIndex: Int { columns.parameters.count }
    /// One of them.
    public subscript(index: Int) -> TensorLeaf { TensorLeaf(columns: columns, index: index) }
  }
}
