import Diagnostics
import Tensors

/// A tensor of a tree with its path and role.
public struct Leaf: Sendable {
  /// Where it is.
  public let path: Path
  /// Its role, as its layer declares it.
  public let role: Role?
  /// The tensor.
  public let tensor: Tensor
}

struct CollectVisitor: Visitor {
  let decide: (borrowing Visit) throws -> Decision
  let finish: (borrowing Visit) throws -> Void

  mutating func enter(_ visit: borrowing Visit) throws -> Decision { try decide(visit) }
  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws -> any Node {
    try finish(visit)
    return rebuilt
  }
}

extension Node {
  /// Calls a function for every node before its children; it decides whether to descend.
  public func forEach(
    ties: TieVisits = .once, _ body: (borrowing Visit) throws -> Decision,
    after finish: (borrowing Visit) throws -> Void = { _ in }
  ) throws {
    try withoutActuallyEscaping(body) { body in
      try withoutActuallyEscaping(finish) { finish in
        var visitor = CollectVisitor(decide: body, finish: finish)
        try walk(&visitor, ties: ties)
      }
    }
  }

  /// Calls a function for every node of one type, in pre-order, and descends below those too.
  public func forEach<Part: Node>(_ type: Part.Type, _ body: (Part, Path) throws -> Void) throws {
    try forEach { visit in
      if let part = visit.node as? Part { try body(part, visit.path) }
      return .descend
    }
  }

  /// All nodes in pre-order, tied ones once; those for which `isExcluded` holds are left out with all below.
  /// - Throws: ``Diagnostics/Code/cycle``.
  public func collect(excluding isExcluded: (borrowing Visit) -> Bool = { _ in false }) throws -> [any Node] {
    var nodes: [any Node] = []
    try forEach { visit in
      if isExcluded(visit) || visit.node.isAbsent { return .skip }
      nodes.append(visit.node)
      return .descend
    }
    return nodes
  }

  /// All tensors in order, with path and role.
  /// - Parameter ties: `.once` lists a tied tensor at its first place only.
  /// - Throws: ``Diagnostics/Code/cycle``.
  public func leaves(ties: TieVisits = .once) throws -> [Leaf] {
    var leaves: [Leaf] = []
    try forEach(ties: ties) { visit in
      if let tensor = visit.tensor, visit.node is Tensor {
        leaves.append(Leaf(path: visit.path, role: visit.role, tensor: tensor))
      }
      return .descend
    }
    return leaves
  }
}
