import Diagnostics
import Tensors

/// Finds what differs between the occurrences of tied values, by their tensors.
///
/// A first walk, over the original tree, takes down the tied tensors; a second one, over what became of it,
/// finds for each tie the first occurrence that has changed.
struct TieScan: Visitor {
  private struct Open {
    let identity: NodeIdentity
    var leaves = 0
    var isChanged = false
  }
  private var places = Places()
  private var originals: [Int: Tensor] = [:]
  private var leafCounts: [NodeIdentity: Int] = [:]
  private var open: [Open] = []
  private var isComparing = false
  /// For each tie the first occurrence that differs from the original.
  private(set) var changed: [NodeIdentity: any Node] = [:]
  /// Whether the tree has values that may occur twice.
  var hasTies: Bool { !leafCounts.isEmpty }

  /// From here on, what is walked is compared with what was walked before.
  mutating func beginComparing() { isComparing = true }

  mutating func enter(_ visit: borrowing Visit) -> WalkDecision {
    let place = places.place(of: visit)
    let children = visit.node.children
    if let tensor = visit.tensor, children.isEmpty {
      take(tensor, at: place)
    } else if let identity = visit.node.identity {
      open.append(Open(identity: identity))
    }
    return .descend
  }

  private mutating func take(_ tensor: Tensor, at place: Int) {
    guard !open.isEmpty else { return }
    open[open.count - 1].leaves += 1
    if !isComparing {
      originals[place] = tensor
    } else if !(originals[place]?.isIdentical(to: tensor) ?? false) {
      open[open.count - 1].isChanged = true
    }
  }

  mutating func leave(_ visit: borrowing Visit, rebuilt: any Node) -> any Node {
    guard visit.node.identity != nil, let tie = open.popLast() else { return rebuilt }
    var isChanged = tie.isChanged
    if isComparing {
      guard let count = leafCounts[tie.identity] else { return rebuilt }
      isChanged = isChanged || count != tie.leaves
      if isChanged, changed[tie.identity] == nil { changed[tie.identity] = visit.node }
    } else {
      leafCounts[tie.identity] = tie.leaves
    }
    guard !open.isEmpty else { return rebuilt }
    open[open.count - 1].leaves += tie.leaves
    open[open.count - 1].isChanged = open[open.count - 1].isChanged || isChanged
    return rebuilt
  }
}

/// Puts one value at all places of each tie, after a rebuild that did not come to all of them.
///
/// - Parameter results: what nodes with an identity became where the rebuild came to them.
/// - Throws: ``Diagnostics/ErrorCode/tooManyPaths``, ``Diagnostics/ErrorCode/rebuildMismatch``.
func retied(_ result: any Node, of original: any Node, results: [NodeIdentity: any Node]) throws(Diagnostic) -> any Node
{
  var scan = TieScan()
  try original.walk(&scan, ties: .every)
  guard scan.hasTies else { return result }
  scan.beginComparing()
  try result.walk(&scan, ties: .every)
  guard !scan.changed.isEmpty || !results.isEmpty else { return result }
  var driver = Driver(Unchanging(), ties: .once, isRebuilding: true)
  driver.substitutes = results.merging(scan.changed) { _, changed in changed }
  return try driver.run(result)
}

/// A visitor that changes nothing.
struct Unchanging: Visitor {}

extension Driver {
  /// The result with its ties whole, if the walk may have left places of them out.
  func retied(_ result: any Node, of original: any Node) throws(Diagnostic) -> any Node {
    guard isPartial || ties == .every && !seen.isEmpty else { return result }
    return try Functors.retied(result, of: original, results: results)
  }
}

extension Diagnostic {
  /// Ties within ties multiply the places of a node.
  static func tooManyPaths(at path: TreePath) -> Diagnostic {
    Diagnostic(
      .tooManyPaths, "ties within ties give the tree more than \(repeatLimit) further paths",
      at: path.description, hints: ["share at one level, or work on a branch"])
  }
}
