import Diagnostics
import Functors
import Initializers
import Reinitialization
import Tensors
import Testing

/// The paths that a selector reaches in a tree, or the code of the error.
func reached(_ selector: String, in root: any Node, everyRole: Bool = false, types: [String] = []) throws
  -> [String]
{
  let inventory = try Inventory(of: AnyNode(root))
  do {
    let parsed = try Selector(parsing: selector)
    let match = try inventory.match(parsed, types: types)
    let leaves = try match.fillTargets(in: inventory, everyRole: everyRole)
    guard !leaves.isEmpty || parsed.allowsNoMatch else { throw inventory.nothingMatches(parsed) }
    return leaves.map { inventory.path(ofLeaf: $0).description }
  } catch let error as Diagnostic {
    return [error.code.id]
  }
}

func kept(_ selector: String, in root: any Node) throws -> [String] {
  let inventory = try Inventory(of: AnyNode(root))
  return try inventory.match(Selector(parsing: selector)).keepTargets(in: inventory)
    .map { inventory.path(ofLeaf: $0).description }
}

private func dense(_ aliases: [String] = ["Linear"]) -> AnyLayer {
  AnyLayer("Dense", aliases: aliases, [parameter("weight", .weight), parameter("bias", .bias)])
}

@Suite("Selectors on small trees")
struct SmallTreeTests {
  @Test(
    "What is both a path and a type is an error with two spellings, each of which reaches its own",
    arguments: [
      ("Dense", ["R0204"]), ("Dense.weight", ["R0204"]), (".Dense", ["Dense.weight"]),
      ("** Dense", ["Dense.weight", "head.weight", "Pool.weight"]), (".Dense.weight", ["Dense.weight"]),
      ("\"Dense\"", ["Dense.weight"]), ("Linear", ["Dense.weight", "head.weight", "Pool.weight"]),
      ("Dense.*", ["R0205"]),
      ("Dense.w*", ["Dense.weight", "head.weight", "Pool.weight"]), ("Pool", ["Pool.weight"]),
    ])
  func ambiguity(selector: String, expected: [String]) throws {
    let tree = SkippedBranch([NodeChild("Dense", dense()), NodeChild("head", dense()), NodeChild("Pool", dense())])
    #expect(try reached(selector, in: tree) == expected)
  }

  @Test("A path that is a type of the caller's list is ambiguous too, though no such layer is in the tree")
  func ambiguityWithKnownTypes() throws {
    let tree = SkippedBranch([NodeChild("Pool", dense())])
    #expect(try reached("Pool", in: tree, types: ["Pool"]) == ["R0204"])
    #expect(try reached(".Pool", in: tree, types: ["Pool"]) == ["Pool.weight"])
  }

  @Test("The error of an ambiguous selector reads so")
  func ambiguityText() throws {
    let inventory = try Inventory(of: SkippedBranch([NodeChild("Dense", dense())]))
    let error = #expect(throws: Diagnostic.self) { try inventory.match(Selector(parsing: "Dense.weight?")) }
    #expect(
      error?.description == """
        error[R0204]: 'Dense.weight?' is a path of this tree, and 'Dense' a type of layer
          hint: the path is '.Dense.weight?'
          hint: layers of that type are '** Dense.weight?'
        """)
  }

  @Test(
    "A frozen parameter is reached by exactly its path alone, and kept like any other",
    arguments: [
      ("base", ["R0203"]), ("base.weight", ["base.weight"]), ("base.weight?", ["base.weight"]),
      ("base.*", ["R0203"]), ("**.weight", ["head.weight"]), ("Dense", ["head.weight"]),
      ("Dense.weight", ["head.weight"]), ("@weight", ["head.weight"]), ("base weight", ["R0203"]),
      ("*.bias", ["head.bias"]), ("base.bias", ["base.bias"]), (".base.bias", ["base.bias"]),
    ])
  func frozen(selector: String, expected: [String]) throws {
    let tree = SkippedBranch([NodeChild("base", Frozen(dense())), NodeChild("head", dense())])
    #expect(try reached(selector, in: tree) == expected)
    #expect(try reached("base?", in: tree, everyRole: true) == [])
    #expect(try kept("base", in: tree) == ["base.weight", "base.bias"])
  }

  @Test(
    "A tied tensor is reached at each of its paths, by path, field, type and role",
    arguments: [
      ("a.weight", ["a.weight"]), ("*.weight", ["a.weight", "b.weight"]),
      ("Dense", ["a.weight", "b.weight"]),
      ("Dense.weight", ["a.weight", "b.weight"]), ("@weight", ["a.weight", "b.weight"]), ("a", ["a.weight"]),
      ("a.*", ["a.weight"]), ("a > @weight", ["a.weight"]), ("a > weight", ["a.weight"]),
      ("**.weight", ["a.weight", "b.weight"]), ("a.**", ["a.weight"]),
    ])
  func tied(selector: String, expected: [String]) throws {
    let tied = Shared(Tensor(lazy: [2]))
    let layer = AnyLayer("Dense", [NodeChild("weight", role: .weight, tied)])
    #expect(try reached(selector, in: SkippedBranch([NodeChild("a", layer), NodeChild("b", layer)])) == expected)
  }

  @Test(
    "A layer that is named like its only, unnamed parameter is filled as that parameter",
    arguments: [
      ("block.gamma", ["block.gamma"]), ("LayerScale", ["R0203"]), ("LayerScale @scale", ["block.gamma"]),
      ("*.gamma", ["block.gamma"]), ("block.*", ["block.gamma"]), ("@scale", ["block.gamma"]),
      ("block", ["R0203"]), ("block > LayerScale > @scale", ["block.gamma"]), ("block > @scale", ["block.gamma"]),
    ])
  func unnamedParameter(selector: String, expected: [String]) throws {
    let scale = AnyLayer("LayerScale", [parameter("", .scale)])
    #expect(
      try reached(selector, in: SkippedBranch([NodeChild("block", SkippedBranch([NodeChild("gamma", scale)]))]))
        == expected)
  }

  @Test(
    "A parameter without a name is an empty name, and a field of a layer with levels and directions is all of them",
    arguments: [
      ("\"\"", [""]), ("\"\".x", ["R0203"]), ("**.\"\"", ["R0203"]),
      ("Recurrent.bias_hh", ["r.bias_hh_l0", "r.bias_hh_l0_reverse", "r.bias_hh_l12"]),
      ("Recurrent.bias_hh_l0", ["r.bias_hh_l0"]), ("Recurrent.bias", ["R0203"]), ("r.bias_hh", ["R0203"]),
      ("Recurrent > bias_hh", ["R0203"]),
    ])
  func unnamedAndNumbered(selector: String, expected: [String]) throws {
    let fields = [
      "bias_hh_l0", "bias_hh_l0_reverse", "bias_hh_l12", "bias_hh_lx", "bias_hh_l1_r", "bias_hh_l", "bias_hh2",
    ]
    let layer = AnyLayer("Recurrent", fields.map { parameter(.name($0), .weight) })
    let tree = SkippedBranch([NodeChild("", AnyLayer("Free", [parameter("", .weight)])), NodeChild("r", layer)])
    #expect(try reached(selector, in: tree) == expected)
    #expect(try Inventory(of: tree).pasteable(2) == "\"\"")
  }

  @Test(
    "Directly inside means one name further down; nodes that are no layers are seen through",
    arguments: [
      ("Outer > Dense", ["near.weight", "wrapped.weight"]),
      ("Outer Dense", ["near.weight", "wrapped.weight", "far.x.weight"]),
      ("Outer > @weight", ["R0203"]), ("Outer > near > @weight", ["near.weight"]),
      ("Outer > far > Dense", ["far.x.weight"]),
      ("Outer > x", ["R0203"]), ("Outer > far.x", ["far.x.weight"]),
    ])
  func direct(selector: String, expected: [String]) throws {
    let outer = AnyLayer(
      "Outer",
      [
        NodeChild("", SkippedBranch([NodeChild("near", dense())])), NodeChild("wrapped", Shared(AnyNode(dense()))),
        NodeChild("far", SkippedBranch([NodeChild("x", dense())])),
      ])
    #expect(try reached(selector, in: outer) == expected)
  }

  @Test(
    "Plugins' types are told by the slash",
    arguments: [
      ("org.example.se/SqueezeExcite", ["a.weight"]), ("org.example.se/SqueezeExcite.weight", ["a.weight"]),
      ("org.example.se/*", ["a.weight", "b.weight"]), ("org.example.se/*.weight", ["a.weight", "b.weight"]),
      ("org.*/Gate", ["b.weight"]), ("*/Gate", ["b.weight", "c.weight"]),
      ("*/*.w*", ["a.weight", "b.weight", "c.weight"]),
      ("SqueezeExcite", ["R0203"]), ("b org.example.se/Gate", ["R0203"]), ("** > com.x/Gate", ["c.weight"]),
      ("\"odd/key\"", ["odd/key.weight"]), ("odd/key", ["R0203"]), (".odd/key", ["R0202"]),
    ])
  func plugins(selector: String, expected: [String]) throws {
    let named = ["org.example.se/SqueezeExcite", "org.example.se/Gate", "com.x/Gate"].map {
      AnyLayer($0, [parameter("weight", .weight)])
    }
    let tree = SkippedBranch([
      NodeChild("a", named[0]), NodeChild("b", named[1]), NodeChild("c", named[2]), NodeChild("odd/key", dense()),
    ])
    #expect(try reached(selector, in: tree) == expected)
  }

  @Test("Every entry's printed path selects exactly that path, however odd its names are")
  func pasteable() throws {
    let names = [
      "", " ", "a b", "a.b", "*", "**", "a*", "?", "a?", "@weight", "a>b", "a=b", "a\"b", "a\\b", "\\", "\"",
      "a/b",
      "#", "keep", "Dense", "Éa", "été", "e\u{301}", "\u{e9}", "日本", "🙂", "👩\u{200d}👧", "a\nb", "\t", "\0",
      "'", "a'b",
      "\u{a0}", "\u{202e}x", "0", "01", "-1", "..", ".", "a,b", "(x)", "\u{212a}", "K", "x\u{feff}",
    ]
    for outer in names where !outer.isEmpty {
      let inner = names.filter { !$0.isEmpty }.map { parameter(.name($0), .weight) }
      let tree = SkippedBranch([
        NodeChild(.name(outer), SkippedBranch(inner)), NodeChild("other", SkippedBranch(inner)),
        NodeChild("head", dense()),
      ])
      let inventory = try Inventory(of: tree)
      let wrong = inventory.entries.indices.dropFirst().filter { entry in
        guard let selector = try? Selector(parsing: inventory.pasteable(entry)) else { return true }
        let found = try? inventory.match(Selector(parsing: "\(selector)")).entries
        return found != [entry]
      }
      #expect(wrong.isEmpty, "\(wrong.map(inventory.pasteable))")
    }
  }

  @Test(
    "Printed paths are as short as they can be",
    arguments: [
      (["layer4", "1", "conv1"], "layer4.1.conv1"), (["Mixed_5b", "conv"], ".Mixed_5b.conv"),
      (["a", "Dense"], "a.Dense"), (["a b", "c"], #""a b".c"#), (["A b"], #""A b""#),
      (["it's"], #""it\u{27}s""#),
      (["a", "b.c"], #"a."b.c""#), (["line\nbreak"], #""line\u{a}break""#),
    ])
  func shortest(path: [String], text: String) throws {
    let tree = path.reversed().reduce(NodeChild("x", dense())) { NodeChild(.name($1), SkippedBranch([$0])) }
    let inventory = try Inventory(of: SkippedBranch([tree]))
    #expect(inventory.pasteable(path.count) == text)
    #expect(inventory.pasteable(0) == "**")
  }
}
