import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// What a selector means in one tree.
public struct SelectorMatch: Sendable {
  /// The selector; nil where the entries were found in another way.
  public let selector: Selector?
  /// The nodes and parameters it names, in order.
  public let entries: [Int]
  /// Whether it is exactly one path, which reaches frozen parameters as well.
  let isExactPath: Bool
  /// Whether it is what ends residual branches, biases included.
  let isResidualOut: Bool

  init(entries: [Int], selector: Selector? = nil, isExactPath: Bool = false, isResidualOut: Bool = false) {
    self.entries = entries
    self.selector = selector
    self.isExactPath = isExactPath
    self.isResidualOut = isResidualOut
  }

  /// What a fill reaches, whatever the roles: the parameters named, and the weights below the nodes named.
  ///
  /// - Parameter everyRole: All parameters and buffers below the nodes instead of the weights.
  /// - Returns: Leaves in order.
  package func reached(in inventory: Inventory, everyRole: Bool = false) -> [Int] {
    let columns = inventory.columns
    let isOpen = columns.facts.map { everyRole || $0.role == .weight || isResidualOut && $0.role != .buffer }
    let isFrozen = columns.facts.map(\.isFrozen)
    return select(in: inventory) { leaf, isNamed in
      let facts = Int(columns.parameters[leaf].facts)
      return isFrozen[facts] ? isNamed && isExactPath : isNamed || isOpen[facts]
    }
  }

  /// What a `keep` protects: everything named and everything below, in order.
  public func keepTargets(in inventory: Inventory) -> [Int] { select(in: inventory) { _, _ in true } }

  /// How many parameters of each role a fill reaches.
  public func roles(in inventory: Inventory) -> [ParameterRole: Int] {
    reached(in: inventory).reduce(into: [:]) { $0[inventory.leaves[$1].role, default: 0] += 1 }
  }

  /// The leaves at or below the entries, each once, of which a condition holds.
  /// - Complexity: O(entries + leaves): both stand in the same order, so one cursor suffices.
  private func select(in inventory: Inventory, _ condition: (_ leaf: Int, _ isNamed: Bool) -> Bool) -> [Int] {
    let columns = inventory.columns
    var (cursor, done) = (0, 0)
    var result: [Int] = []
    for entry in entries {
      let range = columns.leaves(under: entry)
      guard range.upperBound > done else { continue }
      for leaf in max(done, range.lowerBound)..<range.upperBound {
        let node = Int(columns.parameters[leaf].entry)
        while cursor < entries.count, entries[cursor] < node { cursor += 1 }
        if condition(leaf, cursor < entries.count && entries[cursor] == node) { result.append(leaf) }
      }
      done = range.upperBound
    }
    return result
  }
}

extension Inventory {
  /// Finds what a selector names, which may be nothing: ``nothingMatches(_:rule:)`` makes an error of that.
  ///
  /// - Parameter types: Names of layer types that are known besides those of the tree's own layers.
  /// - Throws: ``Diagnostics/ErrorCode/ambiguousSelector``.
  /// - Complexity: O(entries · parts of the selector).
  public func match(_ selector: Selector, types: [String] = []) throws(Diagnostic) -> SelectorMatch {
    let resolved = try resolve(selector, types: types)
    if let names = resolved.exactNames {
      return SelectorMatch(entries: entries(at: names), selector: selector, isExactPath: true)
    }
    return SelectorMatch(
      entries: try run(resolved), selector: selector, isResidualOut: resolved.steps.last?.target == .residualOut)
  }

  /// One pass over the tree.
  private func run(_ selector: Selector) throws(Diagnostic) -> [Int] {
    let reachesBuffers = selector.steps.last?.target.reachesBuffers ?? false
    let meanings = kinds.map { kind in { (name: SelectorPart) in kind.matches(name) } }
    let ends = selector.asksForResidualOut ? try residualOutMask() : []
    var matcher = SelectorMatcher(
      SelectorProgram(selector, kinds: meanings, residualOut: ends, reachesBuffers: reachesBuffers), self)
    matcher.run()
    return matcher.matches
  }
}

extension Selector.Target {
  /// Buffers are reached by a name, or by their role.
  fileprivate var reachesBuffers: Bool { self == .role(.buffer) || lastPart?.hasLiteral ?? false }
}

extension LayerKind {
  /// Whether a selector's type name means this kind.
  func matches(_ name: SelectorPart) -> Bool {
    switch name {
    case .literal(let text): matches(text as String)
    case .pattern, .deep: name.matches(self.name) || aliases.contains(where: name.matches)
    }
  }
}
