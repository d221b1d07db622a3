import Diagnostics
import Functors
import Initializers
import LayerVocabulary

extension Inventory {
  /// The error for a selector that names nothing here, or nothing to fill, with the nearest that does.
  ///
  /// - Parameters:
  ///   - rule: The rule's text.
  ///   - types: Names of layer types that are known besides those of the tree's own layers.
  public func nothingMatches(_ selector: Selector, rule: String? = nil, types: [String] = []) -> Diagnostic {
    let spelling = RuleSpelling(rule)
    if let unknown = unknownResidualOut(selector, spelling) { return unknown }
    if let match = try? match(selector, types: types), !match.entries.isEmpty {
      return nothingToFill(match, selector, spelling)
    }
    var result = Diagnostic(.ruleMatchesNothing, "\(spelling.subject(selector)) matches nothing")
    let isKeep = rule.map { RuleText.halves(of: $0).initializer == nil } ?? false
    if let similar = similar(to: selector, isKeep: isKeep, types: types) {
      result.hints.append("a similar selector exists: '\(similar.selector)' (\(tensors(similar.count)))")
    }
    result = telling(result, ofComputedWeightsAmong: leaves.indices)
    return result.hinting("add '?' to accept no match: \(spelling.text(selector.allowingNoMatch))")
  }

  /// What is to be known of weights that are computed from other tensors, which no rule for weights or scales reaches.
  func telling(_ error: Diagnostic, ofComputedWeightsAmong all: some Sequence<Int>) -> Diagnostic {
    let computed = all.filter { leaves[$0].fresh is any RefusedBeginning }
    guard let first = computed.first, let beginning = leaves[first].fresh as? any RefusedBeginning else { return error }
    let refusal = beginning.refusal(of: path(ofLeaf: first).description)
    var result = error
    result.notes.append(
      refusal.message + (computed.count > 1 ? ", and so it is with \(computed.count - 1) more" : "")
        + ": rules for weights and scales do not reach it")
    result.hints += refusal.hints.dropLast()
    return result
  }

  /// The error for an option's path, such as that of `--at`, that leads nowhere.
  package func nothingMatches(_ selector: Selector, option: String) -> Diagnostic {
    let similar = similar(to: selector, isKeep: true, types: [])
    return Diagnostic(
      .outsideBranch, "nothing in this tree has the path of \(option) '\(selector)'",
      hints: similar.map { ["a similar path exists: \(option) '\($0.selector)' (\(tensors($0.count)))"] }
        ?? [])
  }

  /// The nearest selector that reaches something, and how much.
  private func similar(to selector: Selector, isKeep: Bool, types: [String]) -> (
    selector: Selector, count: Int
  )? {
    // Each candidate costs a pass over the tree.
    guard selector.stateCount <= 24 else { return nil }
    for candidate in candidates(near: selector).prefix(32) {
      guard let match = try? match(candidate, types: types) else { continue }
      let count = isKeep ? match.keepTargets(in: self).count : match.reached(in: self).count
      if count > 0 { return (candidate, count) }
    }
    return nil
  }

  private func candidates(near selector: Selector) -> [Selector] {
    let names = vocabulary()
    let types = kinds.flatMap { [$0.name] + $0.aliases }
    let steps = selector.steps.indices
    return steps.map { selector.readAsPath(at: $0) }.filter { $0 != selector }
      + steps.compactMap { selector.readAsType(at: $0, among: types) }
      + steps.flatMap { selector.respelled(at: $0, names: names, types: types) }
      + selector.elsewhere
  }

  /// All names that occur in paths, and the fields' own.
  private func vocabulary() -> Set<ByteName> {
    var names: Set<ByteName> = []
    for entry in entries {
      names.insert(ByteName(entry.key.text))
      names.insert(ByteName(entry.field))
    }
    names.remove(ByteName(""))
    return names
  }
}

extension Selector {
  /// `conv.weight` as `Conv.weight`.
  fileprivate func readAsType(at index: Int, among types: [String]) -> Selector? {
    guard case .path(let path, isForced: false) = steps[index].target, let name = path.first?.literal,
      let type = types.first(where: { $0.lowercased() == name.lowercased() })
    else { return nil }
    return replacing(index, with: .type(.literal(type), path: Array(path.dropFirst())))
  }

  /// The same with one name replaced by a near one; names that do not occur at all come first.
  fileprivate func respelled(at index: Int, names: Set<ByteName>, types: [String]) -> [Selector] {
    switch steps[index].target {
    case .role, .residualOut: return []
    case .type(let type, let path):
      return near(type, in: types).map { replacing(index, with: .type(.literal($0), path: path)) }
        + path.respellings(from: names).map { replacing(index, with: .type(type, path: $0)) }
    case .path(let path, let isForced):
      return path.respellings(from: names).map { path in
        replacing(index, with: .path(path, isForced: isForced || SelectorPart.looksLikeType(path)))
      }
    }
  }

  /// The same inside at any depth, from another place of the tree, and without its first step.
  fileprivate var elsewhere: [Selector] {
    guard steps.count > 1 else { return pathElsewhere }
    let inside = Selector(steps: steps.map { Step(relation: .inside, target: $0.target) })
    return [inside] + pathElsewhere + [Selector(steps: Array(inside.steps.dropFirst()))]
  }

  /// The same path at any depth, and without its first part.
  private var pathElsewhere: [Selector] {
    guard case .path(let path, let isForced) = steps[0].target, path.first != .deep else { return [] }
    let shorter = Array(path.dropFirst())
    return [replacing(0, with: .path([.deep] + path, isForced: false))]
      + (shorter.isEmpty
        ? []
        : [replacing(0, with: .path(shorter, isForced: isForced || SelectorPart.looksLikeType(shorter)))])
  }

  private func replacing(_ index: Int, with target: Target) -> Selector {
    var copy = self
    copy.steps[index].target = target
    return copy
  }
}

extension [SelectorPart] {
  fileprivate func respellings(from names: Set<ByteName>) -> [[SelectorPart]] {
    let unknown = indices.filter { index in self[index].literal.map { !names.contains(ByteName($0)) } ?? false }
    let order = unknown + indices.filter { !unknown.contains($0) }
    return order.flatMap { index in
      near(self[index], in: names.map(\.text)).map { name in
        var copy = self
        copy[index] = .literal(name)
        return copy
      }
    }
  }
}

/// The names nearest to a part; those that differ in a number alone come first, the nearest number leading.
private func near(_ part: SelectorPart, in names: some Sequence<String>) -> [String] {
  guard let word = part.literal, word.utf8.count <= 64 else { return [] }
  let near = Suggestion.nearest(to: word, in: names.lazy.filter { $0 != word }, limit: 8)
  let (form, number) = numbered(word)
  guard let number else { return near }
  let sameForm = near.compactMap { name -> (name: String, distance: Int)? in
    let (other, value) = numbered(name)
    return other == form ? value.map { (name, abs($0 - number)) } : nil
  }.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
  return sameForm + near.filter { !sameForm.contains($0) }
}

/// A name without its last number, and the number.
private func numbered(_ name: String) -> (form: String, number: Int?) {
  guard let end = name.lastIndex(where: \.isASCIIDigit) else { return (name, nil) }
  let digits = name[...end].reversed().prefix(while: \.isASCIIDigit)
  guard digits.count < 10 else { return (name, nil) }
  let start = name.index(end, offsetBy: 1 - digits.count)
  return (name[..<start] + "#" + name[name.index(after: end)...], Int(name[start...end]))
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
