import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A tree laid flat, in pre-order, with every path of every tie: what selectors match and plans are made of.
///
/// Nodes keep the index of their parent and the end of their range, so that "below" is a range and a path costs
/// nothing until it is printed. No node or tensor is kept.
/// - Complexity: 32 bytes for a node, 48 for a parameter; names, types and shapes are kept once.
public struct Inventory: Sendable {
  /// The contents, shared by all copies.
  let columns: InventoryColumns
  /// Whether some node may refuse to be rebuilt from other tensors of the same shapes.
  let mayRefuseParts: Bool
  /// The typed key paths that were asked for, with the entries each leads to.
  let typedPlaces: [(place: TypedPlace, entries: [Int])]
  /// What ends the residual branches, as far as it is known.
  public var residualOut = ResidualOutputs()

  init(_ columns: InventoryColumns, mayRefuseParts: Bool, typedPlaces: [(place: TypedPlace, entries: [Int])]) {
    self.columns = columns
    self.mayRefuseParts = mayRefuseParts
    self.typedPlaces = typedPlaces
  }

  /// The same with leaves tied that a file says are one tensor: of each group, the path of the first keys its random stream.
  public func tying(_ groups: [[Int]]) -> Inventory {
    guard !groups.isEmpty else { return self }
    return Inventory(
      InventoryColumns(columns, tying: groups), mayRefuseParts: mayRefuseParts, typedPlaces: typedPlaces)
  }

  /// All entries, in pre-order; the root is the first.
  public var entries: Entries { Entries(columns: columns) }
  /// All parameters and buffers, in order.
  public var leaves: Leaves { Leaves(columns: columns) }
  /// The layer kinds that occur.
  public var kinds: [LayerKind] { columns.kinds }

  /// The kind of a layer's entry; nil for what is not a layer.
  public func kind(of entry: Int) -> LayerKind? {
    let kind = columns.kind(entry)
    return kind < 0 ? nil : columns.kinds[Int(kind)]
  }

  /// The entries below one.
  public func below(_ entry: Int) -> Range<Int> { entry + 1..<Int(columns.nodes[entry].end) }

  /// The enclosing entries, innermost first.
  public func ancestors(of entry: Int) -> some Sequence<Int> {
    sequence(first: Int(columns.nodes[entry].parent)) { Int(columns.nodes[$0].parent) }.prefix { $0 >= 0 }
  }

  /// The path of an entry.
  /// - Complexity: O(depth).
  public func path(of entry: Int) -> TreePath { columns.path(of: entry) }

  /// The layer that people call a leaf's: the owner, or the layer that it is an unnamed part of.
  public func outermostLayer(ofLeaf leaf: Int) -> Int? {
    var layer = Int(leaves[leaf].owner)
    guard layer >= 0 else { return nil }
    while entries[layer].key.isUnnamed, case let parent = Int(entries[layer].parent), parent >= 0,
      entries[parent].kind >= 0
    {
      layer = parent
    }
    return layer
  }

  /// Whether the layer of a leaf was guessed by names and shapes.
  public func isGuess(ofLeaf leaf: Int) -> Bool { outermostLayer(ofLeaf: leaf).map { entries[$0].isGuess } ?? false }

  /// The path of a leaf.
  public func path(ofLeaf leaf: Int) -> TreePath { path(of: Int(columns.parameters[leaf].entry)) }

  /// The leaf at a path; nil where there is none.
  package func leaf(at path: TreePath) -> Int? { columns.leaf(at: path) }

  /// The leaves at or below an entry: leaves stand in the order of their entries.
  public func leaves(under entry: Int) -> Range<Int> { columns.leaves(under: entry) }

  /// The entries that a typed key path leads to; the tree must have been laid flat with it.
  func entries(of place: TypedPlace) -> [Int] {
    typedPlaces.first { $0.place == place }?.entries ?? []
  }

  /// The nearest enclosing numbered block: its number and how many there are; nil if no part is a number.
  public func block(of entry: Int) -> (index: Int, count: Int)? { columns.block(of: entry) }
}
