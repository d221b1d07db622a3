import Diagnostics
import Tensors

// The walks and maps for closures that throw other errors than diagnostics: what a closure throws comes out as it was.

/// Carries an error of a closure through a walk, which throws diagnostics.
package final class CallerError {
  private var error: (any Error)?

  package init() {}

  /// What is thrown through the walk in place of an error.
  package func carry(_ error: any Error) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    self.error = error
    return Diagnostic(.internalError, "an error of a closure: \(error)")
  }

  /// The closure's own error, where that is what went through the walk.
  package func original(_ error: Diagnostic) -> any Error { self.error ?? error }
}

extension Node {
  /// ``map(_:_:)`` for a function that throws any error.
  @_disfavoredOverload
  public func map(_ scope: MapScope = .floatingPoint, _ transform: (Tensor) throws -> Tensor) throws -> Self {
    try map(scope, deciding: { _ in .descend }) { _, tensor in try transform(tensor) }
  }

  /// ``mapWithPath(_:_:)`` for a function that throws any error.
  public func mapWithPath(
    _ scope: MapScope = .floatingPoint, _ transform: (TreePath, Tensor) throws -> Tensor
  ) throws -> Self {
    try map(scope, deciding: { _ in .descend }) { visit, tensor in try transform(visit.path, tensor) }
  }

  /// ``map(_:deciding:_:)`` for functions that throw any error.
  public func map(
    _ scope: MapScope = .floatingPoint, deciding decide: (borrowing Visit) throws -> WalkDecision,
    _ transform: (borrowing Visit, Tensor) throws -> Tensor
  ) throws -> Self {
    let carrier = CallerError()
    do {
      return try map(
        scope,
        deciding: { (visit) throws(Diagnostic) in do { return try decide(visit) } catch { throw carrier.carry(error) } }
      ) { (visit, tensor) throws(Diagnostic) in
        do { return try transform(visit, tensor) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }

  /// ``mapNodes(deciding:replacing:finishing:)`` for functions that throw any error.
  public func mapNodes(
    deciding decide: (borrowing Visit) throws -> WalkDecision,
    replacing transform: (borrowing Visit) throws -> any Node = { visit in visit.node },
    finishing finish: (borrowing Visit, any Node) throws -> any Node = { _, rebuilt in rebuilt }
  ) throws -> Self {
    let carrier = CallerError()
    do {
      return try mapNodes(
        deciding: { (visit) throws(Diagnostic) in do { return try decide(visit) } catch { throw carrier.carry(error) }
        },
        replacing: { (visit) throws(Diagnostic) in
          do { return try transform(visit) } catch { throw carrier.carry(error) }
        },
        finishing: { (visit, rebuilt) throws(Diagnostic) in
          do { return try finish(visit, rebuilt) } catch { throw carrier.carry(error) }
        })
    } catch { throw carrier.original(error) }
  }

  /// ``edit(_:_:)`` for a function that throws any error.
  public func edit<Part: Node>(_ type: Part.Type, _ body: (inout Part, TreePath) throws -> Void) throws -> Self {
    let carrier = CallerError()
    do {
      return try edit(type) { (part, path) throws(Diagnostic) in
        do { try body(&part, path) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }

  /// ``forEach(ties:_:after:)`` for functions that throw any error.
  public func forEach(
    ties: TieVisits = .once, _ body: (borrowing Visit) throws -> WalkDecision,
    after finish: (borrowing Visit) throws -> Void = { _ in }
  ) throws {
    let carrier = CallerError()
    do {
      try forEach(
        ties: ties,
        { (visit) throws(Diagnostic) in do { return try body(visit) } catch { throw carrier.carry(error) } },
        after: { (visit) throws(Diagnostic) in do { try finish(visit) } catch { throw carrier.carry(error) } })
    } catch { throw carrier.original(error) }
  }

  /// ``forEach(_:_:)`` for a function that throws any error.
  public func forEach<Part: Node>(_ type: Part.Type, _ body: (Part, TreePath) throws -> Void) throws {
    try forEach { visit in
      if let part = visit.node as? Part { try body(part, visit.path) }
      return .descend
    }
  }

  /// ``mapStructure(ties:_:)`` for a function that throws any error.
  public func mapStructure<Value>(
    ties: TieVisits = .every, _ transform: (TreePath, Tensor) throws -> Value
  ) throws -> Outline<Value> {
    let carrier = CallerError()
    do {
      return try mapStructure(ties: ties) { (path, tensor) throws(Diagnostic) in
        do { return try transform(path, tensor) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }

  /// ``zipMap(_:with:transform:)`` for a function that throws any error.
  public func zipMap(
    _ scope: MapScope = .floatingPoint, with others: any Node...,
    transform: (TreePath, Tensor, [Tensor?]) throws -> Tensor
  ) throws -> Self {
    let carrier = CallerError()
    do {
      return try zipMap(scope, with: others) { (path, tensor, others) throws(Diagnostic) in
        do { return try transform(path, tensor, others) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }

  /// ``map(along:_:_:)`` for a function that throws any error.
  public func map<Value>(
    along outline: Outline<Value>, _ scope: MapScope = .floatingPoint,
    _ transform: (TreePath, Tensor) throws -> Tensor
  ) throws -> Self {
    let carrier = CallerError()
    do {
      return try map(along: outline, scope) { (path, tensor) throws(Diagnostic) in
        do { return try transform(path, tensor) } catch { throw carrier.carry(error) }
      }
    } catch { throw carrier.original(error) }
  }
}
