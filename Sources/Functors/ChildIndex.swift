import Diagnostics
import Tensors

/// A node whose children are found by name, those that unnamed children lend included.
final class ChildIndex {
  let node: any Node
  private(set) lazy var children = node.children
  /// The named children, outermost first; of two with one name the first.
  private(set) lazy var named: [NodeChild] = ChildIndex.named(below: children)
  private lazy var positions = Dictionary(
    named.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })

  init(_ node: any Node) { self.node = node }

  /// The outermost child of that name.
  func child(_ key: PathKey) -> (any Node)? { positions[key].map { named[$0].node } }

  /// The node that corresponds to a child of another node, `siblings[index]`.
  ///
  /// Unnamed children correspond in order where both nodes have as many of them; where not, this node itself
  /// does: the other tree merely has a wrapper more.
  func counterpart(of index: Int, among siblings: [NodeChild]) -> (any Node)? {
    let key = siblings[index].key
    if children.count == siblings.count, children[index].key == key { return children[index].node }
    guard key.isUnnamed else { return child(key) }
    let unnamed = children.filter(\.key.isUnnamed)
    guard unnamed.count == siblings.count(where: { $0.key.isUnnamed }) else { return node }
    return unnamed[siblings[..<index].count { $0.key.isUnnamed }].node
  }

  private static func named(below children: [NodeChild]) -> [NodeChild] {
    var named: [NodeChild] = []
    var level = children
    var seen: Set<NodeIdentity> = []
    while !level.isEmpty {
      named += level.filter { !$0.key.isUnnamed }
      level = level.filter { child in
        child.key.isUnnamed && child.node.identity.map { seen.insert($0).inserted } ?? true
      }.flatMap(\.node.children)
    }
    return named
  }
}

extension Node {
  /// The tensor that this node is, or that lies in it behind unnamed children alone; the outermost one.
  package var innermostTensor: Tensor? {
    var level: [any Node] = [presented]
    var seen: Set<NodeIdentity> = []
    while !level.isEmpty {
      if let tensor = level.lazy.compactMap(\.tensor).first { return tensor }
      level = level.filter { $0.identity.map { seen.insert($0).inserted } ?? true }
        .flatMap { $0.children.filter(\.key.isUnnamed).map(\.node) }
    }
    return nil
  }

  /// Whether there is any tensor in the node.
  func holdsTensors() throws(Diagnostic) -> Bool {
    var search = TensorSearch()
    try walk(&search)
    return search.isFound
  }
}

private struct TensorSearch: Visitor {
  var isFound = false

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    isFound = isFound || visit.tensor != nil
    return isFound ? .skip : .descend
  }
}

/// The nodes of another tree that correspond to those of the one being walked.
struct Counterparts {
  enum Found {
    case node(ChildIndex)
    /// The other tree says that there is nothing: `Absent` here or above.
    case absent
    /// The other tree has no such branch, from this path on.
    case missing(TreePath, in: ChildIndex)
  }
  private let root: any Node
  private var open: [Found] = []

  init(_ root: any Node) { self.root = root }

  /// What corresponds to the node that is being entered; to be called at each.
  mutating func enter(_ visit: borrowing Visit) -> Found {
    open.removeLast(max(0, open.count - visit.depth))
    let found = find(visit)
    open.append(found)
    return found
  }

  private func find(_ visit: borrowing Visit) -> Found {
    guard let frame = visit.trail.frames.last, let above = open.last else { return Counterparts.found(root) }
    guard case .node(let parent) = above else { return above }
    guard let node = parent.counterpart(of: visit.index, among: frame.children) else {
      return .missing(visit.path, in: parent)
    }
    return Counterparts.found(node)
  }

  private static func found(_ node: any Node) -> Found {
    let node = node.presented
    return node.isAbsent ? .absent : .node(ChildIndex(node))
  }
}
