import Diagnostics
import Functors
import Tensors
import Testing

/// The rules of Flux's `loadmodel!`, and what it documents as unsolved: an error leaves nothing half-written.
@Suite("Copying state between models")
struct LoadingTests {
  @Test("tensors are copied, buffers too; what is no tensor stays")
  func copied() throws {
    var source = Pair(Norm([1, 2]), Pair(Dense([3], bias: [4]), Activation(slope: 1)))
    source.first.runningMean = Tensor([5, 6])
    source.first.steps = Tensor(repeating: 7, shape: [], dtype: .i64)
    let destination = Pair(Norm([0, 0]), Pair(Dense([0], bias: [0]), Activation(slope: 2)))
    let loaded = try destination.loading(from: source)
    #expect(try values(loaded) == values(source))
    #expect(loaded.second.second.slope == 2)
  }

  @Test("values are converted to the destination's element type, rounded to nearest even")
  func converted() throws {
    let destination = [Tensor(zeros: [3], dtype: .bf16)]
    let loaded = try destination.loading(from: [Tensor([1, 1.00390625, 1.01171875])])
    // bfloat16 has 8 bits: 1 + 2⁻⁸ is half-way to 1 + 2⁻⁷, 1 + 3·2⁻⁸ half-way between 1 + 2⁻⁷ and 1 + 2⁻⁶.
    #expect(loaded[0].dtype == .bf16 && loaded[0].elements == [1, 1, 1.015625])
  }

  @Test("a dictionary of equal names, nested as the model is, is a source; so is a wrapped or frozen model")
  func otherTypes() throws {
    let destination = Pair([Dense([0], bias: [0])], Shared(Tensor([0])))
    let table: [String: AnyNode] = [
      "first": AnyNode(["0": ["weight": Tensor([1]), "bias": Tensor([2])]]), "second": AnyNode(Tensor([3])),
    ]
    let expected = ["first.0.weight": [1.0], "first.0.bias": [2], "second": [3]]
    #expect(try values(destination.loading(from: table)) == expected)
    let frozen = Frozen(Pair(Frozen([Dense([1], bias: [2])]), Tensor([3])))
    #expect(try values(destination.loading(from: frozen)) == expected)
    #expect(try values(Frozen(destination).loading(from: table)) == expected)
  }

  @Test("part of a model is loaded into that part")
  func subModel() throws {
    var model = Pair(Dense([0]), Dense([0]))
    model.first = try model.first.loading(from: Pair(Dense([1]), Dense([2])).second)
    #expect(try values(model) == ["first.weight": [2], "second.weight": [0]])
  }

  @Test(
    "another structure or shape is an error with path and code, and leaves the destination as it was",
    arguments: [
      (["first": AnyNode(Dense([1, 2]))], ErrorCode.structureMismatch, "second"),
      (
        ["first": AnyNode(Dense([1, 2])), "second": AnyNode([Tensor([3])]), "third": AnyNode(Tensor([4]))],
        .structureMismatch, "third"
      ),
      (
        ["first": AnyNode(Dense([1, 2])), "second": AnyNode([Tensor([3]), Tensor([4])])], .structureMismatch,
        "second.1"
      ),
      (["first": AnyNode(Dense([1, 2])), "second": AnyNode(Tensor([3]))], .structureMismatch, "second.0"),
      (["first": AnyNode(Dense([1, 2])), "second": AnyNode([Dense([3])])], .structureMismatch, "second.0"),
      (["first": AnyNode(Dense([1, 2])), "second": AnyNode([Tensor([3, 4])])], .shapeMismatch, "second.0"),
      (
        ["first": AnyNode(Dense([1, 2])), "second": AnyNode([Tensor([3], shape: [1, 1])])], .shapeMismatch,
        "second.0"
      ),
      (
        ["first": AnyNode(Dense([1, 2], bias: [1])), "second": AnyNode([Tensor([3])])], .valueMissing,
        "first.bias"
      ),
      (
        ["first": AnyNode(Dense([1, 2])), "second": AnyNode([Tensor(lazy: [1])])], .valueMissing, "second.0"
      ),
    ])
  func refused(_ source: [String: AnyNode], expected: ErrorCode, place: String) throws {
    let destination = Pair(Dense([8, 9]), [Tensor([7])])
    let before = try values(destination)
    let error = diagnostic { _ = try destination.loading(from: source) }
    #expect(error?.code == expected && error?.place == place)
    #expect(try values(destination) == before && destination.first.weight.floats == [8, 9])
  }

  @Test(
    "what is absent counts as zero, on either side",
    arguments: [
      (Dense([1], bias: [0]), Dense([2]), true), (Dense([1], bias: [-0.0, 0]), Dense([2]), true),
      (Dense([1], bias: [3]), Dense([2]), false), (Dense([1]), Dense([2], bias: [0]), true),
      (Dense([1]), Dense([2], bias: [3]), false), (Dense([1]), Dense([2], bias: [.nan]), false),
      (Dense([1]), Dense([2]), true),
    ])
  func absent(_ destination: Dense, source: Dense, isFine: Bool) throws {
    if isFine {
      let loaded = try destination.loading(from: source)
      #expect(loaded.weight.floats == [2] && loaded.bias == destination.bias)
    } else {
      let error = diagnostic { _ = try destination.loading(from: source) }
      #expect(error?.code == .valueMissing && error?.place == "bias")
    }
  }

  @Test("a whole absent branch of the source is fine only where the destination is zero")
  func absentBranch() throws {
    let source = Pair<Dense?, Dense>(nil, Dense([1]))
    #expect(try Pair(Dense([0], bias: [0]), Dense([2])).loading(from: source).second == Dense([1]))
    #expect(code { _ = try Pair(Dense([0], bias: [4]), Dense([2])).loading(from: source) } == .valueMissing)
    #expect(code { _ = try source.loading(from: Pair(Dense([0], bias: [4]), Dense([2]))) } == .valueMissing)
  }

  @Test(
    "the table of ties: one value for all places, or an error that names two of them",
    arguments: [
      (TiedSource.tied([1]), [Float(1)]), (.untied([1], [1]), [1]), (.untied([1], [2]), nil),
      (.untied([1], nil), nil), (.untied(nil, [1]), nil), (.untied([0], nil), [0]), (.untied(nil, [0]), [0]),
      (.untied(nil, nil), nil),
    ] as [(TiedSource, [Float]?)])
  func ties(_ source: TiedSource, expected: [Float]?) throws {
    let tied = Shared(Tensor([5]))
    let destination = Pair(tied, tied)
    if let expected {
      let loaded = try destination.loading(from: source.node)
      #expect(loaded.first.value.floats == expected && loaded.second.value.floats == expected)
      #expect(loaded.first.tie == tied.tie && loaded.first.value.isIdentical(to: loaded.second.value))
    } else {
      let error = diagnostic { _ = try destination.loading(from: source.node) }
      let isAbsent = source == .untied(nil, nil)
      #expect(error?.code == (isAbsent ? ErrorCode.valueMissing : ErrorCode.tiedSourcesDiffer))
      #expect(isAbsent || ["first", "second"].allSatisfy { "\(error?.message ?? "")".contains("'\($0)'") })
    }
    #expect(destination.first.value.floats == [5])
  }

  @Test("a tied destination whose tie is zero may be absent in the source everywhere")
  func zeroTie() throws {
    let tied = Shared(Tensor([0]))
    let loaded = try Pair(tied, tied).loading(from: TiedSource.untied(nil, nil).node)
    #expect(loaded.second.value.floats == [0])
  }

  @Test("a tied source may be loaded into an untied destination")
  func untiedDestination() throws {
    let loaded = try Pair(Tensor([1]), Tensor([2])).loading(from: TiedSource.tied([3]).node)
    #expect(loaded.first.floats == [3] && loaded.second.floats == [3])
  }

  @Test("a shared layer is loaded once, from places that agree")
  func sharedLayer() throws {
    let layer = Shared(Dense([0], bias: [0]))
    let loaded = try Pair(layer, layer).loading(from: Pair(Dense([1], bias: [2]), Dense([1], bias: [2])))
    #expect(loaded.first.value == Dense([1], bias: [2]) && loaded.second.value == loaded.first.value)
    let error = diagnostic {
      _ = try Pair(layer, layer).loading(from: Pair(Dense([1], bias: [2]), Dense([1], bias: [3])))
    }
    #expect(error?.message == "'first.bias' and 'second.bias' are tied, and the source's values differ")
  }

  @Test("a filter drops branches of both sides")
  func filter() throws {
    let destination = Pair(Dense([1]), [Tensor([2])])
    let source: [String: AnyNode] = ["first": AnyNode(Dense([3])), "other": AnyNode(Tensor([9]))]
    let loaded = try destination.loading(from: source) { path, _ in path != "second" && path != "other" }
    #expect(try values(loaded) == ["first.weight": [3], "second.0": [2]])
    let byType = try destination.loading(from: Pair(Dense([3]), [Tensor([4])])) { _, node in !(node is Dense)
    }
    #expect(try values(byType) == ["first.weight": [1], "second.0": [4]])
    let tied = Shared(Tensor([5]))
    let half = try Pair(tied, tied).loading(from: TiedSource.untied([1], [2]).node) { path, _ in
      path != "first"
    }
    #expect(half.first.value.floats == [2] && half.second.value.floats == [2])
  }
}

enum TiedSource: Sendable, Equatable {
  case tied([Float])
  case untied([Float]?, [Float]?)

  var node: any Node {
    switch self {
    case .tied(let values):
      let tied = Shared(Tensor(values))
      return Pair(tied, tied)
    case .untied(let first, let second):
      return Pair<Tensor?, Tensor?>(first.map { Tensor($0) }, second.map { Tensor($0) })
    }
  }
}
