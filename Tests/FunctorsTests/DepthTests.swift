import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Lists of nodes, and trees 100,000 levels deep")
struct DepthTests {
  static let depth = 100_000
  /// Enough for a task's stack of 512 KiB: 52 bytes a level would overflow it.
  static let taskDepth = 10_000

  /// `a.a.….weight`, of lists, plain or in wrappers and ties, with a tensor at the bottom.
  static func chain(_ key: PathKey, levels: Int, wrapping: (any Node) -> any Node = { $0 }) -> NodeList {
    var node = NodeList([("weight", Tensor([1]))])
    for _ in 0..<levels { node = NodeList([(key, wrapping(node))]) }
    return node
  }

  /// Builds, walks, maps, describes, looks up and destroys.
  static func essentials() throws {
    let tree = chain("a", levels: depth)
    let path = try tree.leaves()[0].path
    #expect(path.keys.count == depth + 1)
    #expect(try tree.map { $0 * 2 }.tensor(at: path)?.floats == [2])
    let outline = try tree.mapStructure { $1.count }
    #expect(outline[path] == 1 && outline.description.hasSuffix("weight: 1"))
  }

  static func everything(_ tree: NodeList) throws {
    let path = try tree.leaves()[0].path
    let mapped = try tree.map { $0 * 2 }
    #expect(mapped.tensor(at: path)?.floats == [2] && tree.tensor(at: path)?.floats == [1])
    #expect(try tree.zipMap(with: mapped) { $1 + Double($2.count) }.tensor(at: path)?.floats == [2])
    let outline = try tree.mapStructure { $1.count }
    #expect(outline[path] == 1 && outline.description.hasSuffix("weight: 1"))
    let skeleton = try tree.skeleton(skipping: [])
    #expect(try tree.map(along: skeleton) { $1 * 3 }.tensor(at: path)?.floats == [3])
    #expect(try tree.replacing(path, with: Tensor([4])).tensor(at: path)?.floats == [4])
    #expect(try tree.loading(from: mapped).tensor(at: path)?.floats == [2])
    #expect(throws: Stopped.self) { _ = try tree.map { _ in throw Stopped() } }
    #expect(code { _ = try tree.replacing(path.appending("x" as PathKey), with: Tensor([1])) } == .noSuchPath)
  }

  @Test("100,000 levels on the main thread") @MainActor func main() throws { try Self.essentials() }
  @Test("100,000 levels on the small stack of a task") func task() async throws {
    try await Task { () throws in try Self.essentials() }.value
  }
  @Test(
    "all that walks a tree, on a small stack: levels with names, without, and in ties and wrappers",
    arguments: ["named", "unnamed", "wrapped"])
  func levels(_ kind: String) async throws {
    try await Task { () throws in
      try Self.everything(
        Self.chain(kind == "unnamed" ? "" : "a", levels: Self.taskDepth) { node in
          kind == "wrapped" ? Frozen(AnyNode(Shared(AnyNode(Optional(AnyNode(node)))))) : node
        })
    }.value
  }

  @Test("a tree of any-typed boxes alone is destroyed without recursion") func boxes() async throws {
    try await Task { () throws in
      var node = AnyNode(Tensor([1]))
      for _ in 0..<Self.taskDepth { node = AnyNode(Frozen(node)) }
      #expect(try node.map { $0 * 2 }.leaves()[0].tensor.floats == [2])
    }.value
  }

  @Test("a cycle at the end of a deep tree is found") func deepCycle() throws {
    let knot = Knot([])
    var node = AnyNode(knot)
    for _ in 0..<Self.taskDepth { node = AnyNode(NodeList([("a", node)])) }
    knot.tie(NodeChild("b", knot))
    #expect(code { _ = try node.map { $0 } } == .cycle)
  }

  @Test("a list is a value: a copy does not see later changes")
  func values() throws {
    var list = NodeList(indexing: [Tensor([1]), Tensor([2])])
    let copy = list
    list[0] = Tensor([9])
    list.append(Dense([3]))
    list.append(Dense([4]), as: "named")
    #expect(list.children.map(\.key) == [0, 1, 2, "named"] && list.count == 4)
    #expect(copy.count == 2 && floats(copy[0]) == [1] && floats(list[0]) == [9])
    #expect(list["named"] is Dense && list["nothing"] == nil)
  }

  @Test("a pruned element goes, and positions are counted anew; names stay")
  func prune() throws {
    let list = NodeList([(0, Tensor([1])), (1, Tensor([2])), ("x", Tensor([3])), (3, Tensor([4]))])
    let pruned = try list.map(deciding: { $0.path == "0" || $0.path == "x" ? .prune : .descend }) { $1 }
    #expect(pruned.children.map(\.key) == [0, 1] && pruned.children.map { floats($0.node) } == [[2], [4]])
    #expect(code { _ = try list.rebuilt(from: []) } == .rebuildMismatch)
  }
}
