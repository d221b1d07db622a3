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
  /// Whether a tied value is visited once and copied to its later places.
  let copiesTies: Bool
  let includes: (borrowing Visit) throws -> Bool
  let value: (borrowing Visit, Tensor) throws -> Value?
  private(set) var nodes: [Outline<Value>.Node] = []
  private var open: [Open] = []
  private var copies: [NodeIdentity: Copy] = [:]

  init(
    copiesTies: Bool, including includes: @escaping (borrowing Visit) throws -> Bool = { _ in true },
    value: @escaping (borrowing Visit, Tensor) throws -> Value?
  ) {
    self.copiesTies = copiesTies
    self.includes = includes
    self.value = value
  }

  mutating func enter(_ visit: borrowing Visit) throws -> Decision {
    open.removeLast(max(0, open.count - visit.depth))
    let position = try begin(visit)
    open.append(Open(position: position, start: nodes.count))
    if copiesTies, let position, let copy = visit.node.identity.flatMap({ copies[$0] }) {
      try paste(copy, at: position, visit)
      return .handled
    }
    return .descend
  }

  mutating func replace(_ visit: borrowing Visit) throws -> any Node {
    if let position = open.last?.position, let tensor = visit.tensor, nodes[position].value == nil {
      nodes[position].value = try value(visit, tensor)
    }
    return visit.node
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) -> any Node {
    let frame = open[visit.depth]
    if copiesTies, let identity = visit.node.identity, let position = frame.position {
      copies[identity] = Copy(
        root: position, value: nodes[position].value, below: frame.start..<nodes.count)
    }
    return rebuilt
  }

  private mutating func begin(_ visit: borrowing Visit) throws -> Int? {
    let isIncluded = try includes(visit)
    guard let parent = open.last else {
      nodes.append(Outline.Node(key: "", parent: -1, value: nil))
      return isIncluded ? 0 : nil
    }
    guard isIncluded, let above = parent.position, !visit.node.isAbsent else { return nil }
    if visit.key.isUnnamed { return above }
    nodes.append(Outline.Node(key: visit.key, parent: above, value: nil))
    return nodes.count - 1
  }

  private mutating func paste(_ copy: Copy, at position: Int, _ visit: borrowing Visit) throws {
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

extension Node {
  /// A tree of this one's shape with what the function makes of each tensor.
  ///
  ///     print(try model.mapStructure { _, tensor in tensor.shape })
  ///
  /// The function is called once for a tied tensor, with its first path; the value stands at all its places.
  /// - Parameter ties: `.once` leaves the later places out.
  /// - Throws: what the function throws; ``Diagnostics/Code/cycle``, ``Diagnostics/Code/tooManyPaths``.
  public func mapStructure<Value>(
    ties: TieVisits = .every, _ transform: (Path, Tensor) throws -> Value
  ) throws -> Outline<Value> {
    try withoutActuallyEscaping(transform) { transform in
      var builder = OutlineBuilder<Value>(copiesTies: true) { visit, tensor in
        try transform(visit.path, tensor)
      }
      // The builder itself comes to each place, so that it can copy; a walk `.once` leaves later ones out.
      try walk(&builder, ties: ties)
      return Outline(builder.nodes)
    }
  }
}
