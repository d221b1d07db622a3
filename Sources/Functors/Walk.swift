import Diagnostics
import Tensors

/// Whether a tied value is visited at its first place only, or at all of them.
public enum TieVisits: Sendable {
  /// Once; at later places the first result stands.
  case once
  /// At every place, for what looks at paths; a rebuilt tree is tied as before, and the first change stands.
  case every
}

/// From so many nodes on that are visited again because of ties, a tree has too many paths to list.
let repeatLimit = 1 << 22

/// The nodes that enclose the one being visited.
final class Trail {
  struct Frame {
    let node: any Node
    let key: PathKey
    let givenField: String?
    let role: ParameterRole?
    let isFrozen: Bool
    let index: Int
    let identity: NodeIdentity?
    let isRepeat: Bool
    let children: [NodeChild]
    var next = 0
    var parts: [any Node] = []

    var field: String { givenField ?? key.text }
  }
  // One walk, one thread: a check at each access costs as much as a step.
  @exclusivity(unchecked) var frames: [Frame] = []
}

/// The one driver of all walks: depth first, on an explicit stack, so that depth is bounded by memory alone.
struct Driver<V: Visitor> {
  var visitor: V
  let ties: TieVisits
  let isRebuilding: Bool
  private let trail = Trail()
  private var active: Set<NodeIdentity> = []
  /// The identities that were met, where all places of ties are visited.
  private(set) var seen: Set<NodeIdentity> = []
  private var repeats = 0
  /// What stands in for nodes with an identity, before they are visited.
  var substitutes: [NodeIdentity: any Node] = [:]
  /// What nodes with an identity became.
  private(set) var results: [NodeIdentity: any Node] = [:]
  /// Whether a branch was not descended into, so that places of a tie may lie in it.
  private(set) var isPartial = false

  init(_ visitor: V, ties: TieVisits, isRebuilding: Bool) {
    self.visitor = visitor
    self.ties = ties
    self.isRebuilding = isRebuilding
  }

  /// Visits a tree and returns what it became.
  mutating func run(_ root: any Node) throws(Diagnostic) -> any Node {
    var result = try begin(NodeChild("", root.presented), index: 0)
    while !trail.frames.isEmpty {
      result = try step() ?? result
    }
    return result ?? Absent()
  }

  /// Visits the next child of the innermost node, or leaves it; a value is what the node became.
  private mutating func step() throws(Diagnostic) -> (any Node)? {
    let top = trail.frames.count - 1
    let next = trail.frames[top].next
    guard next < trail.frames[top].children.count else { return try finish() }
    trail.frames[top].next += 1
    if let part = try begin(trail.frames[top].children[next], index: next) { place(part) }
    return nil
  }

  /// Enters a node; a value means that it is done, nil that its children come first.
  private mutating func begin(_ child: NodeChild, index: Int) throws(Diagnostic) -> (any Node)? {
    guard let identity = child.node.identity else { return try begin(child, index, nil) }
    let child = substitutes[identity].map(child.holding) ?? child
    if let identity = child.node.identity, let known = try known(identity, child.key) { return known }
    return try begin(child, index, child.node.identity)
  }

  private mutating func begin(_ child: NodeChild, _ index: Int, _ identity: NodeIdentity?) throws(Diagnostic) -> (
    any Node
  )? {
    let visit = visit(child, index)
    let isRepeat = try countRepeat(visit, identity)
    let decision = try visitor.enter(visit)
    let children = decision == .prune ? [] : visit.node.children
    switch decision {
    case .prune: return Absent()
    case .skip, .handled:
      isPartial = isPartial || !children.isEmpty
      return visit.node
    case .descend where !children.isEmpty || visit.node.tensor == nil:
      push(visit, children, identity, isRepeat)
      return nil
    case .stop, .descend:
      isPartial = isPartial || !children.isEmpty
      return remember(try visitor.replace(visit), identity)
    }
  }

  /// Whether a node is visited again because of a tie around it.
  private mutating func countRepeat(_ visit: borrowing Visit, _ identity: NodeIdentity?) throws(Diagnostic) -> Bool {
    guard ties == .every else { return false }
    let isKnown = identity.map { !seen.insert($0).inserted } ?? false
    guard isKnown || trail.frames.last?.isRepeat ?? false else { return false }
    repeats += 1
    guard repeats <= repeatLimit else { throw .tooManyPaths(at: visit.path) }
    return true
  }

  private func visit(_ child: NodeChild, _ index: Int) -> Visit {
    let top = trail.frames.count - 1
    guard top >= 0 else {
      return Visit(
        node: child.node, key: child.key, givenField: child.givenField, role: child.role,
        isFrozen: child.node.isFreezing, index: index, trail: trail)
    }
    return Visit(
      node: child.node, key: child.key,
      givenField: child.key.isUnnamed ? trail.frames[top].field : child.givenField,
      role: child.role ?? trail.frames[top].role, isFrozen: trail.frames[top].isFrozen || child.node.isFreezing,
      index: index, trail: trail)
  }

  private mutating func push(
    _ visit: borrowing Visit, _ children: [NodeChild], _ identity: NodeIdentity?, _ isRepeat: Bool
  ) {
    if let identity { active.insert(identity) }
    trail.frames.append(
      Trail.Frame(
        node: visit.node, key: visit.key, givenField: visit.givenField, role: visit.role, isFrozen: visit.isFrozen,
        index: visit.index, identity: identity, isRepeat: isRepeat, children: children))
    if isRebuilding { trail.frames[trail.frames.count - 1].parts.reserveCapacity(children.count) }
  }

  private mutating func finish() throws(Diagnostic) -> any Node {
    let frame = trail.frames.removeLast()
    let visit = Visit(
      node: frame.node, key: frame.key, givenField: frame.givenField, role: frame.role, isFrozen: frame.isFrozen,
      index: frame.index, trail: trail)
    let rebuilt = isRebuilding ? try rebuild(frame, visit) : frame.node
    if let identity = frame.identity { active.remove(identity) }
    let result = remember(try visitor.leave(visit, rebuilt: rebuilt), frame.identity)
    if !trail.frames.isEmpty { place(result) }
    return result
  }

  private func rebuild(_ frame: Trail.Frame, _ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    do { return try frame.node.rebuilt(from: frame.parts) } catch {
      let path = visit.path.description
      throw error.at(path.isEmpty ? "the root" : path)
    }
  }

  private func place(_ part: any Node) {
    if isRebuilding { trail.frames[trail.frames.count - 1].parts.append(part) }
  }

  private mutating func remember(_ node: any Node, _ identity: NodeIdentity?) -> any Node {
    if ties == .once, let identity { results[identity] = node }
    return node
  }

  /// What a value that was met before became; an error if it is being visited right now.
  private func known(_ identity: NodeIdentity, _ key: PathKey) throws(Diagnostic) -> (any Node)? {
    guard active.contains(identity) else { return results[identity] }
    let keys = trail.frames.map(\.key)
    let start = trail.frames.firstIndex { $0.identity == identity } ?? 0
    let path = TreePath((keys + [key]).filter { !$0.isUnnamed })
    let first = TreePath(keys[...start].filter { !$0.isUnnamed })
    throw Diagnostic(
      .cycle, "the node at '\(path)' contains itself", at: path.description,
      found: first.keys.isEmpty ? "the root again" : "the node of '\(first)' again",
      hints: ["say a tie with Shared, which is a value and cannot contain itself"])
  }
}

extension Node {
  /// Shows a visitor every node, depth first; what it returns in place of nodes is not used.
  /// - Throws: what the visitor throws; ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/tooManyPaths``.
  public func walk<V: Visitor>(_ visitor: inout V, ties: TieVisits = .once) throws(Diagnostic) {
    var driver = Driver(visitor, ties: ties, isRebuilding: false)
    defer { visitor = driver.visitor }
    _ = try driver.run(self)
  }

  /// Shows a visitor every node and rebuilds the tree from what it returns in their place.
  ///
  /// Ties stay whole: where a visitor changes a tied value at one place and does not come to another, because
  /// it stopped above it or skipped it, the change stands at both.
  /// - Throws: what the visitor throws; ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/rebuildMismatch``,
  ///   ``Diagnostics/ErrorCode/cannotPrune``. The value itself stays as it was.
  public func rebuilding<V: Visitor>(_ visitor: inout V, ties: TieVisits = .once) throws(Diagnostic) -> Self {
    var driver = Driver(visitor, ties: ties, isRebuilding: true)
    defer { visitor = driver.visitor }
    let result = try driver.run(self)
    return try driver.retied(result, of: self).present(as: Self.self, named: "the root")
  }
}
