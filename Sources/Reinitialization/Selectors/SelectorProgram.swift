import Functors

/// A selector as a set of states that are handed down a tree; bit masks hold sets of them.
///
/// A state stands for what is still to come: it waits at a node for something below. Each node gets the set of
/// its parent, so that a tree is matched in one pass, however many `**` there are.
struct SelectorProgram {
  enum Test {
    case part(SelectorPart, orField: Bool)
    case deep
    /// A type, for each of the inventory's kinds whether it is meant.
    case type([Bool])
    case role(ParameterRole)
    /// For each entry, whether it is meant.
    case entries([Bool])
  }
  struct State {
    var test: Test
    /// The states that a node gets where the test holds.
    var success: UInt64
  }

  /// The node matches.
  static let matched: UInt64 = 1
  /// The node's path matches; handed on to unnamed nodes, which have the same path.
  static let pathMatched: UInt64 = 2

  private(set) var states: [State] = []
  /// The states of the root.
  private(set) var start: UInt64 = 0
  /// States waiting for a type or role at any depth.
  private(set) var anywhere: UInt64 = 0
  /// States waiting for a type or role one name further down.
  private(set) var directly: UInt64 = 0
  /// The twins of those, one bit above each: that name is passed, and only unnamed nodes may follow.
  private(set) var passed: UInt64 = 0
  /// States waiting for a part of a path.
  private(set) var parts: UInt64 = 0
  /// States waiting for types.
  private(set) var types: UInt64 = 0
  /// States waiting for roles.
  private(set) var roles: UInt64 = 0
  /// Whether buffers are meant too.
  let reachesBuffers: Bool
  private let residualOut: [Bool]

  /// - Parameter residualOut: for each entry, whether it ends a residual branch; empty where no step asks.
  init(
    _ selector: Selector, kinds: [(SelectorPart) -> Bool], residualOut: [Bool] = [], reachesBuffers: Bool
  ) {
    self.reachesBuffers = reachesBuffers
    self.residualOut = residualOut
    var next = SelectorProgram.matched
    for (index, step) in selector.steps.enumerated().reversed() {
      let isLast = index == selector.steps.count - 1
      let orField = selector.steps.count == 1 && step.target.isFieldOfAnyLayer
      next = add(step, then: next, isLast: isLast, anyField: orField, kinds: kinds)
    }
    start = next
  }

  /// Adds the states of a step; the result is what waits for it.
  private mutating func add(
    _ step: Selector.Step, then next: UInt64, isLast: Bool, anyField: Bool, kinds: [(SelectorPart) -> Bool]
  ) -> UInt64 {
    let pathNext = isLast ? next | SelectorProgram.pathMatched : next
    switch step.target {
    case .role(let role): return addTwins(.role(role), step.relation, success: next)
    case .residualOut: return addTwins(.entries(residualOut), step.relation, success: next)
    case .type(let name, let path):
      let success = path.isEmpty ? next : add(path, then: pathNext, orField: true)
      return addTwins(.type(kinds.map { $0(name) }), step.relation, success: success)
    case .path(let path, _):
      return add(anyField ? [.deep] + path.dropFirst() : path, then: pathNext, orField: anyField)
    }
  }

  private mutating func add(_ path: [SelectorPart], then next: UInt64, orField: Bool) -> UInt64 {
    path.reversed().reduce(next) { next, part in
      let bit = append(part == .deep ? .deep : .part(part, orField: orField), success: next)
      parts |= bit
      guard part == .deep else { return bit }
      states[states.count - 1].success |= bit
      return bit | next
    }
  }

  private mutating func addTwins(_ test: Test, _ relation: Selector.Relation, success: UInt64) -> UInt64 {
    let bit = append(test, success: success)
    var all = bit
    if relation == .directly {
      directly |= bit
      let twin = append(test, success: success)
      passed |= twin
      all |= twin
    } else {
      anywhere |= bit
    }
    switch test {
    case .role: roles |= all
    case .entries:
      roles |= all
      types |= all
    default: types |= all
    }
    return bit
  }

  private mutating func append(_ test: Test, success: UInt64) -> UInt64 {
    states.append(State(test: test, success: success))
    return 1 << UInt64(states.count + 1)
  }
}

extension Selector.Target {
  /// `*.bias` alone: the field `bias` of any layer.
  fileprivate var isFieldOfAnyLayer: Bool {
    guard case .path(let parts, isForced: false) = self else { return false }
    return SelectorPart.looksLikeField(parts)
  }
}
