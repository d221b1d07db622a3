import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Plan {
  /// A parameter whose elements a rule asserts to be finite after the run: whoever carries the plan out looks at them first.
  public struct FiniteClaim: Sendable {
    /// The rule.
    public let rule: Int
    /// The parameter.
    public let leaf: Int
    /// Which elements; nil for all.
    public let region: Region?
  }
}

/// An assertion with what it is about in one tree.
struct ClaimedLeaves {
  let rule: Int
  let claim: Claim
  let leaves: [Int]
}

/// Holds assertions against what rules come to.
struct ClaimCheck {
  let rules: [Rule]
  let inventory: Inventory
  let values: (any PartValues)?
  let config: ModelConfig?
  /// The steps of each parameter, by the first leaf of its tie.
  private let steps: [Int: [Plan.Step]]

  init(
    _ rules: [Rule], _ steps: Plan.Steps, _ inventory: Inventory, _ values: (any PartValues)?, _ config: ModelConfig?
  ) {
    (self.rules, self.inventory, self.values, self.config) = (rules, inventory, values, config)
    let parameters = inventory.columns.parameters
    self.steps = Dictionary(grouping: steps) { Int(parameters[$0.leaf].tie) }
  }

  /// - Returns: what has to be looked at when values are there.
  /// - Throws: ``Diagnostics/ErrorCode/assertionFailed``; what is wrong with parts.
  func check(_ claimed: ClaimedLeaves) throws(Diagnostic) -> [Plan.FiniteClaim] {
    switch claimed.claim {
    case .shape(let sizes):
      try requireShape(sizes, claimed)
      return []
    case .untouched(let except):
      try requireUntouched(claimed, except: except)
      return []
    case .finite:
      var finite: [Plan.FiniteClaim] = []
      for leaf in claimed.leaves {
        guard let part = rules[claimed.rule].part else {
          finite.append(Plan.FiniteClaim(rule: claimed.rule, leaf: leaf, region: nil))
          continue
        }
        guard let region = try inventory.region(of: part, ofLeaf: leaf, values: values, config: config) else {
          continue
        }
        finite.append(Plan.FiniteClaim(rule: claimed.rule, leaf: leaf, region: region))
      }
      return finite
    }
  }

  private func requireShape(_ sizes: [Int?], _ claimed: ClaimedLeaves) throws(Diagnostic) {
    let wrong = claimed.leaves.filter { leaf in
      let shape = inventory.leaves[leaf].shape
      return shape.rank != sizes.count || !zip(shape.sizes, sizes).allSatisfy { $1 == nil || $0 == $1 }
    }
    guard let first = wrong.first else { return }
    let expected = Claim.shape(sizes).description.dropFirst("shape ".count)
    throw failed(claimed, wrong, expected: "\(expected)", found: "\(inventory.leaves[first].shape)")
  }

  private func requireUntouched(_ claimed: ClaimedLeaves, except: [Selector]) throws(Diagnostic) {
    let exceptions = try except.map { (selector) throws(Diagnostic) in
      let leaves = try inventory.match(selector).keepTargets(in: inventory)
      guard !leaves.isEmpty || selector.allowsNoMatch else {
        throw inventory.nothingMatches(selector, rule: rules[claimed.rule].text)
      }
      return (leaves: Set(leaves), part: selector.part)
    }
    var (wrong, found): ([Int], String?) = ([], nil)
    for leaf in claimed.leaves {
      guard let step = try stepTouching(leaf, claimed, exceptions) else { continue }
      wrong.append(leaf)
      found = found ?? "'\(rules[step.rule].text)' fills \(step.region == nil ? "it" : "a part of it")"
    }
    guard !wrong.isEmpty else { return }
    throw failed(claimed, wrong, expected: "that no rule fills it", found: found)
  }

  /// A step that fills what is claimed of a parameter, and no exception.
  private func stepTouching(
    _ leaf: Int, _ claimed: ClaimedLeaves, _ exceptions: [(leaves: Set<Int>, part: Part?)]
  ) throws(Diagnostic) -> Plan.Step? {
    guard let steps = steps[Int(inventory.columns.parameters[leaf].tie)] else { return nil }
    guard let own = try elements(of: rules[claimed.rule].part, leaf) else { return nil }
    var others: [Region.Elements] = []
    for exception in exceptions where exception.leaves.contains(leaf) {
      if let elements = try elements(of: exception.part, leaf) { others.append(elements) }
    }
    guard !others.contains(.all) else { return nil }
    let shape = inventory.leaves[leaf].shape
    func count(_ region: Region, without others: [Region.Elements]) -> Int {
      RegionMap(Region(region.elements, without: region.without + others), in: shape)?.selectedCount ?? 0
    }
    return steps.first { step in
      let region = step.region ?? Region(.all)
      let all = count(region, without: others)
      return own == .all ? all > 0 : all > count(region, without: others + [own])
    }
  }

  private func elements(of part: Part?, _ leaf: Int) throws(Diagnostic) -> Region.Elements? {
    guard let part else { return .all }
    return try inventory.region(of: part, ofLeaf: leaf, values: values, config: config)?.elements
  }

  private func failed(
    _ claimed: ClaimedLeaves, _ wrong: [Int], expected: String, found: String?
  ) -> Diagnostic {
    let names = wrong.map { inventory.path(ofLeaf: $0).description }
    let more = names.dropFirst().prefix(4).joined(separator: ", ")
    let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
    return Diagnostic.assertionFailed(
      rules[claimed.rule].text, at: names[0], expected: expected, found: found,
      notes: more.isEmpty ? [] : ["the same of \(more)\(rest)"])
  }
}

extension Diagnostic {
  /// What a rule asserts is not so.
  package static func assertionFailed(
    _ rule: String, at place: String, expected: String, found: String?, notes: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      .assertionFailed, "an assertion does not hold: '\(rule)'", at: place, expected: expected, found: found,
      notes: notes,
      hints: ["reinit apply FILE --dry-run … prints which rule fills what"])
  }

  /// An element that is asserted to be finite is not.
  package static func notFinite(_ rule: String, at place: String, element: Int, in shape: Shape) -> Diagnostic {
    var (rest, index): (Int, [Int]) = (element, [])
    for size in shape.sizes.reversed() {
      index.insert(rest % size, at: 0)
      rest /= size
    }
    return assertionFailed(
      rule, at: "\(place)[\(index.map(String.init).joined(separator: ", "))]", expected: "a finite number",
      found: "NaN or an infinity")
  }
}

extension Plan {
  /// Looks at what rules assert to be finite, in a model that the plan was carried out on.
  /// - Throws: ``Diagnostics/ErrorCode/assertionFailed``.
  func requireFinite(in model: some Node) throws(Diagnostic) {
    guard !finite.isEmpty else { return }
    try requireFinite(of: try model.leaves(ties: .every).map(\.tensor))
  }

  /// The same in tensors, by leaf.
  func requireFinite(of tensors: [Tensor]) throws(Diagnostic) {
    for claim in finite {
      let (tensor, place) = (tensors[claim.leaf], inventory.path(ofLeaf: claim.leaf).description)
      guard !tensor.isLazy else { continue }
      let isMeant = claim.region.flatMap { RegionMap($0, in: tensor.shape) }
      let wrong = tensor.withBytes { bytes in
        guard let isMeant else { return tensor.dtype.firstNotFinite(in: bytes) }
        return isMeant.firstNotFinite(in: bytes, tensor.dtype)
      }
      if let wrong { throw Diagnostic.notFinite(rules[claim.rule].text, at: place, element: wrong, in: tensor.shape) }
    }
  }
}

extension RegionMap {
  /// The first element that is meant and no finite number.
  fileprivate func firstNotFinite(in bytes: UnsafeRawBufferPointer, _ dtype: DType) -> Int? {
    var wrong: Int?
    let size = dtype.size
    forEachSelected(in: 0..<count) { run in
      for index in 0..<run.count where wrong == nil {
        let element = run.element + index * run.step
        let part = UnsafeRawBufferPointer(rebasing: bytes[element * size..<(element + 1) * size])
        if dtype.firstNotFinite(in: part) != nil { wrong = element }
      }
    }
    return wrong
  }
}
