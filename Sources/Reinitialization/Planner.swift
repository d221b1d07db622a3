import Diagnostics
import Functors
import Initializers
import Tensors

extension Plan {
  /// Holds rules against a tree.
  ///
  /// - Parameters:
  ///   - branches: if not empty, only what is at or below one of these selectors is filled or kept.
  ///   - prefix: what stands before every path in the names of streams, for a branch planned by itself.
  /// - Throws: everything that can be wrong with rules for this tree: nothing matched, roles mixed, no fans, ties
  ///   in conflict, tensors that cannot be filled.
  public init(
    _ rules: [Rule], for inventory: Inventory, seed: UInt64, branches: [Selector] = [], prefix: Path = Path()
  ) throws {
    var planner = try Planner(rules, inventory, branches)
    try planner.choose()
    self = try planner.plan(seed: seed, prefix: prefix)
  }
}

/// Decides for each leaf which rule wins, then resolves the winners.
struct Planner {
  private let rules: [Rule]
  private let inventory: Inventory
  /// For each leaf, whether it is inside of the branches; nil for all.
  private let branches: [Bool]?
  /// For each leaf, the last rule that matched; −1 for none.
  private var winners: [Int32]
  private var warnings: [String] = []

  init(_ rules: [Rule], _ inventory: Inventory, _ branches: [Selector]) throws {
    guard !rules.isEmpty else {
      throw Diagnostic(
        .nothingToDo, "there are no rules, so nothing would be filled",
        hints: ["say what to fill: --fill 'Dense.weight=normal(std: 0.02)'"])
    }
    self.rules = rules
    self.inventory = inventory
    self.branches = branches.isEmpty ? nil : try Planner.leaves(in: branches, of: inventory)
    winners = Array(repeating: -1, count: inventory.leaves.count)
  }

  private static func leaves(in branches: [Selector], of inventory: Inventory) throws -> [Bool] {
    var leaves = [Bool](repeating: false, count: inventory.leaves.count)
    for branch in branches {
      let inside = try inventory.match(branch).keepTargets(in: inventory)
      guard !inside.isEmpty else { throw inventory.nothingMatches(branch, option: "--at") }
      for leaf in inside { leaves[leaf] = true }
    }
    return leaves
  }

  /// Applies the rules in order.
  mutating func choose() throws {
    for (index, rule) in rules.enumerated() {
      let inside = try targets(of: rule)
      guard !inside.isEmpty || rule.allowsNoMatch else { throw try nothingMatched(rule) }
      var overridden: Set<Int32> = []
      for leaf in inside {
        overridden.insert(winners[leaf])
        winners[leaf] = Int32(index)
      }
      warn(rule, overriding: overridden)
    }
  }

  private func targets(of rule: Rule) throws -> [Int] {
    let match = try match(rule.place)
    let isInside = branches.map { branches in { (leaf: Int) in branches[leaf] } }
    guard let initializer = rule.initializer else {
      return match.keepTargets(in: inventory).filter { isInside?($0) ?? true }
    }
    return try match.fillTargets(
      in: inventory, everyRole: initializer.reachesEveryRole, rule: rule.text, among: isInside)
  }

  private func match(_ place: Rule.Place) throws -> SelectorMatch {
    switch place {
    case .selector(let selector): try inventory.match(selector)
    case .type(let type, _):
      SelectorMatch(entries: inventory.entries.indices.filter { inventory.entries[$0].type == type })
    case .keyPath(let place, _): SelectorMatch(entries: inventory.entries(of: place))
    case .everything: SelectorMatch(entries: Array(inventory.entries.indices.prefix(1)))
    }
  }

  private func nothingMatched(_ rule: Rule) throws -> Diagnostic {
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

  private mutating func warn(_ rule: Rule, overriding others: Set<Int32>) {
    guard rule.initializer != nil else { return }
    for other in others.sorted() where other >= 0 && rules[Int(other)].initializer == nil {
      warnings.append("'\(rules[Int(other)].text)' is overridden by the later '\(rule.text)'")
    }
  }
}

extension Planner {
  /// Merges ties and resolves each winner's numbers.
  func plan(seed: UInt64, prefix: Path) throws -> Plan {
    let groups = tieGroups()
    var reports = rules.map { Plan.RuleReport(text: $0.text, isFill: $0.initializer != nil) }
    var (steps, kept, untouched): ([Plan.Step], [(leaf: Int, rule: Int)], [Int]) = ([], [], [])
    for leaf in inventory.leaves.indices where Int(inventory.leaves[leaf].tie) == leaf {
      let group = groups[leaf] ?? [leaf]
      guard let winner = try winner(of: group) else {
        untouched.append(leaf)
        continue
      }
      let canonical = group.count == 1 ? leaf : canonical(of: group)
      reports[winner].tensors += 1
      if inventory.leaves[leaf].role != .buffer { reports[winner].parameters += inventory.leaves[leaf].shape.count }
      if reports[winner].example == nil { reports[winner].example = inventory.path(ofLeaf: canonical).description }
      if let initializer = rules[winner].initializer {
        steps.append(try step(canonical, group, winner, initializer, prefix))
      } else {
        kept.append((leaf, winner))
      }
    }
    return Plan(
      seed: seed, steps: steps, rules: reports, kept: kept, untouched: untouched, warnings: warnings,
      inventory: inventory)
  }

  /// The leaves of each tied parameter, by its first leaf.
  private func tieGroups() -> [Int: [Int]] {
    var groups: [Int: [Int]] = [:]
    for (leaf, value) in inventory.leaves.enumerated() where Int(value.tie) != leaf {
      groups[Int(value.tie), default: [Int(value.tie)]].append(leaf)
    }
    return groups
  }

  private func canonical(of group: [Int]) -> Int {
    group.min { inventory.path(ofLeaf: $0) < inventory.path(ofLeaf: $1) } ?? group[0]
  }

  /// The rule that wins at all paths of one parameter that any rule matches; a conflict if they disagree.
  private func winner(of group: [Int]) throws -> Int? {
    let matched = group.filter { winners[$0] >= 0 }
    guard let first = matched.first else { return nil }
    let rule = rules[Int(winners[first])]
    for other in matched.dropFirst() {
      let otherRule = rules[Int(winners[other])]
      guard otherRule.initializer?.description != rule.initializer?.description else { continue }
      throw Diagnostic(
        .tieConflict, "two paths of one tied tensor get different treatment",
        at: "\(inventory.path(ofLeaf: first)) and \(inventory.path(ofLeaf: other))",
        found: "'\(rule.text)' and '\(otherRule.text)'",
        hints: ["make the last rule that matches either path the same for both"])
    }
    return Int(winners[first])
  }

  private func step(
    _ leaf: Int, _ group: [Int], _ rule: Int, _ initializer: any Initializer, _ prefix: Path
  ) throws -> Plan.Step {
    let value = inventory.leaves[leaf]
    try refuseUnfillable(leaf, rules[rule])
    let path = prefix.appending(inventory.path(ofLeaf: leaf)).description
    let context = ParameterContext(
      name: path, shape: value.shape, dtype: value.dtype, role: value.role, geometry: value.geometry,
      otherGeometries: value.otherGeometries, fresh: value.fresh, block: inventory.block(of: Int(value.entry)),
      weightFans: weightFans(beside: value))
    do {
      return Plan.Step(
        leaf: leaf, name: path,
        aliases: group.filter { $0 != leaf }.map { prefix.appending(inventory.path(ofLeaf: $0)).description },
        rule: rule, initializer: initializer.description, draw: try initializer.draw(for: context),
        role: value.role, shape: value.shape, dtype: value.dtype, fans: value.geometry?.fans(of: value.shape),
        usesGuess: value.geometry?.isGuess ?? false && initializer.descriptor.usesFans)
    } catch {
      throw error.at("\(path), rule '\(rules[rule].text)'")
    }
  }

  /// Integers and packed values are filled by `default` alone, where they are a layer's own buffers.
  private func refuseUnfillable(_ leaf: Int, _ rule: Rule) throws(Diagnostic) {
    let value = inventory.leaves[leaf]
    guard !value.dtype.isFloatingPoint else { return }
    if rule.initializer?.reachesEveryRole == true, value.role == .buffer, value.dtype != .opaque { return }
    throw Diagnostic(
      .notFillable, "a tensor whose elements are not floating-point numbers cannot be filled",
      at: "\(inventory.path(ofLeaf: leaf)), rule '\(rule.text)'", expected: "f64, f32, f16 or bf16",
      found: "\(value.dtype)", hints: ["leave it as it is: --keep '\(inventory.pasteable(Int(value.entry)))'"])
  }

  /// The fans of the weight in the same layer, for biases that are scaled by it.
  private func weightFans(beside bias: Inventory.Leaf) -> Fans? {
    guard bias.role == .bias, bias.owner >= 0 else { return nil }
    let weight = inventory.leaves(under: Int(bias.owner)).first { leaf in
      inventory.leaves[leaf].owner == bias.owner && inventory.leaves[leaf].role == .weight
    }
    return weight.flatMap { inventory.leaves[$0].geometry?.fans(of: inventory.leaves[$0].shape) }
  }
}
