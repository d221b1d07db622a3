import Diagnostics
import Functors
import Initializers
import LayerVocabulary

extension SelectorMatch {
  /// What a fill reaches: the parameters named, and the weights below the layers and branches named.
  ///
  /// - Parameters:
  ///   - everyRole: Whether all parameters and buffers below are reached, as by `default`.
  ///   - isForAnyRole: Whether what ends a residual branch may be filled together, weights and biases.
  ///   - rule: The rule's text, for errors.
  ///   - isInside: Which leaves count at all; nil for every one.
  /// - Returns: Leaves in order; possibly none.
  /// - Throws: ``Diagnostics/ErrorCode/mixedRoles``.
  public func fillTargets(
    in inventory: Inventory, everyRole: Bool = false, isForAnyRole: Bool = false, rule: String? = nil,
    among isInside: ((Int) -> Bool)? = nil
  ) throws(Diagnostic) -> [Int] {
    var targets = reached(in: inventory, everyRole: everyRole)
    if let isInside { targets.removeAll { !isInside($0) } }
    let roles = inventory.roles(of: targets)
    guard everyRole || roles.count < 2 || isResidualOut && isForAnyRole else {
      throw mixed(roles, targets, in: inventory, rule)
    }
    return targets
  }

  private func mixed(_ roles: [ParameterRole], _ targets: [Int], in inventory: Inventory, _ rule: String?)
    -> Diagnostic
  {
    Diagnostic(
      .mixedRoles, "\(subject(rule)) reaches parameters of \(roles.count) roles",
      expected: "parameters of one role", found: inventory.counts(of: targets),
      hints: roles.map { role in
        inventory.hint(for: role, of: targets, narrowing: selector, RuleSpelling(rule))
      })
  }

  private func subject(_ rule: String?) -> String {
    (rule ?? selector?.description).map { "'\($0)'" } ?? "the rule"
  }
}

extension Inventory {
  /// Things are named, and none of them can be filled.
  func nothingToFill(_ match: SelectorMatch, _ selector: Selector, _ spelling: RuleSpelling) -> Diagnostic {
    let all = match.keepTargets(in: self)
    let frozen = all.filter { leaves[$0].isFrozen }
    let others = all.filter { !leaves[$0].isFrozen }
    var result = Diagnostic(
      .ruleMatchesNothing,
      "\(spelling.subject(selector)) reaches no \(all.isEmpty ? "parameters" : "weights")",
      expected: "parameters in the role weight", found: all.isEmpty ? "none in any role" : counts(of: all))
    if let leaf = frozen.first {
      result.notes.append("frozen, and reached only by an exact path: \(tensors(frozen.count))")
      result.hints.append("for one of them: \(spelling.text(exact(leaf)))")
    }
    result = telling(result, ofComputedWeightsAmong: others)
    result.hints += roles(of: others).filter { $0 != .weight }.map { role in
      hint(for: role, of: others, narrowing: selector, spelling)
    }
    return result.hinting("add '?' to accept no match: \(spelling.text(selector.allowingNoMatch))")
  }

  /// A selector for the leaves of one role.
  fileprivate func hint(
    for role: ParameterRole, of leaves: [Int], narrowing selector: Selector?, _ spelling: RuleSpelling
  ) -> String {
    let narrow = narrowed(selector, to: role, reaching: leaves.filter { self.leaves[$0].role == role })
    return "for role \(role.rawValue): \(spelling.text(narrow.selector)) (\(tensors(narrow.count)))"
  }
}

/// How a rule is written with another selector.
struct RuleSpelling {
  private let rule: String?

  init(_ rule: String?) { self.rule = rule }

  /// What an error is about: the rule if it is known.
  func subject(_ selector: Selector) -> String { "'\(rule ?? selector.description)'" }

  /// The rule with a selector in place of its own, in quotes.
  func text(_ selector: Selector) -> String {
    guard let rule else { return "'\(selector)'" }
    let initializer = RuleText.halves(of: rule).initializer
    return initializer.map { "'\(selector)=\($0)'" } ?? "'keep \(selector)'"
  }
}

/// A number of tensors, in words.
func tensors(_ count: Int) -> String { count == 1 ? "1 tensor" : "\(count) tensors" }

extension Inventory {
  /// The roles of some leaves, in a fixed order.
  fileprivate func roles(of leaves: [Int]) -> [ParameterRole] {
    let roles = columns.facts.map(\.role)
    var isPresent = [Bool](repeating: false, count: roles.count)
    for leaf in leaves { isPresent[Int(columns.parameters[leaf].facts)] = true }
    let present = Set(roles.indices.filter { isPresent[$0] }.map { roles[$0] })
    return ParameterRole.allCases.filter(present.contains)
  }

  fileprivate func counts(of leaves: [Int]) -> String {
    roles(of: leaves).map { role in
      "\(role.rawValue): \(tensors(leaves.count { self.leaves[$0].role == role }))"
    }.joined(separator: ", ")
  }

  fileprivate func exact(_ leaf: Int) -> Selector { .exact(path(ofLeaf: leaf).keys.map(\.text)) }

  /// A selector for the leaves of one role among those that another selector reaches.
  ///
  /// It reaches exactly them if such a one is found, else others of that role as well, or the first alone.
  fileprivate func narrowed(
    _ selector: Selector?, to role: ParameterRole, reaching leaves: [Int]
  ) -> (selector: Selector, count: Int) {
    if leaves.count == 1 { return (exact(leaves[0]), 1) }
    var nearest: (selector: Selector, count: Int)?
    for candidate in (selector?.narrowings(to: role) ?? []) + typedFields(of: leaves) {
      guard let match = try? match(candidate) else { continue }
      let found = match.reached(in: self)
      if found == leaves { return (candidate, found.count) }
      let others = found.contains { self.leaves[$0].role != role }
      if nearest == nil, !found.isEmpty, !others { nearest = (candidate, found.count) }
    }
    return nearest ?? (exact(leaves[0]), 1)
  }

  /// `BatchNorm.weight`, if that is what the first of some leaves is.
  private func typedFields(of leaves: [Int]) -> [Selector] {
    guard let leaf = leaves.first.map({ self.leaves[$0] }), leaf.owner >= 0,
      let kind = kind(of: Int(leaf.owner))
    else { return [] }
    return
      (try? Selector(parsing: "\(kind.name).\(SelectorPart.literal(entries[Int(leaf.entry)].field).text)"))
      .map { [$0] } ?? []
  }
}

extension Selector {
  /// Selectors of a role: below what this one names, anywhere, and below or beside what its last part names.
  fileprivate func narrowings(to role: ParameterRole) -> [Selector] {
    guard let last = steps.last else { return [] }
    func selector(_ steps: [Step]) -> Selector { Selector(steps: steps, part: part) }
    let (below, beside) = (
      Step(relation: .inside, target: .role(role)), Step(relation: .directly, target: .role(role))
    )
    let wide = [selector(steps + [below]), selector([below])]
    guard let shorter = last.target.withoutLastPart else { return wide }
    let front = steps.dropLast() + [Step(relation: last.relation, target: shorter)]
    let narrow = [selector(front + [beside]), selector(front + [below])]
    return last.target.lastPart == .deep ? narrow.reversed() + wide : wide + narrow
  }
}

extension Selector.Target {
  /// The layers or branches above what a path's last part names.
  fileprivate var withoutLastPart: Selector.Target? {
    switch self {
    case .type(let name, let path): path.isEmpty ? nil : .type(name, path: path.dropLast())
    case .path(let path, let isForced): path.count < 2 ? nil : .path(path.dropLast(), isForced: isForced)
    case .role, .residualOut: nil
    }
  }
}
