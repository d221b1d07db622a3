import Diagnostics
import Functors
import Initializers
import LayerVocabulary

extension Inventory {
  /// A selector whose first step is a path wherever it is one of this tree.
  func resolve(_ selector: Selector, types: [String]) throws(Diagnostic) -> Selector {
    let selector =
      selector.isResidualOutAlone && entries(at: [Selector.residualOut]).isEmpty
      ? selector.asResidualOut : selector
    guard let first = selector.steps.first, case .type(let name, let path) = first.target,
      let names = ([name] + path).literals, !names[0].contains("/"), !entries(at: names).isEmpty
    else { return selector }
    let asPath = selector.readAsPath(at: 0)
    guard let text = name.literal, isType(text, besides: types) else { return asPath }
    let asType = Selector(
      steps: [Selector.Step(relation: .inside, target: .path([.deep], isForced: false))] + selector.steps,
      part: selector.part, allowsNoMatch: selector.allowsNoMatch)
    throw Diagnostic(
      .ambiguousSelector, "'\(selector)' is a path of this tree, and '\(text)' a type of layer",
      hints: ["the path is '\(asPath)'", "layers of that type are '\(asType)'"])
  }

  private func isType(_ name: String, besides types: [String]) -> Bool {
    types.contains(name) || kinds.contains { $0.matches(name) }
  }

  /// The outermost entry at a path, and the parameters that have the same path through unnamed steps.
  /// - Complexity: O(parts · children of each).
  func entries(at names: [String]) -> [Int] {
    guard !entries.isEmpty else { return [] }
    // A tensor without a name stands at the root's own path.
    if names == [""] { return parameters(at: 0) }
    var entry = 0
    for name in names {
      guard let child = child(of: entry, named: name) else { return [] }
      entry = child
    }
    return [entry] + parameters(at: entry)
  }

  /// Numbers are compared, not names: a rule for each of a million siblings takes no minutes.
  private func child(of entry: Int, named name: String) -> Int? {
    let (nodes, codes) = (columns.nodes, columns.names.codes(of: name))
    guard let first = codes.first, let last = codes.last else { return nil }
    let end = Int(nodes[entry].end)
    var index = entry + 1
    while index < end {
      let key = nodes[index].key
      if key == first || key == last { return index }
      index = key == NameTable.unnamed ? index + 1 : Int(nodes[index].end)
    }
    return nil
  }

  /// The parameters that have the path of a node: those below it through unnamed steps only.
  private func parameters(at entry: Int) -> [Int] {
    var found: [Int] = []
    var index = entry + 1
    while index < Int(entries[entry].end) {
      guard entries[index].key.isUnnamed else {
        index = Int(entries[index].end)
        continue
      }
      if entries[index].isLeaf { found.append(index) }
      index += 1
    }
    return found
  }
}

extension Selector {
  /// The same selector with a type's step read as a path.
  func readAsPath(at index: Int) -> Selector {
    guard case .type(let name, let path) = steps[index].target else { return self }
    var copy = self
    copy.steps[index].target = .path([name] + path, isForced: true)
    return copy
  }
}
