import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Ties")
struct TieTests {
  let tied = Shared(Tensor([1, 2]))

  @Test("06 12 one tensor at two depths is one tensor after the map; an equal one beside it stays apart")
  func twoDepths() throws {
    var calls = 0
    let model = Pair(tied, Pair(Shared(Tensor([1, 2])), [tied]))
    let mapped = try model.map {
      calls += 1
      return $0 * 2
    }
    #expect(calls == 2)
    #expect(mapped.first.value.isIdentical(to: mapped.second.second[0].value))
    #expect(!mapped.first.value.isIdentical(to: mapped.second.first.value))
    #expect(mapped.first.tie == tied.tie && mapped.second.first.tie != tied.tie)
  }

  @Test("07 38 an outline calls the function once for a tie; `.once` leaves its later places out")
  func outline() throws {
    var calls = 0
    let model = Pair(Shared(Dense([1], bias: [2])), tied)
    let twice = Pair(model, model)
    let outline = try twice.mapStructure { _, tensor in
      calls += 1
      return tensor.count
    }
    #expect(calls == 3)
    #expect(try outline.entries.map(\.path) == twice.leaves(ties: .every).map(\.path))
    #expect(outline["second.first.bias"] == 1 && outline["second.second"] == 2)
    let once = try twice.mapStructure(ties: .once) { _, _ in 0 }
    #expect(try once.entries.map(\.path) == twice.leaves().map(\.path))
  }

  @Test("08 a walk to all places of a tie rebuilds a tree that is tied as before")
  func everyPlace() throws {
    struct Count: Visitor {
      var calls = 0
      mutating func replace(_ visit: borrowing Visit) throws(Diagnostic) -> any Node {
        calls += 1
        guard let tensor = visit.tensor else { return visit.node }
        return tensor * Double(calls + 1)
      }
    }
    var visitor = Count()
    let mapped = try Pair(tied, tied).rebuilding(&visitor, ties: .every)
    #expect(visitor.calls == 2)
    #expect(mapped.first.value.floats == [2, 4] && mapped.second.value.floats == [2, 4])
  }

  @Test("09 10 equal untied layers around one tie stay apart, and only the tie is one")
  func aroundTie() throws {
    let model = [Pair(tied, Tensor([1])), Pair(tied, Tensor([1]))]
    var paths: [TreePath] = []
    let mapped = try model.mapWithPath { path, tensor in
      paths.append(path)
      return tensor * 2
    }
    #expect(paths == ["0.first", "0.second", "1.second"])
    #expect(mapped[0].first.value.isIdentical(to: mapped[1].first.value))
  }

  @Test("36 with paths as without: a tie is mapped at the place a walk comes to first")
  func firstPlace() throws {
    let mapped = try Pair(tied, [tied]).mapWithPath { path, tensor in
      path == "first" ? tensor * 2 : tensor * 3
    }
    #expect(mapped.first.value.floats == [2, 4] && mapped.second[0].value.floats == [2, 4])
  }

  @Test("44 mapping makes no tie between values that had none, even if the results are one tensor")
  func noNewTies() throws {
    let one = Tensor([7])
    var mapped = try Pair(Shared(Tensor([1])), Shared(Tensor([1]))).map { _ in one }
    mapped.first.value = Tensor([8])
    var calls = 0
    _ = try mapped.map {
      calls += 1
      return $0
    }
    #expect(calls == 2 && mapped.second.value.floats == [7])
  }

  @Test("46 a tie keeps its wrapper at each place, frozen at one and not at the other")
  func wrappers() throws {
    let model = Pair(Frozen(tied), tied)
    var calls = 0
    let mapped = try model.map {
      calls += 1
      return $0 * 2
    }
    #expect(calls == 1 && mapped.first.value.value.isIdentical(to: mapped.second.value))
  }

  @Test("a layer that is shared and stopped at is given to the function once")
  func sharedLayer() throws {
    let layer = Shared(Dense([1, 2]))
    let doubled = try Pair(layer, [layer]).edit(Dense.self) { layer, _ in layer.weight = layer.weight * 2 }
    #expect(doubled.first.value.weight.floats == [2, 4])
    #expect(doubled.second[0].value.weight.floats == [2, 4])
  }

  @Test("a tie between parameters of different roles is one value with the role of its first place")
  func roles() throws {
    struct Roles: Structure {
      var embedding: Shared<Tensor>
      var offset: Shared<Tensor>
      static let fields = FieldList(weights: \Self.embedding, biases: \.offset)
    }
    let model = Roles(embedding: tied, offset: tied)
    #expect(try model.leaves().map(\.role) == [.weight])
    #expect(try model.leaves(ties: .every).map(\.role) == [.weight, .bias])
    let mapped = try model.map { $0 * 2 }
    #expect(mapped.embedding.value.isIdentical(to: mapped.offset.value))
  }

  @Test(
    "a tie that is changed at one place is changed at the place that was skipped",
    arguments: [TreePath("first"), TreePath("second"), TreePath("first.0")])
  func skippedPlace(_ path: TreePath) throws {
    let model = Pair([tied], [tied])
    let mapped = try model.map(deciding: { $0.path == path ? .skip : .descend }) { $1 * 3 }
    #expect(mapped.first[0].value.floats == [3, 6])
    #expect(mapped.second[0].value.isIdentical(to: mapped.first[0].value))
    let untouched = try model.map(deciding: { $0.depth == 1 ? .skip : .descend }) { $1 * 3 }
    #expect(untouched.second[0].value.isIdentical(to: tied.value))
  }

  @Test("a layer edited as a whole changes the tied tensor in it everywhere")
  func editedInside() throws {
    struct Head: Structure {
      var weight: Shared<Tensor>
      static let fields = FieldList(weights: \Self.weight)
    }
    let edited = try Pair(tied, Head(weight: tied)).edit(Head.self) { head, _ in
      head.weight.value = head.weight.value * 5
    }
    #expect(edited.first.value.floats == [5, 10] && edited.second.weight.value.floats == [5, 10])
  }

  @Test("nested ties stay whole when the inner one changes within the outer")
  func nested() throws {
    let outer = Shared(Pair(tied, tied))
    let model = Pair(outer, Pair(tied, outer))
    let mapped = try model.map(deciding: { $0.path == "first" ? .skip : .descend }) { $1 * 2 }
    #expect(try values(mapped).values.allSatisfy { $0 == [2, 4] })
  }

  @Test("a cycle is an error that names the path, for every kind of walk")
  func cycles() throws {
    let knot = Knot([NodeChild("weight", Tensor([1]))])
    knot.tie(NodeChild("next", Knot([NodeChild("back", knot)])))
    let model = Pair(Activation(), AnyNode(knot))
    let walks: [(Pair<Activation, AnyNode>) throws -> Void] = [
      { _ = try $0.map { $0 } }, { _ = try $0.leaves() }, { _ = try $0.leaves(ties: .every) },
      { _ = try $0.mapStructure { _, _ in 0 } },
      { model in _ = try model.zipMap(with: model) { $1 + Double($2.count) } },
      { _ = try $0.skeleton(skipping: "weight") }, { model in _ = try model.loading(from: model) },
    ]
    for walk in walks {
      let error = diagnostic { try walk(model) }
      #expect(error?.code == .cycle && error?.place == "second.next.back")
    }
    #expect(floats(model[path: "second.next.back.next.back.weight"]) == [1])
  }

  @Test("one object at two places is mapped once and stays one object, also where it was skipped")
  func objects() throws {
    let knot = Knot([NodeChild("weight", Tensor([1]))])
    let model = Pair(knot, [knot])
    let mapped = try model.map { $0 * 2 }
    #expect(mapped.first === mapped.second[0] && mapped.first !== knot)
    let half = try model.map(deciding: { $0.path == "first" ? .skip : .descend }) { $1 * 2 }
    #expect(half.first === half.second[0] && floats(half[path: "first.weight"]) == [2])
    #expect(floats(knot.children[0].node) == [1])
  }

  @Test("ties within ties that multiply the paths beyond reason are an error where paths are listed")
  func tooManyPaths() throws {
    var node = AnyNode(Shared(AnyNode(Tensor([1]))))
    for _ in 0..<40 { node = AnyNode(Shared(AnyNode([node, node]))) }
    #expect(try node.leaves().count == 1)
    #expect(try node.map { $0 * 2 }.leaves().first?.tensor.floats == [2])
    #expect(code { _ = try node.mapStructure { _, _ in 0 } } == .tooManyPaths)
  }
}
