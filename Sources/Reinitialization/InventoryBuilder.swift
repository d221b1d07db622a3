import Diagnostics
import Functors
import Initializers
import Tensors

extension Inventory {
  /// A typed key path, relative to every node of its root type, or to the root alone.
  package struct TypedPlace: @unchecked Sendable, Equatable {
    let root: ObjectIdentifier
    let keyPath: AnyKeyPath
    let isFromRoot: Bool

    package init(_ keyPath: AnyKeyPath, isFromRoot: Bool = false) {
      root = ObjectIdentifier(type(of: keyPath).rootType)
      self.keyPath = keyPath
      self.isFromRoot = isFromRoot
    }
  }

  /// Ties can multiply paths; more than this is a mistake.
  static let entryLimit = 1 << 27

  /// Lays a tree flat.
  /// - Throws: ``Diagnostics/Code/cycle``, ``Diagnostics/Code/tooManyPaths``.
  public init(of root: some Node) throws { try self.init(of: root, places: []) }

  /// Lays a tree flat for rules that hold typed key paths.
  public init(of root: some Node, for rules: [Rule]) throws {
    try self.init(of: root, places: rules.compactMap(\.typedPlace))
  }

  init(of root: some Node, places: [TypedPlace]) throws {
    var builder = InventoryBuilder(places: places)
    try root.walk(&builder, ties: .every)
    self = builder.inventory
  }
}

/// Tells layers from other nodes; whether a type is one is asked once.
private struct LayerTypes {
  private var others: Set<ObjectIdentifier> = []
  private var lastOther: ObjectIdentifier?

  mutating func layer(_ node: any Node) -> (any Layer)? {
    let type = ObjectIdentifier(type(of: node))
    if type == lastOther || others.contains(type) {
      lastOther = type
      return nil
    }
    if let layer = node as? any Layer { return layer }
    others.insert(type)
    return nil
  }
}

/// Fills an inventory along a walk.
struct InventoryBuilder: Visitor {
  var inventory = Inventory()
  private var open: [Frame] = []
  private var kinds: [LayerKind: Int32] = [:]
  private var lastKind: Int32 = -1
  private var layerTypes = LayerTypes()
  private var ties: [TieKey: Int32] = [:]
  private let places: [Inventory.TypedPlace]

  private struct Frame {
    let entry: Int32
    let owner: Int32
    let layer: (any Layer)?
    /// The innermost enclosing value with identity, and its entry: where a tied parameter's own name begins.
    let identity: (NodeIdentity, Int32)?
    /// For each typed place that began at an enclosing node, the key path so far.
    let trails: [(place: Int, keyPath: AnyKeyPath?)]
  }
  private struct TieKey: Hashable {
    let identity: NodeIdentity
    let steps: [Key]
  }

  init(places: [Inventory.TypedPlace]) {
    self.places = places
    inventory.typedPlaces = places.map { ($0, []) }
  }

  mutating func enter(_ visit: borrowing Visit) throws -> Decision {
    guard !visit.node.isAbsent else { return .skip }
    guard inventory.entries.count < Inventory.entryLimit else {
      throw Diagnostic(
        .tooManyPaths, "the tree has more than \(Inventory.entryLimit) paths", at: visit.path.description)
    }
    if visit.node.mayRefuseParts { inventory.mayRefuseParts = true }
    let entry = Int32(inventory.entries.count)
    let isLeaf = type(of: visit.node) == Tensor.self
    let layer = isLeaf ? nil : layerTypes.layer(visit.node)
    let trails = places.isEmpty ? [] : follow(visit, entry)
    append(visit, layer, isLeaf: isLeaf)
    if let tensor = visit.tensor, isLeaf {
      append(tensor, visit, entry)
      return .handled
    }
    open.append(
      Frame(
        entry: entry, owner: layer == nil ? open.last?.owner ?? -1 : entry, layer: layer ?? open.last?.layer,
        identity: visit.node.identity.map { ($0, entry) } ?? open.last?.identity, trails: trails))
    return .descend
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws -> any Node {
    if let frame = open.popLast() { inventory.entries[Int(frame.entry)].end = Int32(inventory.entries.count) }
    return rebuilt
  }

  private mutating func append(_ visit: borrowing Visit, _ layer: (any Layer)?, isLeaf: Bool) {
    let parent = open.isEmpty ? -1 : open[open.count - 1].entry
    if parent >= 0, case .index = visit.key { inventory.entries[Int(parent)].numbered += 1 }
    let above = parent < 0 ? 0 : inventory.entries[Int(parent)].depth
    inventory.entries.append(
      Inventory.Entry(
        parent: parent, end: Int32(inventory.entries.count + 1), key: visit.key, givenField: visit.givenField,
        kind: layer.map { index(of: $0.kind) } ?? -1, leaf: isLeaf ? Int32(inventory.leaves.count) : -1,
        isGuess: layer?.isGuess ?? false,
        type: ObjectIdentifier(layer.map { type(of: $0.base) } ?? type(of: visit.node)),
        depth: above + (visit.key.isUnnamed ? 0 : 1)))
  }

  private mutating func index(of kind: LayerKind) -> Int32 {
    // Most layers are of the kind of the one before.
    if lastKind >= 0, inventory.kinds[Int(lastKind)] == kind { return lastKind }
    lastKind = kinds[kind] ?? Int32(inventory.kinds.count)
    if Int(lastKind) == inventory.kinds.count {
      inventory.kinds.append(kind)
      kinds[kind] = lastKind
    }
    return lastKind
  }

  private mutating func append(_ tensor: Tensor, _ visit: borrowing Visit, _ entry: Int32) {
    let top = open.count - 1
    let layer = top < 0 ? nil : open[top].layer
    let index = Int32(inventory.leaves.count)
    let field = visit.field
    inventory.leaves.append(
      Inventory.Leaf(
        entry: entry, owner: top < 0 ? -1 : open[top].owner, role: visit.role ?? .weight, shape: tensor.shape,
        dtype: tensor.dtype, byteCount: tensor.byteCount, isFrozen: visit.isFrozen, tie: tie(of: entry, leaf: index),
        geometry: layer?.geometry(of: field), otherGeometries: layer?.otherGeometries(of: field) ?? [],
        fresh: layer?.fresh(field)))
  }

  /// The first leaf of the same tie: same identity above, same steps below it.
  private mutating func tie(of entry: Int32, leaf: Int32) -> Int32 {
    guard !open.isEmpty, let (identity, top) = open[open.count - 1].identity else { return leaf }
    var steps: [Key] = []
    var index = entry
    while index > top {
      steps.append(inventory.entries[Int(index)].key)
      index = inventory.entries[Int(index)].parent
    }
    let key = TieKey(identity: identity, steps: steps)
    if let known = ties[key] { return known }
    ties[key] = leaf
    return leaf
  }

  /// Extends the key paths that are open, starts new ones, and notes those that have arrived.
  private mutating func follow(_ visit: borrowing Visit, _ entry: Int32) -> [(place: Int, keyPath: AnyKeyPath?)] {
    var trails: [(place: Int, keyPath: AnyKeyPath?)] = []
    if let parent = visit.parent, let above = open.last?.trails, !above.isEmpty,
      let step = parent.keyPath(ofChild: visit.index)
    {
      trails = above.compactMap { trail in
        let keyPath = trail.keyPath.map { $0.appending(path: step) } ?? step
        return keyPath.map { (trail.place, $0) }
      }
    }
    for trail in trails where trail.keyPath == places[trail.place].keyPath {
      inventory.typedPlaces[trail.place].entries.append(Int(entry))
    }
    let type = ObjectIdentifier(type(of: visit.node))
    for (index, place) in places.enumerated() where place.root == type && (entry == 0 || !place.isFromRoot) {
      trails.append((index, nil))
    }
    return trails
  }
}
