import Diagnostics
import Functors
import Initializers
import LayerVocabulary
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
  /// - Throws: ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/tooManyPaths``.
  public init(of root: some Node) throws(Diagnostic) { try self.init(of: root, places: []) }

  /// Lays a tree flat for rules that hold typed key paths.
  public init(of root: some Node, for rules: [Rule]) throws(Diagnostic) {
    try self.init(of: root, places: rules.compactMap(\.typedPlace))
  }

  init(of root: some Node, places: [TypedPlace]) throws(Diagnostic) {
    var builder = InventoryBuilder(places: places)
    try root.walk(&builder, ties: .every)
    self = builder.inventory()
  }
}

/// Fills an inventory along a walk.
struct InventoryBuilder: Visitor {
  private var draft = InventoryDraft()
  private var mayRefuseParts = false
  private var typedPlaces: [(place: Inventory.TypedPlace, entries: [Int])]
  private var open: [Frame] = []
  /// The layers that are open, outermost first.
  private var layers: [any Layer] = []
  private var types = NodeTypes()
  private var ties: [TieKey: Int32] = [:]
  private let places: [Inventory.TypedPlace]

  private struct Frame {
    let entry: Int32
    let owner: Int32
    /// How many layers are open outside of this node.
    let layers: Int
    /// The innermost enclosing value with identity, and its entry: where a tied parameter's own name begins.
    let identity: (NodeIdentity, Int32)?
    /// What this node and those around it say of how parameters below begin.
    let beginnings: Beginnings
    /// For each typed place that began at an enclosing node, the key path so far.
    let trails: [(place: Int, keyPath: AnyKeyPath?)]
  }
  private struct TieKey: Hashable {
    let identity: NodeIdentity
    let steps: [Int32]
  }

  init(places: [Inventory.TypedPlace]) {
    self.places = places
    typedPlaces = places.map { ($0, []) }
  }

  func inventory() -> Inventory {
    Inventory(InventoryColumns(draft), mayRefuseParts: mayRefuseParts, typedPlaces: typedPlaces)
  }

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    guard !visit.node.isAbsent else { return .skip }
    guard draft.nodes.count < Inventory.entryLimit else {
      throw Diagnostic(
        .tooManyPaths, "the tree has more than \(Inventory.entryLimit) paths", at: visit.path.description)
    }
    if !mayRefuseParts, visit.node.mayRefuseParts { mayRefuseParts = true }
    let entry = Int32(draft.nodes.count)
    let isLeaf = visit.node.isTensor
    let layer = isLeaf ? nil : types.layer(visit.node)
    let trails = places.isEmpty ? [] : follow(visit, entry)
    append(visit, layer, isLeaf: isLeaf)
    if isLeaf, let tensor = visit.tensor {
      append(tensor, visit, entry)
      return .handled
    }
    push(visit, layer, entry, trails)
    return .descend
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws(Diagnostic) -> any Node {
    if let frame = open.popLast() {
      draft.nodes[Int(frame.entry)].end = Int32(draft.nodes.count)
      if layers.count > frame.layers { layers.removeLast() }
    }
    return rebuilt
  }

  private mutating func push(
    _ visit: borrowing Visit, _ layer: (any Layer)?, _ entry: Int32, _ trails: [(place: Int, keyPath: AnyKeyPath?)]
  ) {
    let top = open.count - 1
    var beginnings = beginnings(at: visit)
    if let layer { beginnings.append(layer.nestedBeginnings) }
    open.append(
      Frame(
        entry: entry, owner: layer == nil ? top < 0 ? -1 : open[top].owner : entry, layers: layers.count,
        identity: visit.node.identity.map { ($0, entry) } ?? (top < 0 ? nil : open[top].identity),
        beginnings: beginnings, trails: trails))
    if let layer { layers.append(layer) }
  }

  /// What is said around a node of how it and what is below begins.
  private func beginnings(at visit: borrowing Visit) -> Beginnings {
    open.isEmpty ? Beginnings() : open[open.count - 1].beginnings.below(visit.key)
  }

  private mutating func append(_ visit: borrowing Visit, _ layer: (any Layer)?, isLeaf: Bool) {
    let parent = open.isEmpty ? -1 : open[open.count - 1].entry
    let key = draft.names.code(of: visit.key)
    if parent >= 0, key < 0 { draft.nodes[Int(parent)].numbered += 1 }
    let above = parent < 0 ? 0 : draft.nodes[Int(parent)].depth
    draft.nodes.append(
      InventoryColumns.Node(
        parent: parent, end: Int32(draft.nodes.count + 1), key: key,
        field: visit.givenField.map { draft.names.code(of: $0) } ?? key,
        type: isLeaf ? types.tensor(in: &draft) : types.index(of: visit.node, layer, in: &draft),
        leaf: isLeaf ? Int32(draft.parameters.count) : ~Int32(draft.parameters.count),
        depth: above + (key == NameTable.unnamed ? 0 : 1),
        numbered: 0))
  }

  private mutating func append(_ tensor: Tensor, _ visit: borrowing Visit, _ entry: Int32) {
    let top = open.count - 1
    let facts =
      layers.isEmpty
      ? ParameterFacts(tensor, visit, geometry: nil, otherGeometries: [], fresh: nil)
      : ParameterFacts(tensor, visit, of: layers[layers.count - 1], told: beginnings(at: visit).word)
    let leaf = Int32(draft.parameters.count)
    draft.parameters.append(
      InventoryColumns.Parameter(
        entry: entry, owner: top < 0 ? -1 : open[top].owner, facts: draft.facts.index(of: facts),
        tie: tie(of: entry, leaf: leaf)))
  }

  /// The first leaf of the same tie: same identity above, same steps below it.
  private mutating func tie(of entry: Int32, leaf: Int32) -> Int32 {
    guard !open.isEmpty, let (identity, top) = open[open.count - 1].identity else { return leaf }
    var steps: [Int32] = []
    var index = entry
    while index > top {
      steps.append(draft.nodes[Int(index)].key)
      index = draft.nodes[Int(index)].parent
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
      typedPlaces[trail.place].entries.append(Int(entry))
    }
    let type = ObjectIdentifier(type(of: visit.node))
    for (index, place) in places.enumerated() where place.root == type && (entry == 0 || !place.isFromRoot) {
      trails.append((index, nil))
    }
    return trails
  }
}
