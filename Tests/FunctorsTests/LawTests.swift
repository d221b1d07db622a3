import Diagnostics
import Functors
import Tensors
import Testing

/// What a tree is made of, in words: types, keys, ties and values, at every place.
func fingerprint(_ node: any Node) throws -> [String] {
  var lines: [String] = []
  try node.forEach(ties: .every) { visit in
    let tensor = visit.tensor.map { "\($0) \($0.elements)" } ?? ""
    lines.append("\(visit.path) \(type(of: visit.node)) \(visit.node.identity?.hashValue ?? 0) \(tensor)")
    return .descend
  }
  return lines
}

/// Whether all places of each tie hold one tensor, not merely equal ones.
func isTied(_ node: any Node) throws -> Bool {
  var tensors: [NodeIdentity: Tensor] = [:]
  var holds = true
  try node.forEach(ties: .every) { visit in
    if let identity = visit.node.identity, let tensor = visit.node.children.first?.node as? Tensor {
      holds = holds && tensors[identity, default: tensor].isIdentical(to: tensor)
      tensors[identity] = tensor
    }
    return .descend
  }
  return holds
}

@Suite("Laws on random trees")
struct LawTests {
  static let seeds: Range<UInt64> = 0..<200
  let double: (Tensor) -> Tensor = { $0 * 2 }
  let shift: (Tensor) -> Tensor = { $0 + 1 }

  @Test("the trees have ties, unnamed and absent children, frozen ones and several element types")
  func coverage() throws {
    var kinds: Set<String> = []
    for seed in Self.seeds {
      try TreeMaker.tree(seed).forEach(ties: .every) { visit in
        try checkLentNames(visit.node.children)
        if visit.node is Absent { kinds.insert("absent") }
        if visit.isFrozen { kinds.insert("frozen") }
        if visit.depth > 1, visit.key.isUnnamed { kinds.insert("unnamed \(type(of: visit.node))") }
        if let tensor = visit.tensor { kinds.insert("\(tensor.dtype)") }
        return .descend
      }
      let tree = TreeMaker.tree(seed)
      if try tree.leaves().count < tree.leaves(ties: .every).count { kinds.insert("repeated tie") }
    }
    let expected = [
      "absent", "frozen", "repeated tie", "unnamed NodeList", "unnamed Shared<NodeList>", "f16", "i64",
    ]
    #expect(kinds.isSuperset(of: expected))
  }

  @Test("mapping the identity gives the same tree") func identity() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let before = try fingerprint(tree)
      #expect(try fingerprint(tree.map(.all) { $0 }) == before, "seed \(seed)")
      #expect(try fingerprint(tree.mapNodes(deciding: { _ in .descend })) == before, "seed \(seed)")
      #expect(try fingerprint(tree.loading(from: tree)) == before, "seed \(seed)")
    }
  }

  @Test("map f, then g, is map g∘f") func composition() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let steps = try fingerprint(tree.map { double($0) }.map { shift($0) })
      #expect(try fingerprint(tree.map { shift(double($0)) }) == steps, "seed \(seed)")
      let otherWay = try fingerprint(tree.map { double(shift($0)) })
      let isMapped = try tree.leaves().contains { $0.tensor.dtype.isFloatingPoint && $0.tensor.count > 0 }
      #expect((otherWay != steps) == isMapped, "seed \(seed)")
    }
  }

  @Test("paths are unique, and each listed one leads to its tensor") func lookups() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let leaves = try tree.leaves(ties: .every)
      #expect(Set(leaves.map(\.path)).count == leaves.count, "seed \(seed)")
      #expect(
        leaves.allSatisfy { tree.tensor(at: $0.path)?.isIdentical(to: $0.tensor) ?? false }, "seed \(seed)")
      #expect(leaves.allSatisfy { tree.tensor(at: TreePath($0.path.description)) == $0.tensor }, "seed \(seed)")
    }
  }

  @Test("a replaced tensor is found at its path and at all places of its tie, and nowhere else")
  func replacing() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let leaves = try tree.leaves(ties: .every)
      var random = Seeded(state: seed)
      guard let leaf = leaves.randomElement(using: &random) else { continue }
      let new = Tensor(repeating: 999, shape: leaf.tensor.shape)
      let replaced = try tree.replacing(leaf.path, with: new)
      for place in leaves {
        let expected = place.tensor.isIdentical(to: leaf.tensor) ? new : place.tensor
        #expect(
          replaced.tensor(at: place.path)?.isIdentical(to: expected) ?? false, "seed \(seed) \(place.path)")
      }
      #expect(try isTied(replaced), "seed \(seed)")
    }
  }

  @Test("zipped with itself a tree maps as alone") func zipped() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      var isSelf = true
      let zipped = try tree.zipMap(with: tree, tree.map { double($0) }) { path, tensor, others in
        isSelf = isSelf && others[0]?.isIdentical(to: tensor) ?? false && others[1] == double(tensor)
        return shift(tensor)
      }
      #expect(try isSelf && fingerprint(zipped) == fingerprint(tree.map { shift($0) }), "seed \(seed)")
    }
  }

  @Test("an outline has the leaves' paths and values in their order, at every place or once") func structure()
    throws
  {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      for ties in [TieVisits.once, .every] {
        let leaves = try tree.leaves(ties: ties)
        let outline = try tree.mapStructure(ties: ties) { $1 }
        #expect(outline.entries.map(\.path) == leaves.map(\.path), "seed \(seed)")
        #expect(outline.values == leaves.map(\.tensor), "seed \(seed)")
        #expect(leaves.allSatisfy { outline[$0.path] == $0.tensor }, "seed \(seed)")
      }
    }
  }

  @Test("a tie is mapped once and stays tied, whatever branches are stopped at or skipped") func ties() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let count = try tree.leaves().filter(\.tensor.dtype.isFloatingPoint).count
      var calls = 0
      let mapped = try tree.map {
        calls += 1
        return $0 * 2
      }
      #expect(try calls == count && isTied(mapped), "seed \(seed)")
      var random = Seeded(state: seed)
      let partly = try tree.map(deciding: { _ in Int.random(in: 0..<4, using: &random) == 0 ? .skip : .descend
      }) { $1 * 2 }
      #expect(try isTied(partly), "seed \(seed)")
      let stopped = try tree.mapNodes(
        deciding: {
          $0.depth > 1 && !($0.node is Absent) && Int.random(in: 0..<3, using: &random) == 0
            ? .stop : .descend
        },
        replacing: { visit in try AnyNode(visit.node).map { $0 * 3 }.value })
      #expect(try isTied(stopped), "seed \(seed)")
    }
  }

  @Test(
    "a node is entered before its children, in order, and left after them; what is skipped is entered alone")
  func order() throws {
    for seed in Self.seeds {
      var open: [Int] = []
      var isNested = true
      var entered = 0
      var left = 0
      try TreeMaker.tree(seed).forEach(ties: .every) { visit in
        entered += 1
        isNested = isNested && visit.depth == open.count && (visit.depth == 0) == (visit.parent == nil)
        if visit.tensor != nil { return .descend }
        if visit.index == 1 { return .skip }
        open.append(entered)
        return .descend
      } after: { visit in
        left += 1
        isNested = isNested && open.count == visit.depth + 1 && visit.tensor == nil
        open.removeLast()
      }
      #expect(isNested && open.isEmpty && left > 0, "seed \(seed)")
    }
  }

  @Test("along its own skeleton a tree maps as alone; along one without a name, only the rest changes")
  func skeletons() throws {
    for seed in Self.seeds {
      let tree = TreeMaker.tree(seed)
      let whole = try tree.map { double($0) }
      #expect(
        try fingerprint(tree.map(along: tree.skeleton(skipping: [])) { double($1) }) == fingerprint(whole))
      let leaves = try tree.leaves()
      guard let name = leaves.last?.path.keys.last else { continue }
      let partly = try tree.map(along: tree.skeleton(skipping: [.named(name)])) { double($1) }
      let skipped = try tree.leaves(ties: .every).filter { $0.path.keys.contains(name) }.map(\.tensor)
      for leaf in leaves where !skipped.contains(where: { $0.isIdentical(to: leaf.tensor) }) {
        #expect(partly.tensor(at: leaf.path) == whole.tensor(at: leaf.path), "seed \(seed) \(leaf.path)")
      }
      for leaf in leaves where leaf.path.keys.contains(name) {
        guard try !isRepeated(leaf, in: tree) else { continue }
        #expect(partly.tensor(at: leaf.path) == leaf.tensor, "seed \(seed) \(leaf.path)")
      }
    }
  }

  private func isRepeated(_ leaf: TensorLeaf, in tree: Group) throws -> Bool {
    try tree.leaves(ties: .every).filter { $0.tensor.isIdentical(to: leaf.tensor) }.count > 1
  }
}
