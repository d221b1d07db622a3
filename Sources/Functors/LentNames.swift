import Diagnostics
import Tensors

/// Refuses children of which two would have one path.
///
/// Names must differ, and so must those that unnamed children lend to their parent, at whatever depth they
/// are unnamed. Containers call it where they are made. A tensor without a name stands for the parent itself.
/// - Throws: ``Diagnostics/ErrorCode/lentNameTwice``.
/// - Complexity: O(number of names), and nothing for a single unnamed child, which has been checked itself.
public func checkLentNames(_ children: [NodeChild]) throws(Diagnostic) {
  if children.count == 1, children[0].key.isUnnamed { return }
  var lenders: [PathKey: String] = [:]
  var level = children.map { (child: $0, lender: "the container itself") }
  var seen: Set<NodeIdentity> = []
  while !level.isEmpty {
    var next: [(child: NodeChild, lender: String)] = []
    for (child, lender) in level {
      let isLeaf = child.node.tensor != nil && child.node.children.isEmpty
      guard child.key.isUnnamed, !isLeaf else {
        if let first = lenders.updateValue(lender, forKey: child.key) {
          throw .lentTwice(child.key, first, lender)
        }
        continue
      }
      guard child.node.identity.map({ seen.insert($0).inserted }) ?? true else { continue }
      next += child.node.children.map { ($0, "an unnamed '\(type(of: child.node))'") }
    }
    level = next
  }
}

extension Diagnostic {
  fileprivate static func lentTwice(_ key: PathKey, _ first: String, _ second: String) -> Diagnostic {
    Diagnostic(
      .lentNameTwice, key.isUnnamed ? "two tensors have no name" : "the name '\(key)' occurs twice",
      expected: "one child of that name", found: "one of \(first) and one of \(second)",
      hints: ["name one of the children; their paths then begin with its name"])
  }
}
