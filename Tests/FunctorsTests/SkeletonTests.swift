import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Skeletons and decisions")
struct SkeletonTests {
  let model = Pair(
    Dense([1], bias: [1]), Pair([Dense([1], bias: [1]), Dense([1])], Norm([1])))

  func changed(_ mapped: some Node) throws -> [String] {
    try mapped.leaves().filter { $0.tensor.elements == [2] }.map(\.path.description)
  }

  @Test(
    "a map along a skeleton leaves the tensors of branches untouched that it skips by name or path",
    arguments: [
      (["bias"], ["first.weight", "second.first.0.weight", "second.first.1.weight", "second.second.scale"]),
      (["second"], ["first.weight", "first.bias"]),
      (["second.first", "first.bias"], ["first.weight", "second.second.scale"]),
      (["first", "second.second"], []),
      (["1", "scale", "first.weight"], ["first.bias", "second.first.0.weight", "second.first.0.bias"]),
    ])
  func names(_ branches: [String], mapped: [String]) throws {
    let skeleton = try model.skeleton(skipping: branches.map { SkippedBranch($0) })
    let result = try model.map(along: skeleton) { _, tensor in tensor * 2 }
    #expect(try changed(result) == mapped)
    #expect(try result.leaves().map(\.path) == model.leaves().map(\.path))
  }

  @Test("key paths name properties wherever their layer is, over several steps too")
  func keyPaths() throws {
    let biases = try model.skeleton(skipping: \Dense.bias, \Pair<[Dense], Norm>.second)
    #expect(
      try changed(model.map(along: biases) { $1 * 2 }) == [
        "first.weight", "second.first.0.weight", "second.first.1.weight",
      ])
    typealias Inner = Pair<[Dense], Norm>
    let deep = try model.skeleton(
      skipping: \Pair<Dense, Inner>.second.first, \Pair<Dense, Inner>.first.weight)
    #expect(try changed(model.map(along: deep) { $1 * 2 }) == ["first.bias", "second.second.scale"])
  }

  @Test(
    "a branch that is nowhere in the model is an error with similar names",
    arguments: [
      ("biass", "a similar name exists: bias"), ("second.frist", "a similar name exists: first"),
      ("first.0", nil), ("nothing_like_it", nil),
    ])
  func unknown(_ branch: String, hint: String?) {
    let error = diagnostic { _ = try model.skeleton(skipping: [SkippedBranch(branch)]) }
    #expect(error?.code == .noSuchPath && error?.hints.first == hint)
    #expect(code { _ = try model.skeleton(skipping: \Group.layers) } == .noSuchPath)
  }

  @Test("a skeleton with a branch that the model lacks is an error before anything is mapped")
  func foreign() throws {
    let foreign = try Pair(Dense([1]), Pair([Dense([1])], Dense([1]))).skeleton(skipping: [])
    var calls = 0
    let error = diagnostic {
      _ = try model.map(along: foreign) {
        calls += 1
        return $1
      }
    }
    #expect(error?.code == .noSuchPath && error?.place == "second.second.weight" && calls == 0)
    #expect(
      code { _ = try Dense([1]).map(along: Dense([1], bias: [1]).skeleton(skipping: [])) { $1 } }
        == .noSuchPath)
  }

  @Test("along any outline: its values do not matter, and a tie that it has at one place only changes at all")
  func outline() throws {
    let tied = Shared(Tensor([1]))
    let twice = Pair(tied, tied)
    let outline = try twice.skeleton(skipping: "first")
    let mapped = try twice.map(along: outline) { $1 * 2 }
    #expect(mapped.first.value.floats == [2] && mapped.second.value.floats == [2])
    #expect(try twice.mapStructure { _, _ in 0 }.skeleton == twice.skeleton(skipping: []))
  }

  @Test(
    "stop applies to the node, skip and handled leave it, prune removes it; none of them descends"
  )
  func decisions() throws {
    for decision in [WalkDecision.stop, .skip, .handled, .prune] {
      var entered: [TreePath] = []
      var replaced: [TreePath] = []
      let result = try model.second.mapNodes(
        deciding: { visit in
          entered.append(visit.path)
          return visit.path == "first.0" ? decision : .descend
        },
        replacing: { visit in
          replaced.append(visit.path)
          return visit.node is Dense ? Dense([9]) : visit.node
        })
      #expect(entered.filter { TreePath("first.0").isPrefix(of: $0) } == ["first.0"])
      #expect(replaced.contains("first.0") == (decision == .stop))
      let expected = decision == .stop ? [9] : decision == .prune ? [] : [Float(1)]
      #expect(result.first.dropLast().flatMap(\.weight.floats) == expected)
      #expect(result.first.count == (decision == .prune ? 1 : 2))
    }
  }

  @Test("a visitor sees the field's name and role, and whether it is frozen, through wrappers and ties")
  func visits() throws {
    struct Wrapped: Structure {
      var weight: Frozen<Shared<Tensor>>
      var norm: Norm
      static let fields = FieldList(\Self.norm, weights: \.weight)
    }
    var seen: [String] = []
    try Wrapped(weight: Frozen(Shared(Tensor([1]))), norm: Norm([1])).forEach { visit in
      if visit.tensor != nil {
        seen.append("\(visit.path) \(visit.field) \(visit.role.map(\.rawValue) ?? "-") \(visit.isFrozen)")
      }
      return .descend
    }
    #expect(
      seen == [
        "norm.scale scale scale false", "norm.running_mean running_mean buffer false",
        "norm.steps steps buffer false",
        "weight weight weight true",
      ])
  }
}
