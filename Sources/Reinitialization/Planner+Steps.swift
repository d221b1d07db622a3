import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

extension Planner {
  /// Merges ties and resolves each winner's numbers.
  func plan(
    seed: UInt64, prefix: TreePath, library: (any SourceLibrary)?, config: ModelConfig?,
    values: (any PartValues)?, predecessors: [ByteName: Predecessor]?
  ) throws(Diagnostic) -> Plan {
    let columns = inventory.columns
    let ties = tieGroups()
    var resolution = Resolution(
      rules, inventory, prefix, ties: ties, library: library, config: config, predecessors: predecessors)
    let isFill = rules.map(\.isFill)
    var (kept, untouched): ([(leaf: Int, rule: Int)], [Int]) = ([], [])
    for leaf in columns.parameters.indices where Int(columns.parameters[leaf].tie) == leaf {
      let group = ties.isEmpty ? nil : ties[leaf]
      if !partRules.isEmpty, let layers = layers(of: group ?? [leaf]) {
        let whole = try group.map(winner) ?? (winners[leaf] < 0 ? nil : Int(winners[leaf]))
        let isFilled = try resolution.append(group.map(canonical) ?? leaf, layers, over: whole, values)
        guard !isFilled else { continue }
        if let keep = layers.last(where: { !isFill[$0] }) ?? whole {
          kept.append((leaf, keep))
        } else {
          untouched.append(leaf)
        }
        continue
      }
      guard let winner = try group.map(winner) ?? (winners[leaf] < 0 ? nil : Int(winners[leaf])) else {
        untouched.append(leaf)
        continue
      }
      let canonical = group.map(canonical) ?? leaf
      resolution.count(canonical, for: winner)
      if isFill[winner] {
        try resolution.append(canonical, winner)
      } else {
        kept.append((leaf, winner))
      }
    }
    try resolution.checkNothingRefused()
    try resolution.checkConditionsHold()
    let check = ClaimCheck(rules, resolution.steps, inventory, values, config)
    var finite: [Plan.FiniteClaim] = []
    for claimed in claimed {
      finite += try check.check(claimed)
      for leaf in claimed.leaves { resolution.count(leaf, for: claimed.rule) }
    }
    resolution.close(values)
    for rule in unreached { resolution.setUnreached(rule) }
    return Plan(
      seed: seed, steps: resolution.steps, rules: resolution.reports, kept: kept, untouched: untouched,
      warnings: warnings, finite: finite, inventory: inventory)
  }

  /// The leaves of each tied parameter, by its first leaf.
  private func tieGroups() -> [Int: [Int]] {
    var groups: [Int: [Int]] = [:]
    for (leaf, value) in inventory.columns.parameters.enumerated() where Int(value.tie) != leaf {
      groups[Int(value.tie), default: [Int(value.tie)]].append(leaf)
    }
    return groups
  }

  private func canonical(of group: [Int]) -> Int {
    if let stored = group.first(where: inventory.columns.isStoredName) { return stored }
    return group.min { inventory.path(ofLeaf: $0) < inventory.path(ofLeaf: $1) } ?? group[0]
  }

  /// The rules about parts of one parameter that no later rule about all of it has covered, in order; nil for none.
  ///
  /// Those of all its paths: a part of a tied parameter is one part.
  private func layers(of group: [Int]) -> [Int]? {
    let whole = group.map { winners[$0] }.max() ?? -1
    let rules = Set(group.flatMap { partRules[$0] ?? [] }).filter { $0 > whole }
    return rules.isEmpty ? nil : rules.sorted().map(Int.init)
  }

  /// The rule that wins at all paths of one parameter that any rule matches; a conflict if they disagree.
  private func winner(of group: [Int]) throws(Diagnostic) -> Int? {
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
}

/// The draws that a rule has for facts; −1 for none.
private struct KnownDraws {
  /// By facts, where a tree has few kinds of them.
  private var few: [Int32] = []
  private var many: [Int32: Int32] = [:]

  func draw(for facts: Int) -> Int32 { few.isEmpty ? many[Int32(facts)] ?? -1 : few[facts] }

  mutating func keep(_ draw: Int32, for facts: Int, of count: Int) {
    if few.isEmpty, count <= 1024 { few = Array(repeating: -1, count: count) }
    if few.isEmpty { many[Int32(facts)] = draw } else { few[facts] = draw }
  }
}

/// Resolves the numbers of the steps of a plan; once for all parameters that are alike.
struct Resolution {
  var steps: Plan.Steps
  var reports: [Plan.RuleReport]
  let rules: [Rule]
  let reader: PlaceReader
  let columns: InventoryColumns
  /// The rules whose conditions held somewhere, and those whose did nowhere.
  var conditions: (met: Set<Int>, unmet: [Int: String]) = ([], [:])
  let config: ModelConfig?
  /// For each facts, the elements that count as parameters: none of buffers.
  let sizes: [Int]
  /// For each rule and facts, the draw; −1 where it is not known or depends on the place.
  private var known: [KnownDraws]
  /// The parameters for which `default` has no value, and what it said of the first.
  private var refused: [Int] = []
  private var firstRefusal: Diagnostic?

  init(
    _ rules: [Rule], _ inventory: Inventory, _ prefix: TreePath, ties: [Int: [Int]], library: (any SourceLibrary)?,
    config: ModelConfig?, predecessors: [ByteName: Predecessor]?
  ) {
    self.rules = rules
    self.config = config
    columns = inventory.columns
    sizes = columns.facts.map { $0.role == .buffer ? 0 : $0.shape.count }
    steps = Plan.Steps(
      inventory: inventory, prefix: prefix, initializers: rules.map { $0.initializer?.description ?? "" },
      usesFans: rules.map { $0.initializer?.usesFans ?? false }, library: library, ties: ties)
    reports = rules.map {
      Plan.RuleReport(text: $0.text, isFill: $0.isFill, isAssertion: $0.claim != nil, recipe: $0.recipe)
    }
    reader = PlaceReader(inventory.columns, prefix: prefix, library: library, predecessors: predecessors)
    known = Array(repeating: KnownDraws(), count: rules.count)
  }

  /// Notes that a rule reached nothing.
  mutating func setUnreached(_ rule: Int) { reports[rule].isReached = false }

  /// Counts a parameter that a rule won.
  mutating func count(_ leaf: Int, for rule: Int) {
    reports[rule].tensors += 1
    reports[rule].parameters += sizes[Int(columns.parameters[leaf].facts)]
    if reports[rule].example == nil { reports[rule].example = columns.path(ofLeaf: leaf).description }
  }

  /// Adds the step of a parameter that a rule fills.
  mutating func append(_ leaf: Int, _ rule: Int) throws(Diagnostic) {
    guard let draw = try draw(leaf, rule) else { return }
    steps.entries.append(Plan.Steps.Entry(leaf: Int32(leaf), rule: Int32(rule), draw: draw))
  }

  /// The number of the draw that a rule comes to for all of a parameter; nil where `default` has no value for it.
  mutating func draw(_ leaf: Int, _ rule: Int) throws(Diagnostic) -> Int32? {
    let facts = Int(columns.parameters[leaf].facts)
    var draw = known[rule].draw(for: facts)
    if draw < 0 {
      draw = Int32(steps.draws.count)
      do { steps.draws.append(try resolve(leaf, columns.facts[facts], rules[rule])) } catch {
        guard error.code == .noFreshState else { throw error }
        refused.append(leaf)
        firstRefusal = firstRefusal ?? error
        return nil
      }
      if !reader.wasAsked() { known[rule].keep(draw, for: facts, of: columns.facts.count) }
    }
    return draw
  }

  /// - Throws: what `default` said of the first parameter that it has no value for, with the names of the others.
  func checkNothingRefused() throws(Diagnostic) {
    guard var refusal = firstRefusal else { return }
    let others = refused.dropFirst()
    if !others.isEmpty {
      let names = others.prefix(12).map { "'\(steps.name(ofLeaf: $0))'" } + (others.count > 12 ? ["…"] : [])
      refusal.notes.append("nor is it known of \(others.count) more: \(names.joined(separator: ", "))")
    }
    throw refusal
  }

  private func resolve(_ leaf: Int, _ facts: ParameterFacts, _ rule: Rule) throws(Diagnostic) -> Draw {
    try resolve(leaf, facts, rule, as: nil)
  }

  /// - Parameters:
  ///   - part: what is filled of the tensor; nil for all.
  ///   - byItself: whether the method makes it as a tensor by itself.
  func resolve(
    _ leaf: Int, _ facts: ParameterFacts, _ rule: Rule, as part: PartContext?, byItself: Bool = true
  ) throws(Diagnostic) -> Draw {
    guard let initializer = rule.initializer else { return .constant(0) }
    try refuseUnfillable(leaf, facts, rule)
    var context = ParameterContext(
      leaf: leaf, of: reader, shape: facts.shape, dtype: facts.dtype, role: facts.role, geometry: facts.geometry,
      otherGeometries: facts.otherGeometries, fresh: facts.fresh, config: config)
    if let part { context.tell(part, byItself: byItself) }
    do { return try initializer.draw(for: context) } catch {
      let pasteable = steps.inventory.pasteable(Int(columns.parameters[leaf].entry))
      throw error.hinting(pasteable, for: context.name).at("\(steps.name(ofLeaf: leaf)), rule '\(rule.text)'")
    }
  }

  /// Integers and packed values are filled by `default` alone, where they are a layer's own buffers.
  private func refuseUnfillable(_ leaf: Int, _ facts: ParameterFacts, _ rule: Rule) throws(Diagnostic) {
    guard !facts.dtype.isFloatingPoint else { return }
    if rule.initializer?.reachesEveryRole == true, facts.role == .buffer, facts.dtype != .opaque { return }
    let inventory = steps.inventory
    throw Diagnostic(
      .notFillable, "a tensor whose elements are not floating-point numbers cannot be filled",
      at: "\(inventory.path(ofLeaf: leaf)), rule '\(rule.text)'", expected: DType.floatingPointNames,
      found: "\(facts.dtype)",
      hints: ["leave it as it is: --keep '\(inventory.pasteable(Int(columns.parameters[leaf].entry)))'"])
  }
}

extension Diagnostic {
  /// The same with hints that spell a name as a selector does, where it has to be quoted.
  fileprivate func hinting(_ selector: String, for name: String) -> Diagnostic {
    guard !selector.utf8.elementsEqual(name.utf8) else { return self }
    var copy = self
    copy.hints = hints.map { hint in
      var hint = hint
      for end in ["'", "="] {
        guard let range = hint.firstRange(of: "'\(name)\(end)") else { continue }
        hint.replaceSubrange(range, with: "'\(selector)\(end)")
      }
      return hint
    }
    return copy
  }
}
