import Functors
import Initializers
import Tensors

/// A tree laid flat, in pre-order, with every path of every tie: what selectors match and plans are made of.
///
/// Nodes keep the index of their parent and the end of their range, so that "below" is a range and a path costs
/// nothing until it is printed. No node or tensor is kept.
public struct Inventory: Sendable {
  /// A node or a parameter.
  public struct Entry: Sendable {
    /// The enclosing node's index; −1 for the root.
    public let parent: Int32
    /// One past the last entry below.
    public internal(set) var end: Int32
    /// The step from the parent; empty for an unnamed node.
    public let key: Key
    /// The field's own name, where it is not the key.
    let givenField: String?
    /// The index into ``Inventory/kinds``; −1 for what is not a layer.
    let kind: Int32
    /// The index into ``Inventory/leaves``; −1 for a node.
    public let leaf: Int32
    /// Whether the layer's type was guessed.
    public let isGuess: Bool
    /// The Swift type of the node or layer.
    let type: ObjectIdentifier
    /// The number of named steps from the root.
    public let depth: Int32
    /// How many children are named by numbers.
    var numbered: Int32 = 0

    /// The field's own name in its layer.
    public var field: String { givenField ?? key.text }
    /// Whether this is a parameter.
    public var isLeaf: Bool { leaf >= 0 }
  }

  /// A parameter or buffer, at one of its paths.
  public struct Leaf: Sendable {
    /// Its entry's index.
    public let entry: Int32
    /// The entry of the nearest enclosing layer; −1 if there is none.
    public let owner: Int32
    /// What it is for; a tensor whose role nobody declared counts as a weight.
    public let role: Role
    /// The sizes of its axes.
    public let shape: Shape
    /// The type of its elements.
    public let dtype: DType
    /// The bytes that it takes.
    public let byteCount: Int
    /// Whether it is frozen.
    public let isFrozen: Bool
    /// Equal for all paths of one tied parameter; its own leaf's index for others.
    public let tie: Int32
    /// What its axes mean.
    public let geometry: Geometry?
    /// What they may mean as well.
    public let otherGeometries: [Geometry]
    /// How its layer begins.
    public let fresh: (any Initializer)?
  }

  /// All entries, in pre-order; the root is the first.
  public internal(set) var entries: [Entry] = []
  /// All parameters and buffers, in order.
  public internal(set) var leaves: [Leaf] = []
  /// The layer kinds that occur.
  public internal(set) var kinds: [LayerKind] = []
  /// Whether some node may refuse to be rebuilt from other tensors of the same shapes.
  var mayRefuseParts = false
  /// The typed key paths that were asked for, with the entries each leads to.
  var typedPlaces: [(place: TypedPlace, entries: [Int])] = []

  /// The kind of a layer's entry; nil for what is not a layer.
  public func kind(of entry: Int) -> LayerKind? {
    let kind = entries[entry].kind
    return kind < 0 ? nil : kinds[Int(kind)]
  }

  /// The entries below one.
  public func below(_ entry: Int) -> Range<Int> { entry + 1..<Int(entries[entry].end) }

  /// The enclosing entries, innermost first.
  public func ancestors(of entry: Int) -> some Sequence<Int> {
    sequence(first: Int(entries[entry].parent)) { Int(entries[$0].parent) }.prefix { $0 >= 0 }
  }

  /// The path of an entry.
  /// - Complexity: O(depth).
  public func path(of entry: Int) -> Path {
    var keys: [Key] = []
    var index = entry
    while index >= 0 {
      if !entries[index].key.isUnnamed { keys.append(entries[index].key) }
      index = Int(entries[index].parent)
    }
    return Path(keys.reversed())
  }

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

  /// The path of a leaf.
  public func path(ofLeaf leaf: Int) -> Path { path(of: Int(leaves[leaf].entry)) }

  /// The leaves at or below an entry: leaves stand in the order of their entries.
  public func leaves(under entry: Int) -> Range<Int> {
    let first = firstLeaf(from: entry)
    return first..<firstLeaf(from: Int(entries[entry].end))
  }

  private func firstLeaf(from entry: Int) -> Int {
    var (low, high) = (0, leaves.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(leaves[middle].entry) < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The entries that a typed key path leads to; the tree must have been laid flat with it.
  func entries(of place: TypedPlace) -> [Int] {
    typedPlaces.first { $0.place == place }?.entries ?? []
  }

  /// The nearest enclosing numbered block: its number and how many there are; nil if no part is a number.
  public func block(of entry: Int) -> (index: Int, count: Int)? {
    guard
      let block = ancestors(of: entry).first(where: {
        if case .index = entries[$0].key { true } else { false }
      }), case .index(let index) = entries[block].key
    else { return nil }
    return (index, Int(entries[Int(entries[block].parent)].numbered))
  }
}
