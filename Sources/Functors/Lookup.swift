import Diagnostics
import Tensors

/// A child of a node, by position.
struct Step {
  let node: any Node
  let children: [NodeChild]
  let index: Int
  var target: any Node { children[index].node }
}

extension Node {
  /// The node that has that path: the outermost one, if unnamed children have it too; nil for an absent one.
  ///
  /// What is tied or frozen is found as `Shared` and `Frozen`; ``tensor(at:)`` looks into them.
  /// - Complexity: O(depth × children).
  public subscript(path path: TreePath) -> (any Node)? {
    let spine = spine(to: path)
    guard spine.found else { return nil }
    let node = spine.steps.last?.target ?? presented
    return node.isAbsent ? nil : node
  }

  /// The tensor that has that path, tied and frozen ones included.
  public func tensor(at path: TreePath) -> Tensor? { self[path: path]?.innermostTensor }

  /// Whether a node has that path; absent ones do not.
  public func contains(_ path: TreePath) -> Bool { self[path: path] != nil }

  /// What stands at a path: `Absent` where the path leads to or through what is absent, nil where it leads nowhere.
  package func holder(at path: TreePath) -> (any Node)? {
    let spine = spine(to: path)
    let node = spine.steps.last?.target ?? presented
    return spine.found || node.isAbsent ? node : nil
  }

  /// The way to the node that has a path, or as far as there is one.
  func spine(to path: TreePath) -> (steps: [Step], found: Bool) {
    var steps: [Step] = []
    for key in path.keys where !key.isUnnamed {
      guard let next = Step.way(to: key, from: steps.last?.target ?? presented) else { return (steps, false) }
      steps += next
    }
    return (steps, true)
  }

  /// An error that says how far a path leads, and which names there are from there on.
  func noSuchPath(_ path: TreePath) -> Diagnostic {
    let steps = spine(to: path).steps
    let last = ChildIndex(steps.last?.target ?? presented)
    let known = steps.map { $0.children[$0.index].key }.filter { !$0.isUnnamed }
    let names = last.named.filter { !$0.node.isAbsent }.map(\.key.text)
    let missing = path.keys.filter { !$0.isUnnamed }.dropFirst(known.count).first?.text ?? ""
    let place = known.isEmpty ? "the root" : "'\(TreePath(known))'"
    return Diagnostic(
      .noSuchPath, "no node has the path '\(path)'", at: path.description,
      expected: "a child of \(place): \(Diagnostic.list(names, of: last.node))", found: "'\(missing)'",
      hints: Suggestion.hint(for: missing, in: names))
  }
}

extension Step {
  private struct Level {
    let node: any Node
    let children: [NodeChild]
    /// Through which level, and which child of it, this one was reached.
    let from: Int
    let index: Int
  }

  /// The way to the outermost child of that name, through unnamed children if need be.
  static func way(to key: PathKey, from node: any Node) -> [Step]? {
    var levels = [Level(node: node, children: node.children, from: -1, index: 0)]
    var seen: Set<NodeIdentity> = []
    var head = 0
    while head < levels.count {
      let level = levels[head]
      if let index = level.children.firstIndex(where: { $0.key == key }) { return way(levels, head, index) }
      for (index, child) in level.children.enumerated() where child.key.isUnnamed {
        guard child.node.identity.map({ seen.insert($0).inserted }) ?? true else { continue }
        levels.append(Level(node: child.node, children: child.node.children, from: head, index: index))
      }
      head += 1
    }
    return nil
  }

  private static func way(_ levels: [Level], _ head: Int, _ index: Int) -> [Step] {
    var steps = [Step(node: levels[head].node, children: levels[head].children, index: index)]
    var level = levels[head]
    while level.from >= 0 {
      let above = levels[level.from]
      steps.append(Step(node: above.node, children: above.children, index: level.index))
      level = above
    }
    return steps.reversed()
  }
}
