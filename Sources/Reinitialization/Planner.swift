import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

extension Plan {
  /// Holds rules against a tree.
  ///
  /// - Parameters:
  ///   - branches: if not empty, only what is at or below one of these selectors is filled or kept.
  ///   - prefix: what stands before every path in the names of streams, for a branch planned by itself.
  ///   - library: what opens the checkpoints that initializers read from.
  ///   - config: what expressions call `config`.
  /// - Throws: everything that can be wrong with rules for this tree: nothing matched, roles mixed, no fans, ties
  ///   in conflict, tensors that cannot be filled.
  public init(
    _ rules: [Rule], for inventory: Inventory, seed: UInt64, branches: [Selector] = [], prefix: TreePath = TreePath(),
    library: (any SourceLibrary)? = nil, config: ModelConfig? = nil
  ) throws(Diagnostic) {
    try self.init(
      rules, for: inventory, seed: seed, branches: branches, prefix: prefix, library: library, config: config,
      values: nil, predecessors: nil)
  }

  /// The same with the values that parts are chosen by, and what stands for the old values of some tensors, by their paths.
  package init(
    _ rules: [Rule], for inventory: Inventory, seed: UInt64, branches: [Selector] = [], prefix: TreePath = TreePath(),
    library: (any SourceLibrary)? = nil, config: ModelConfig? = nil, values: (any PartValues)?,
    predecessors: [ByteName: Predecessor]? = nil
  ) throws(Diagnostic) {
    var planner = try Planner(rules, inventory, branches)
    try planner.choose()
    self = try planner.plan(
      seed: seed, prefix: prefix, library: library, config: config, values: values, predecessors: predecessors)
  }
}

extension Plan {
  /// How many nodes all rules together may be held against: some seconds of work.
  private static let workLimit = 1 << 32

  /// Refuses what would keep a processor busy for minutes.
  /// - Throws: ``Diagnostics/ErrorCode/tooManyRules``.
  package static func requireReasonable(rules: Int, nodes: Int) throws(Diagnostic) {
    let most = min(workLimit / max(nodes, 1), Int(Int32.max) - 1)
    guard rules > most else { return }
    throw Diagnostic(
      .tooManyRules, "there are too many rules for a tree of this size",
      expected: "at most \(most) rules for \(nodes) nodes", found: "\(rules) rules",
      hints: ["say with wildcards or types what many rules say: 'layers.*.weight=normal(std: 0.02)'"])
  }
}

/// Decides for each leaf which rule wins, then resolves the winners.
struct Planner {
  let rules: [Rule]
  let inventory: Inventory
  /// For each leaf, whether it is inside of the branches; nil for all.
  private let branches: [Bool]?
  /// For each leaf, the last rule that matched all of it; −1 for none.
  private(set) var winners: [Int32]
  /// For leaves of which rules reached parts since, those rules in order.
  private(set) var partRules: [Int: [Int32]] = [:]
  private(set) var warnings: [String] = []
  /// The rules that reached nothing and may do so.
  private(set) var unreached: [Int] = []
  /// What is asserted, and of which leaves.
  private(set) var claimed: [ClaimedLeaves] = []

  init(_ rules: [Rule], _ inventory: Inventory, _ branches: [Selector]) throws(Diagnostic) {
    guard !rules.isEmpty else {
      throw Diagnostic(
        .nothingToDo, "there are no rules, so nothing would be filled",
        hints: ["say what to fill: --fill 'Dense.weight=normal(std: 0.02)'"])
    }
    try Plan.requireReasonable(rules: rules.count, nodes: inventory.entries.count)
    self.rules = rules
    self.inventory = inventory
    self.branches = branches.isEmpty ? nil : try Planner.leaves(in: branches, of: inventory)
    winners = Array(repeating: -1, count: inventory.leaves.count)
  }

  private static func leaves(in branches: [Selector], of inventory: Inventory) throws(Diagnostic) -> [Bool] {
    var leaves = [Bool](repeating: false, count: inventory.leaves.count)
    for branch in branches {
      let inside = try inventory.match(branch).keepTargets(in: inventory)
      guard !inside.isEmpty else { throw inventory.nothingMatches(branch, option: "--at") }
      for leaf in inside { leaves[leaf] = true }
    }
    return leaves
  }

  /// Applies the rules in order.
  mutating func choose() throws(Diagnostic) {
    var overridden: [Int] = []
    // For each rule the last one that overrode it; one more in front for what no rule had won.
    var overriders = [Int32](repeating: -1, count: rules.count + 1)
    for (index, rule) in rules.enumerated() {
      if let claim = rule.claim {
        try note(claim, of: rule, index)
        continue
      }
      let inside = try targets(of: rule)
      guard !inside.isEmpty || rule.allowsNoMatch else { throw try nothingMatched(rule) }
      if inside.isEmpty { unreached.append(index) }
      overridden.removeAll(keepingCapacity: true)
      for leaf in inside {
        let other = Int(winners[leaf])
        if overriders[other + 1] != Int32(index) {
          overriders[other + 1] = Int32(index)
          if other >= 0 { overridden.append(other) }
        }
        if rule.part != nil {
          partRules[leaf, default: []].append(Int32(index))
        } else {
          winners[leaf] = Int32(index)
          if !partRules.isEmpty { partRules[leaf] = nil }
        }
      }
      if !overridden.isEmpty { warn(rule, overriding: overridden.sorted()) }
    }
    try requireRecipesReach()
  }

  /// Notes what a rule asserts; branches do not bound that.
  private mutating func note(_ claim: Claim, of rule: Rule, _ index: Int) throws(Diagnostic) {
    let leaves = try match(rule.place).keepTargets(in: inventory)
    guard !leaves.isEmpty || rule.allowsNoMatch else { throw try nothingMatched(rule) }
    if leaves.isEmpty { unreached.append(index) }
    claimed.append(ClaimedLeaves(rule: index, claim: claim, leaves: leaves))
  }

  /// - Throws: ``Diagnostics/ErrorCode/recipeReachesNothing`` for a recipe of which no rule reached anything.
  private func requireRecipesReach() throws(Diagnostic) {
    guard !unreached.isEmpty, branches == nil else { return }
    let reached = Set(rules.indices).subtracting(unreached).compactMap { rules[$0].recipe }
    guard let name = unreached.lazy.compactMap({ self.rules[$0].recipe }).first(where: { !reached.contains($0) }) else {
      return
    }
    throw Diagnostic(
      .recipeReachesNothing, "no rule of the recipe '\(name)' reaches anything", at: "--recipe \(name)",
      expected: "layers that it speaks of",
      found: rules.filter { $0.recipe == name }.prefix(3).map { "'\($0.text)'" }.joined(separator: ", "),
      hints: ["reinit summary FILE prints the layers and their paths", "reinit list recipes"])
  }

  private func targets(of rule: Rule) throws(Diagnostic) -> [Int] {
    let match = try match(rule.place)
    let isInside = branches.map { branches in { (leaf: Int) in branches[leaf] } }
    guard let initializer = rule.initializer else {
      return match.keepTargets(in: inventory).filter { isInside?($0) ?? true }
    }
    return try match.fillTargets(
      in: inventory, everyRole: initializer.reachesEveryRole, isForAnyRole: initializer.isForAnyRole, rule: rule.text,
      among: isInside)
  }

  private func match(_ place: Rule.Place) throws(Diagnostic) -> SelectorMatch {
    switch place {
    case .selector(let selector): try inventory.match(selector)
    case .type(let type, _): SelectorMatch(entries: entries(of: type))
    case .keyPath(let place, _): SelectorMatch(entries: inventory.entries(of: place))
    case .everything: SelectorMatch(entries: Array(inventory.entries.indices.prefix(1)))
    }
  }

  private func entries(of type: ObjectIdentifier) -> [Int] {
    let isMeant = inventory.columns.types.map { $0.type == type }
    return inventory.columns.nodes.indices.filter { isMeant[Int(inventory.columns.nodes[$0].type)] }
  }

  private func nothingMatched(_ rule: Rule) throws(Diagnostic) -> Diagnostic {
    let everyRole = rule.initializer?.reachesEveryRole ?? true
    let outside = branches == nil ? 0 : try match(rule.place).reached(in: inventory, everyRole: everyRole).count
    if outside > 0 {
      return Diagnostic(
        .outsideBranch, "a rule reaches only what lies outside of the branches given with --at",
        at: "'\(rule.text)'", found: "\(outside) tensors outside, none inside",
        hints: ["add '?' to the selector to accept no match, or leave out --at"])
    }
    guard case .selector(let selector) = rule.place else {
      return Diagnostic(
        .ruleMatchesNothing, "a rule matches nothing: '\(rule.text)'",
        hints: ["pass optional: true to accept no match"])
    }
    return inventory.nothingMatches(selector, rule: rule.text)
  }

  private mutating func warn(_ rule: Rule, overriding others: [Int]) {
    guard rule.initializer != nil else { return }
    for other in others where rules[other].initializer == nil {
      warnings.append("'\(rules[other].text)' is overridden by the later '\(rule.text)'")
    }
  }
}
