import Diagnostics
import Tensors

/// What a visitor decides about a node before its children are visited.
public enum WalkDecision: Sendable {
  /// Go on to the children; a leaf is given to ``Visitor/replace(_:)``.
  case descend
  /// Apply ``Visitor/replace(_:)`` to the node as a whole, and do not descend. (Functors.jl calls this
  /// `exclude`.)
  case stop
  /// Leave the node and all below it untouched, and do not descend.
  case skip
  /// The visitor has dealt with the node and all below it here; do not descend.
  case handled
  /// Leave the node out of what is rebuilt or collected: an optional field becomes nil, a list's element
  /// goes.
  case prune
}

/// Where a walk is: lent to a visitor for one call.
public struct Visit: ~Copyable {
  /// The value here.
  public let node: any Node
  /// The step from the parent; empty for the root and for unnamed children.
  public let key: PathKey
  /// The field's own name, where it is not the key.
  package let givenField: String?
  /// The role of a parameter, as its layer declares it; nil for a layer.
  public let role: ParameterRole?
  /// Whether this or an enclosing value is ``Frozen``.
  public let isFrozen: Bool
  /// The position among the parent's children.
  public let index: Int
  let trail: Trail

  /// The field's own name in its layer; that of the enclosing field inside of a tie.
  public var field: String { givenField ?? key.text }
  /// The tensor, if this is a leaf.
  public var tensor: Tensor? { node.tensor }
  /// The number of enclosing nodes, unnamed ones included.
  public var depth: Int { trail.frames.count }
  /// The node whose child this is.
  public var parent: (any Node)? { trail.frames.last?.node }
  /// The path from the root.
  /// - Complexity: O(depth).
  public var path: TreePath { TreePath((trail.frames.map(\.key) + [key]).filter { !$0.isUnnamed }) }
}

/// What is called for each node on a walk.
public protocol Visitor {
  /// Before the children; leaves too.
  mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision
  /// For a leaf, and for a node at which ``enter(_:)`` stopped: the value to put in its place.
  mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node
  /// After the children, with the node rebuilt from what became of them: the value to put in its place.
  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws(Diagnostic) -> any Node
}

// Within the package alone: a method that throws more than a diagnostic is no witness, and a default in its place would
// silently do nothing.
extension Visitor {
  /// Goes everywhere.
  package mutating func enter(_ visit: borrowing Visit) throws(Diagnostic) -> WalkDecision { .descend }
  /// Keeps the value.
  package mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node { visit.node }
  /// Keeps the rebuilt value.
  package mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) throws(Diagnostic) -> any Node { rebuilt }
}
