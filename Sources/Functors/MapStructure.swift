import Diagnostics
import Tensors

/// Notes down the nodes of a walk that have a path.
struct OutlineBuilder<Value>: Visitor {
  /// What a tied value left in the outline: its own value, and the nodes below it.
  private struct Copy {
    let root: Int
    let value: Value?
    let below: Range<Int>
  }
  private struct Open {
    /// The node that stands for the one being visited; nil in branches that are left out.
    let position: Int?
    let start: Int
  }
  let value: (borrowing Visit, Tensor) throws(Diagnostic) -> Value
  private(set) var nodes: [Outline<Value>.Node] = []
  private var open: [Open] = []
  private var copies: [NodeIdentity: Copy] = [:]

  init(value: @escaping (borrowing Visit, Tensor) throws(Diagnostic) -> Value) { self.value = value }

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    open.removeLast(max(0, open.count - visit.depth))
    let position = nodes.append(visit, below: open.last?.position)
    open.append(Open(position: position, start: nodes.count))
    if let position, let copy = visit.node.identity.flatMap({ copies[$0] }) {
      try paste(copy, at: position, visit)
      return .handled
    }
    return .descend
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    if let position = open.last?.position, let tensor = visit.tensor, nodes[position].value == nil {
      nodes[position].value = try value(visit, tensor)
    }
    return visit.node
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) -> any Node {
    let frame = open[visit.depth]
    if let identity = visit.node.identity, let position = frame.position {
      copies[identity] = Copy(
        root: position, value: nodes[position].value, below: frame.start..<nodes.count)
    }
    return rebuilt
  }

  private mutating func paste(_ copy: Copy, at position: Int, _ visit: borrowing Visit) throws(Diagnostic) {
    let offset = nodes.count - copy.below.lowerBound
    guard nodes.count + copy.below.count <= repeatLimit else { throw Diagnostic.tooManyPaths(at: visit.path) }
    if nodes[position].value == nil { nodes[position].value = copy.value }
    for index in copy.below {
      var node = nodes[index]
      node.parent = node.parent == copy.root ? position : node.parent + offset
      nodes.append(node)
    }
  }
}

extension Array {
  /// Notes a node of a walk down below its parent; its position is the parent's if it has no name, and nil where it,
  /// or the parent, is left out.
  mutating func append<Value>(
    _ visit: borrowing Visit, below parent: Int?, including isIncluded: Bool = true
  ) -> Int? where Element == Outline<Value>.Node {
    if visit.depth == 0 {
      append(Outline.Node(key: "", parent: -1, value: nil))
      return isIncluded ? 0 : nil
    }
    guard isIncluded, let parent, !visit.node.isAbsent else { return nil }
    if visit.key.isUnnamed { return parent }
    append(Outline.Node(key: visit.key, parent: parent, value: nil))
    return count - 1
  }
}

extension Node {
  /// A tree of this one's shape with what the function makes of each tensor.
  ///
  ///     print(try model.mapStructure { _, tensor in tensor.shape })
  ///
  /// The function is called once for a tied tensor, with its first path; the value stands at all its places.
  /// - Parameter ties: `.once` leaves the later places out.
  /// - Throws: what the function throws; ``Diagnostics/ErrorCode/cycle``, ``Diagnostics/ErrorCode/tooManyPaths``.
  public func mapStructure<Value>(
    ties: TieVisits = .every, _ transform: (TreePath, Tensor) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Outline<Value> {
    try withoutActuallyEscaping(transform) { (transform) throws(Diagnostic) in
      var builder = OutlineBuilder<Value> { (visit, tensor) throws(Diagnostic) in
        try transform(visit.path, tensor)
      }
      // The builder itself comes to each place, so that it can copy; a walk `.once` leaves later ones out.
      try walk(&builder, ties: ties)
      return Outline(builder.nodes)
    }
  }
}
