import Diagnostics
import Tensors

/// Which tensors a map gives to its function.
public enum MapScope: Sendable {
  /// Floating-point tensors.
  case floatingPoint
  /// All of them: counters, indices and packed ones too.
  case all

  func includes(_ tensor: Tensor) -> Bool { self == .all || tensor.dtype.isFloatingPoint }
}

struct MapVisitor: Visitor {
  let scope: MapScope
  let decide: (borrowing Visit) throws(Diagnostic) -> WalkDecision
  let transform: (borrowing Visit, Tensor) throws(Diagnostic) -> Tensor

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    try decide(visit)
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    guard let tensor = visit.tensor, scope.includes(tensor) else { return visit.node }
    return try transform(visit, tensor)
  }
}

struct NodeVisitor: Visitor {
  let decide: (borrowing Visit) throws(Diagnostic) -> WalkDecision
  let transform: (borrowing Visit) throws(Diagnostic) -> any Node
  let finish: (borrowing Visit, any Node) throws(Diagnostic) -> any Node

  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision {
    try decide(visit)
  }

  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
    try transform(visit)
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws(Diagnostic) -> any Node {
    try finish(visit, rebuilt)
  }
}

extension Node {
  // Disfavored: optionals and arrays of tensors have a `map` of their own, which is the one meant there.

  /// The same model with every tensor replaced by what the function makes of it; a tied one is mapped once.
  ///
  ///     let half = try model.map { tensor in tensor * 0.5 }
  /// - Throws: what the function throws; structural errors of ``rebuilding(_:ties:)``.
  @_disfavoredOverload
  public func map(_ scope: MapScope = .floatingPoint, _ transform: (Tensor) throws(Diagnostic) -> Tensor)
    throws(Diagnostic) -> Self
  {
    // Not by way of paths: in a deep tree each of them is long.
    try map(scope, deciding: { _ in .descend }) { (_, tensor) throws(Diagnostic) in try transform(tensor) }
  }

  /// ``map(_:_:)`` with the tensor's path.
  public func mapWithPath(
    _ scope: MapScope = .floatingPoint, _ transform: (TreePath, Tensor) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Self {
    try map(scope, deciding: { _ in .descend }) { (visit, tensor) throws(Diagnostic) in
      try transform(visit.path, tensor)
    }
  }

  /// ``map(_:_:)`` that asks, before each node, whether to go on.
  public func map(
    _ scope: MapScope = .floatingPoint, deciding decide: (borrowing Visit) throws(Diagnostic) -> WalkDecision,
    _ transform: (borrowing Visit, Tensor) throws(Diagnostic) -> Tensor
  ) throws(Diagnostic) -> Self {
    try withoutActuallyEscaping(decide) { (decide) throws(Diagnostic) in
      try withoutActuallyEscaping(transform) { (transform) throws(Diagnostic) in
        var visitor = MapVisitor(scope: scope, decide: decide, transform: transform)
        return try rebuilding(&visitor)
      }
    }
  }

  /// Replaces whole nodes: those at which `decide` stops, before their children are seen, and all others
  /// after their children, by `finish`.
  public func mapNodes(
    deciding decide: (borrowing Visit) throws(Diagnostic) -> WalkDecision,
    replacing transform: (borrowing Visit) throws(Diagnostic) -> any Node = { visit in visit.node },
    finishing finish: (borrowing Visit, any Node) throws(Diagnostic) -> any Node = { _, rebuilt in rebuilt }
  ) throws(Diagnostic) -> Self {
    try withoutActuallyEscaping(decide) { (decide) throws(Diagnostic) in
      try withoutActuallyEscaping(transform) { (transform) throws(Diagnostic) in
        try withoutActuallyEscaping(finish) { (finish) throws(Diagnostic) in
          var visitor = NodeVisitor(decide: decide, transform: transform, finish: finish)
          return try rebuilding(&visitor)
        }
      }
    }
  }

  /// Edits every node of one type in place, in pre-order, and does not look below those.
  public func edit<Part: Node>(_ type: Part.Type, _ body: (inout Part, TreePath) throws(Diagnostic) -> Void)
    throws(Diagnostic) -> Self
  {
    try mapNodes(
      deciding: { visit in visit.node is Part ? .stop : .descend },
      replacing: { (visit) throws(Diagnostic) in
        guard var part = visit.node as? Part else { return visit.node }
        try body(&part, visit.path)
        return part
      })
  }
}
