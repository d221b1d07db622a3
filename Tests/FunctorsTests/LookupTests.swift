import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Paths, lookup and replacement")
struct LookupTests {
  let tied = Shared(Tensor([1, 2]))
  var model: Group {
    Group([
      ("stem", Dense([1], bias: [2])), ("", Group([("", Norm([3])), ("4", Dense([5]))]).layers),
      ("embedding", tied), ("head", Frozen(tied)), ("list", [Dense([6]), Dense([7])]),
      ("table", ["0": Tensor([8])]),
    ])
  }

  @Test("39 a path is its keys and its dotted text, and unnamed keys leave no trace")
  func paths() {
    #expect(TreePath("layer4.1.conv1.weight") == ["layer4", 1, "conv1", "weight"])
    #expect(
      TreePath(["a", 3]).appending("b" as PathKey).description == "a.3.b"
        && TreePath("a").appending("" as PathKey) == "a")
    #expect(TreePath("").keys.isEmpty && TreePath() == "" && TreePath("a").appending(["b", 1] as TreePath) == "a.b.1")
    #expect(TreePath("a").isPrefix(of: "a.b") && !TreePath("a.b").isPrefix(of: "a") && TreePath().isPrefix(of: "a"))
    #expect(PathKey("007") == .name("007") && PathKey("7") == .index(7) && PathKey("-1") == .name("-1"))
  }

  @Test("a list's element 0 and a dictionary's entry \"0\" have one name")
  func keys() {
    #expect(PathKey.name("0") == PathKey.index(0) && Set<PathKey>([.name("12"), .index(12)]).count == 1)
    #expect(PathKey.name("00") != PathKey.index(0))
  }

  @Test("the canonical order is fewer parts first, then bytes")
  func order() {
    let sorted: [TreePath] = ["b", "z", "a.a", "a.b", "a.a.a"]
    #expect(sorted.shuffled().sorted() == sorted)
  }

  @Test(
    "40 42 a path finds the outermost node that has it, through unnamed children",
    arguments: [
      ("layers.stem.weight", [Float(1)]), ("layers.stem.bias", [2]), ("layers.scale", [3]),
      ("layers.4.weight", [5]),
      ("layers.embedding", [1, 2]), ("layers.head", [1, 2]), ("layers.list.1.weight", [7]),
      ("layers.table.0", [8]),
      ("layers.4.bias", nil), ("layers.list.2", nil), ("layers.stem.weight.0", nil), ("stem", nil),
      ("layers.nothing", nil),
    ])
  func find(_ path: String, values: [Float]?) {
    #expect(model.tensor(at: TreePath(path))?.floats == values)
    #expect(model.contains(TreePath(path)) == (values != nil))
    #expect((model[path: TreePath(path)] != nil) == (values != nil))
  }

  @Test("the empty path is the root; wrappers are found as themselves, optionals as what they hold")
  func outermost() {
    #expect(model[path: ""] is Group && model[path: "layers"] is NodeList)
    #expect(model[path: "layers.head"] is Frozen<Shared<Tensor>> && model[path: "layers.stem.bias"] is Tensor)
    #expect(Optional(Dense([1]))[path: "weight"] is Tensor && Optional<Dense>.none[path: ""] == nil)
  }

  @Test(
    "41 what is put at a path is found there, and nothing else changes",
    arguments: [
      "layers.stem.weight", "layers.scale", "layers.4.weight", "layers.list.0.weight", "layers.table.0",
    ])
  func replace(_ path: String) throws {
    let path = TreePath(path)
    let replaced = try model.replacing(path, with: Tensor([99]))
    #expect(replaced.tensor(at: path)?.floats == [99])
    var expected = try values(model)
    expected[path.description] = [99]
    #expect(try values(replaced) == expected)
  }

  @Test("a layer can be exchanged, an absent field filled, and an optional one emptied")
  func replaceNodes() throws {
    let other = try model.replacing("layers.stem", with: Norm([1]))
    #expect(other[path: "layers.stem"] is Norm)
    #expect(try Dense([1]).replacing("bias", with: Tensor([2])) == Dense([1], bias: [2]))
    #expect(try Dense([1], bias: [2]).replacing("bias", with: Absent()) == Dense([1]))
    #expect(try Dense([1]).replacing("", with: Dense([2])) == Dense([2]))
  }

  @Test(
    "replacing one place of a tie replaces all, whatever wraps them",
    arguments: ["layers.embedding", "layers.head"])
  func replaceTied(_ path: String) throws {
    let replaced = try model.replacing(TreePath(path), with: Tensor([8, 9]))
    let places = ["layers.embedding", "layers.head"].map { replaced.tensor(at: TreePath($0)) }
    #expect(places.map { $0?.floats } == [[8, 9], [8, 9]])
    #expect((replaced[path: "layers.embedding"] as? Shared<Tensor>)?.tie == tied.tie)
    #expect(replaced[path: "layers.head"] is Frozen<Shared<Tensor>>)
    let fresh = Shared(Tensor([5, 5, 5]))
    let retied = try model.replacing("layers.embedding", with: fresh)
    #expect((retied[path: "layers.head"] as? Frozen<Shared<Tensor>>)?.value.tie == fresh.tie)
  }

  @Test(
    "a replacement that cannot be is an error, and says why",
    arguments: [
      ("layers.stm", Tensor([1]), ErrorCode.noSuchPath), ("layers.stem.weight.x", Tensor([1]), .noSuchPath),
      ("layers.stem.weight", Tensor([1, 2]), .shapeMismatch),
      ("layers.embedding", Tensor([1]), .shapeMismatch),
      ("layers.stem.weight", Norm([1]), .rebuildMismatch), ("layers.stem.weight", Absent(), .cannotPrune),
      ("", Dense([1]), .rebuildMismatch), ("layers.list.0", Norm([1]), .rebuildMismatch),
    ] as [(String, any Node, ErrorCode)])
  func replaceErrors(_ path: String, node: any Node, expected: ErrorCode) {
    #expect(code { _ = try model.replacing(TreePath(path), with: node) } == expected)
  }

  @Test("an unknown path is an error with the names there are")
  func noSuchPath() {
    let error = diagnostic { _ = try model.replacing("layers.stem.wieght", with: Tensor([1])) }
    #expect(error?.place == "layers.stem.wieght" && error?.hints == ["a similar name exists: weight"])
    #expect(error?.expected == "a child of 'layers.stem': 'weight', 'bias'" && error?.found == "'wieght'")
  }

  @Test(
    "children that would lend one name twice are refused",
    arguments: [
      [NodeChild("a", Dense([1])), NodeChild("a", Dense([1]))],
      [NodeChild("", Dense([1])), NodeChild("", Dense([2]))],
      [NodeChild("weight", Tensor([1])), NodeChild("", Dense([2]))],
      [NodeChild("", NodeList([("", Dense([1]))])), NodeChild("", ["weight": Tensor([1])])],
      [NodeChild("", [Dense([1])]), NodeChild("", ["0": Tensor([1])])],
      [NodeChild("", Tensor([1])), NodeChild("", Shared(Tensor([1])))],
    ])
  func lentTwice(_ children: [NodeChild]) {
    #expect(code { try checkLentNames(children) } == .lentNameTwice)
  }

  @Test(
    "children with names of their own, and unnamed ones that differ in theirs, are taken",
    arguments: [
      [], [NodeChild("a", Dense([1])), NodeChild("b", Dense([1]))],
      [NodeChild("", Dense([1])), NodeChild("", Norm([2]))],
      [NodeChild("", Activation()), NodeChild("", Activation())],
      [NodeChild("weight", Tensor([1])), NodeChild("", Scale(scale: Tensor([1])))],
      [NodeChild("", Tensor([1])), NodeChild("", Dense([1]))],
    ])
  func lentOnce(_ children: [NodeChild]) throws { try checkLentNames(children) }
}
