import Diagnostics
import Tensors

extension Node {
  /// A copy with another node at a path; if what was there is tied, the new one stands at all places of the
  /// tie.
  ///
  ///     let transferred = try model.replacing("fc", with: Dense(2048, 10))
  ///
  /// Of the nodes that have the path, a wrapper and what it holds, the one of the new node's type is
  /// replaced, or else the innermost one that can be: a tensor given for a tied or frozen one stays tied or
  /// frozen. An absent field can be filled, and an optional one emptied with ``Absent``.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchPath``; ``Diagnostics/ErrorCode/rebuildMismatch`` if the place holds
  ///   another type; ``Diagnostics/ErrorCode/cannotPrune``; ``Diagnostics/ErrorCode/shapeMismatch`` for a tensor of
  ///   another shape.
  public func replacing(_ path: TreePath, with node: any Node) throws(Diagnostic) -> Self {
    let spine = spine(to: path)
    guard spine.found else { throw noSuchPath(path) }
    let node = node.presented
    var failure: Diagnostic?
    for candidate in candidates(spine.steps, for: node) {
      try checkShape(of: node, against: candidate.last?.target ?? presented, at: path)
      do throws(Diagnostic) {
        return try replaced(candidate, with: node).present(as: Self.self, named: "the root")
      } catch {
        failure = failure ?? error.at(path.description)
      }
    }
    throw failure ?? noSuchPath(path)
  }

  /// The places with that path, in the order in which they are tried.
  private func candidates(_ spine: [Step], for node: any Node) -> [[Step]] {
    var places = [spine]
    while let target = (places[places.count - 1].last?.target ?? presented) as (any Node)?,
      target.tensor == nil
    {
      let children = target.children
      guard children.count == 1, children[0].key.isUnnamed, places.count < 64 else { break }
      places.append(places[places.count - 1] + [Step(node: target, children: children, index: 0)])
    }
    let type = type(of: node)
    let exact = places.filter { Swift.type(of: $0.last?.target ?? presented) == type }
    return exact + places.reversed()
  }

  private func checkShape(of node: any Node, against old: any Node, at path: TreePath) throws(Diagnostic) {
    guard let new = node as? Tensor, let old = old as? Tensor, new.shape != old.shape else { return }
    throw Diagnostic(
      .shapeMismatch, "a tensor of another shape for '\(path)'", at: path.description,
      expected: "\(old.shape)", found: "\(new.shape)")
  }

  /// The tree rebuilt along a way, and its ties made whole.
  private func replaced(_ spine: [Step], with node: any Node) throws(Diagnostic) -> any Node {
    var results: [NodeIdentity: any Node] = [:]
    if let identity = (spine.last?.target ?? presented).identity { results[identity] = node }
    var node = node
    for step in spine.reversed() {
      var parts = step.children.map(\.node)
      parts[step.index] = node
      node = try step.node.rebuilt(from: parts)
      if let identity = step.node.identity { results[identity] = node }
    }
    return try retied(node, of: presented, results: results)
  }
}
