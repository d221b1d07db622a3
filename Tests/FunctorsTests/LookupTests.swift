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
    #expect(Path("layer4.1.conv1.weight") == ["layer4", 1, "conv1", "weight"])
    #expect(
      Path(["a", 3]).appending("b" as Key).description == "a.3.b" && Path("a").appending("" as Key) == "a")
    #expect(Path("").keys.isEmpty && Path() == "" && Path("a").appending(["b", 1] as Path) == "a.b.1")
    #expect(Path("a").isPrefix(of: "a.b") && !Path("a.b").isPrefix(of: "a") && Path().isPrefix(of: "a"))
    #expect(Key("007") == .name("007") && Key("7") == .index(7) && Key("-1") == .name("-1"))
  }

  @Test("a list's element 0 and a dictionary's entry \"0\" have one name")
  func keys() {
    #expect(Key.name("0") == Key.index(0) && Set<Key>([.name("12"), .index(12)]).count == 1)
    #expect(Key.name("00") != Key.index(0))
  }

  @Test("the canonical order is fewer parts first, then bytes")
  func order() {
    let sorted: [Path] = ["b", "z", "a.a", "a.b", "a.a.a"]
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
    #expect(model.tensor(at: Path(path))?.floats == values)
    #expect(model.contains(Path(path)) == (values != nil))
    #expect((model[path: Path(path)] != nil) == (values != nil))
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
    let path = Path(path)
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
    let replaced = try model.replacing(Path(path), with: Tensor([8, 9]))
    let places = ["layers.embedding", "layers.head"].map { replaced.tensor(at: Path($0)) }
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
      ("layers.stm", Tensor([1]), Code.noSuchPath), ("layers.stem.weight.x", Tensor([1]), .noSuchPath),
      ("layers.stem.weight", Tensor([1, 2]), .shapeMismatch),
      ("layers.embedding", Tensor([1]), .shapeMismatch),
      ("layers.stem.weight", Norm([1]), .rebuildMismatch), ("layers.stem.weight", Absent(), .cannotPrune),
      ("", Dense([1]), .rebuildMismatch), ("layers.list.0", Norm([1]), .rebuildMismatch),
    ] as [(String, any Node, Code)])
  func replaceErrors(_ path: String, node: any Node, expected: Code) {
    #expect(code { _ = try model.replacing(Path(path), with: node) } == expected)
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
      [Child("a", Dense([1])), Child("a", Dense([1]))],
      [Child("", Dense([1])), Child("", Dense([2]))],
      [Child("weight", Tensor([1])), Child("", Dense([2]))],
      [Child("", NodeList([("", Dense([1]))])), Child("", ["weight": Tensor([1])])],
      [Child("", [Dense([1])]), Child("", ["0": Tensor([1])])],
      [Child("", Tensor([1])), Child("", Shared(Tensor([1])))],
    ])
  func lentTwice(_ children: [Child]) {
    #expect(code { try checkLentNames(children) } == .lentNameTwice)
  }

  @Test(
    "children with names of their own, and unnamed ones that differ in theirs, are taken",
    arguments: [
      [], [Child("a", Dense([1])), Child("b", Dense([1]))], [Child("", Dense([1])), Child("", Norm([2]))],
      [Child("", Activation()), Child("", Activation())],
      [Child("weight", Tensor([1])), Child("", Scale(scale: Tensor([1])))],
      [Child("", Tensor([1])), Child("", Dense([1]))],
    ])
  func lentOnce(_ children: [Child]) throws { try checkLentNames(children) }
}
