import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Maps over several trees")
struct ZipTests {
  let a = Pair(Dense([1, 2], bias: [3]), [Tensor([4]), Tensor([5])])
  let b = Pair(Dense([10, 20], bias: [30]), [Tensor([40]), Tensor([50])])
  let table: [String: AnyNode] = [
    "first": AnyNode(["weight": Tensor([10, 20]), "bias": Tensor([30])]),
    "second": AnyNode(["0": Tensor([40]), "1": Tensor([50]), "2": Tensor([60])]),
    "third": AnyNode(Tensor([1])),
  ]

  func sum(_ tensor: Tensor, _ others: [Tensor?]) throws -> Tensor { try others.compactMap { $0 }.reduce(tensor, +) }

  @Test(
    "21 29 37 two trees are added leaf by leaf, in the first one's type; further keys are ignored"
  )
  func add() throws {
    let expected = ["first.weight": [11.0, 22], "first.bias": [33], "second.0": [44], "second.1": [55]]
    let both: Pair<Dense, [Tensor]> = try a.zipMap(with: b) { _, tensor, others in try sum(tensor, others) }
    #expect(try values(both) == expected)
    #expect(try values(a.zipMap(with: table) { _, tensor, others in try sum(tensor, others) }) == expected)
    let reverse = try ["first": AnyNode(["weight": Tensor([1, 2])])].zipMap(with: b) { try sum($1, $2) }
    #expect(try values(reverse) == ["first.weight": [11, 22]])
  }

  @Test(
    "22 another depth is an error that names the path and both sides",
    arguments: [
      (["first": AnyNode(Tensor([1]))], "first.weight", "Tensor without children"),
      (["first": AnyNode(["weigth": Tensor([1]), "bias": Tensor([1])])], "first.weight", "'bias', 'weigth'"),
      (["first": AnyNode(Dense([1])), "second": AnyNode([Tensor([1])])], "second.1", "'0'"),
      (["first": AnyNode(Pair(Tensor([1]), Tensor([2])))], "first.weight", "'first', 'second'"),
      (["first": AnyNode(["weight": AnyNode(Dense([1]))])], "first.weight", "Dense in tree 2"),
      ([:], "first", "Dictionary<String, AnyNode> without children"),
    ])
  func mismatch(_ partner: [String: AnyNode], path: String, found: String) {
    let error = diagnostic { _ = try a.zipMap(with: partner) { _, tensor, _ in tensor } }
    #expect(error?.code == .structureMismatch && error?.place == path && error?.found == found)
  }

  @Test("23 ties come from the first tree: its tie wins over the second tree's values")
  func ties() throws {
    let tied = Shared(Tensor([1]))
    var calls = 0
    let sum = try Pair(tied, tied).zipMap(with: Pair(Tensor([10]), Tensor([20]))) { _, tensor, others in
      calls += 1
      return try self.sum(tensor, others)
    }
    #expect(calls == 1 && sum.first.value.floats == [11] && sum.second.value.isIdentical(to: sum.first.value))
    let untied = try Pair(Tensor([10]), Tensor([20])).zipMap(with: Pair(tied, Frozen(tied))) {
      try self.sum($1, $2)
    }
    #expect(untied.first.floats == [11] && untied.second.floats == [21])
  }

  @Test("24 three trees are multiplied")
  func three() throws {
    let cubes = try a.zipMap(with: a, a) { _, tensor, others in
      let factors = others.compactMap { $0?.elements }
      var index = -1
      return tensor.mapElements { element in
        index += 1
        return factors.reduce(element) { $0 * $1[index] }
      }
    }
    #expect(cubes.first == Dense([1, 8], bias: [27]) && cubes.second.map(\.floats) == [[64], [125]])
  }

  @Test("26 an absent partner, of a tensor or of a whole branch, is nil")
  func absent() throws {
    let gradient = Pair<Dense, [Tensor]?>(Dense([10, 20]), nil)
    var absent: [TreePath] = []
    let stepped = try a.zipMap(with: gradient) { path, tensor, others in
      if others[0] == nil { absent.append(path) }
      return try sum(tensor, others)
    }
    #expect(absent == ["first.bias", "second.0", "second.1"])
    #expect(stepped.first.weight.floats == [11, 22] && stepped.first.bias?.floats == [3])
    #expect(try Dense([1]).zipMap(with: Dense([2], bias: [3])) { try sum($1, $2) } == Dense([3]))
  }

  @Test("25 a structure is an outline with the model's paths and order, and can be mapped")
  func structure() throws {
    let shapes = try a.mapStructure { path, tensor in "\(path) \(tensor.shape)" }
    #expect(shapes.values == ["first.weight [2]", "first.bias [1]", "second.0 [1]", "second.1 [1]"])
    #expect(shapes["second.1"] == "second.1 [1]" && shapes["second"] == nil && shapes.contains("second"))
    #expect(shapes.map(\.count)["first.bias"] == 14)
    #expect(Array(shapes.paths).count == 7)
  }

  @Test("18 an outline prints as an indented tree, with unnamed nodes merged and absent ones left out")
  func description() throws {
    let model = Pair(Norm([1, 2]), Pair([Dense([1])], Shared(Dense([1], bias: [2]))))
    let expected = """
      first
        scale: [2]
        running_mean: [2]
        steps: []
      second
        first
          0
            weight: [1]
        second
          weight: [1]
          bias: [1]
      """
    #expect(try model.mapStructure { $1.shape }.description == expected)
    #expect(try Tensor([1]).mapStructure { $1.shape }.description == ".: [1]")
  }
}
