import Diagnostics
import Tensors

/// A tensor of a tree with its path and role.
public struct TensorLeaf: Sendable {
  /// Where it is.
  public let path: TreePath
  /// Its role, as its layer declares it.
  public let role: ParameterRole?
  /// The tensor.
  public let tensor: Tensor
}

struct CollectVisitor: Visitor {
  let decide: (borrowing Visit) throws(Diagnostic) -> WalkDecision
  let finish: (borrowing Visit) throws(Diagnostic) -> Void

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    try decide(visit)
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws(Diagnostic) -> any Node {
    try finish(visit)
    return rebuilt
  }
}

struct NodeCollector: Visitor {
  let isExcluded: (borrowing Visit) -> Bool
  private(set) var nodes: [any Node] = []

  init(isExcluded: @escaping (borrowing Visit) -> Bool) { self.isExcluded = isExcluded }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    if isExcluded(visit) || visit.node.isAbsent { return .skip }
    nodes.append(visit.node)
    return .descend
  }
}

struct LeafCollector: Visitor {
  private(set) var leaves: [TensorLeaf] = []

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    if let tensor = visit.tensor, visit.node is Tensor {
      leaves.append(TensorLeaf(path: visit.path, role: visit.role, tensor: tensor))
    }
    return .descend
  }
}

extension Node {
  /// Calls a function for every node before its children; it decides whether to descend.
  public func forEach(
    ties: TieVisits = .once, _ body: (borrowing Visit) throws(Diagnostic) -> WalkDecision,
    after finish: (borrowing Visit) throws(Diagnostic) -> Void = { _ in }
  ) throws(Diagnostic) {
    try withoutActuallyEscaping(body) { (body) throws(Diagnostic) in
      try withoutActuallyEscaping(finish) { (finish) throws(Diagnostic) in
        var visitor = CollectVisitor(decide: body, finish: finish)
        try walk(&visitor, ties: ties)
      }
    }
  }

  /// Calls a function for every node of one type, in pre-order, and descends below those too.
  public func forEach<Part: Node>(_ type: Part.Type, _ body: (Part, TreePath) throws(Diagnostic) -> Void)
    throws(Diagnostic)
  {
    try forEach { (visit) throws(Diagnostic) in
      if let part = visit.node as? Part { try body(part, visit.path) }
      return .descend
    }
  }

  /// All nodes in pre-order, tied ones once; those for which `isExcluded` holds are left out with all below.
  /// - Throws: ``Diagnostics/ErrorCode/cycle``.
  public func collect(
    excluding isExcluded: (borrowing Visit) -> Bool = { _ in false }
  ) throws(Diagnostic) -> [any Node] {
    try withoutActuallyEscaping(isExcluded) { (isExcluded) throws(Diagnostic) in
      var collector = NodeCollector(isExcluded: isExcluded)
      try walk(&collector)
      return collector.nodes
    }
  }

  /// All tensors in order, with path and role.
  /// - Parameter ties: `.once` lists a tied tensor at its first place only.
  /// - Throws: ``Diagnostics/ErrorCode/cycle``.
  public func leaves(ties: TieVisits = .once) throws(Diagnostic) -> [TensorLeaf] {
    var collector = LeafCollector()
    try walk(&collector, ties: ties)
    return collector.leaves
  }
}
