import Diagnostics
import Functors
import Tensors
import Testing

@Suite("Maps over one tree")
struct MapTests {
  let model = Pair(Dense([1, 2], bias: [3]), Pair([Tensor([4]), Tensor([5])], Activation()))

  @Test(
    "01 a structure without declared children has none and is no tensor; others list their fields in order")
  func declaredFields() {
    #expect(Activation().children.isEmpty && Activation().tensor == nil)
    #expect(Norm([1]).children.map(\.key) == ["", "running_mean", "steps"])
    #expect(Dense([1]).children.map(\.role) == [.weight, .bias])
  }

  @Test("02 a map through nested structures changes the element type and keeps the values")
  func elementType() throws {
    let wide = try model.map { $0.converted(to: .f64) }
    #expect(try wide.leaves().allSatisfy { $0.tensor.dtype == .f64 })
    #expect(try values(wide) == values(model))
  }

  @Test("03 04 stopping at a list hands the list itself to the function; without it, each element is mapped")
  func stopAtList() throws {
    let whole = try model.mapNodes(
      deciding: { $0.node is [Tensor] ? .stop : .descend },
      replacing: { visit in (visit.node as? [Tensor]).map { [$0[1], $0[0]] } ?? visit.node })
    #expect(whole.second.first.map(\.floats) == [[5], [4]])
    #expect(try model.map { $0 * 10 }.second.first.map(\.floats) == [[40], [50]])
  }

  @Test("05 only declared children are mapped, and each declared order writes the right field")
  func declaredOnly() throws {
    struct Partial: Structure {
      var first = Tensor([1])
      var hidden = Tensor([2])
      var last = Tensor([3])
      static let fields = FieldList<Self>(ordered: [
        .named("last", nil, \Self.last), .named("first", nil, \.first),
      ])
    }
    let mapped = try Partial().map { $0 * 2 }
    #expect([mapped.first, mapped.hidden, mapped.last].map(\.floats) == [[2], [2], [6]])
    let swapped = try Partial().rebuilt(from: [Tensor([30]), Tensor([10])])
    #expect(swapped.first.floats == [10] && swapped.last.floats == [30])
  }

  @Test("11 43 49 a tree without tensors maps to an equal tree, and the function is not called")
  func noTensors() throws {
    var calls = 0
    let mapped = try Pair(Activation(slope: 2), [Activation]()).map {
      calls += 1
      return $0
    }
    #expect(mapped.first == Activation(slope: 2) && mapped.second.isEmpty && calls == 0)
  }

  @Test("15 16 a node is rebuilt from exactly its parts: another number or another type is an error")
  func rebuildErrors() {
    let dense = Dense([1])
    let mismatch = ErrorCode.rebuildMismatch
    #expect(code { _ = try dense.rebuilt(from: [Tensor([1])]) } == mismatch)
    #expect(code { _ = try dense.rebuilt(from: [dense, Absent()]) } == mismatch)
    #expect(code { _ = try dense.rebuilt(from: [Absent(), Absent()]) } == .cannotPrune)
    let error = diagnostic {
      _ = try model.mapNodes(deciding: { $0.path == "first.weight" ? .stop : .descend }) { _ in Activation() }
    }
    #expect(error?.place == "first" && error?.found == "Activation")
  }

  @Test(
    "19 20 nodes are collected in pre-order; excluded ones go with all below; equal ones are not merged"
  )
  func collect() throws {
    let twins = Pair(Dense([1]), [Dense([1]), Dense([1])])
    let names = try twins.collect().map { "\(type(of: $0))" }
    #expect(
      names == [
        "Pair<Dense, Array<Dense>>", "Dense", "Tensor", "Array<Dense>", "Dense", "Tensor", "Dense", "Tensor",
      ])
    let rest = try twins.collect { $0.node is [Dense] }
    #expect(rest.map { "\(type(of: $0))" } == ["Pair<Dense, Array<Dense>>", "Dense", "Tensor"])
    let shared = Shared(Tensor([1]))
    #expect(try Pair(shared, shared).collect().count == 3)
    #expect(try Pair(shared, Shared(Tensor([1]))).collect().count == 5)
  }

  @Test("27 49 a rebuilt container keeps its type, keys and order")
  func containers() throws {
    let table = ["b": Tensor([1]), "a": Tensor([2])]
    #expect(try table.map { $0 * 2 } == ["b": Tensor([2]), "a": Tensor([4])])
    #expect(try table.leaves().map(\.path) == ["a", "b"])
    let nested = ["x": ["b": Tensor([1]), "a": Tensor([2])], "w": [:]]
    #expect(try nested.map { $0 + 1 } == ["x": ["b": Tensor([2]), "a": Tensor([3])], "w": [:]])
  }

  @Test("28 nested dictionaries of any nodes are mapped by value")
  func dictionaries() throws {
    let tree = ["a": AnyNode(Tensor([1])), "b": AnyNode(["c": AnyNode([Tensor([2])])])]
    #expect(try values(tree.map { $0 * 3 }) == ["a": [3], "b.c.0": [6]])
  }

  @Test("30 33 leaves come depth first; a node at which a walk stops is given whole")
  func leaves() throws {
    #expect(
      try model.leaves().map(\.path) == ["first.weight", "first.bias", "second.first.0", "second.first.1"])
    var seen: [TreePath] = []
    _ = try model.mapNodes(deciding: { $0.node is Dense ? .stop : .descend }) { visit in
      seen.append(visit.path)
      return visit.node
    }
    #expect(seen == ["first", "second.first.0", "second.first.1"])
    #expect(try [Tensor]().leaves().isEmpty)
  }

  @Test("34 a map with paths gives each tensor its path, and the same result as a map without")
  func withPath() throws {
    var paths: [TreePath] = []
    let mapped = try model.mapWithPath { path, tensor in
      paths.append(path)
      return tensor * 2
    }
    #expect(try paths == model.leaves().map(\.path))
    #expect(try values(mapped) == values(model.map { $0 * 2 }))
  }

  @Test("35 a stop by path hands the whole branch over")
  func stopByPath() throws {
    let mapped = try model.mapNodes(deciding: { $0.path == "second.first" ? .stop : .descend }) { visit in
      visit.node is [Tensor] ? [Tensor]() : visit.node
    }
    #expect(mapped.second.first.isEmpty && mapped.first == model.first)
  }

  @Test("integers are left alone unless all tensors are asked for")
  func scope() throws {
    let norm = Norm([2])
    #expect(try norm.map { $0 + 1 }.steps == norm.steps)
    #expect(try norm.map(.all) { $0 + 1 }.steps.elements == [1])
  }

  @Test("a callback that throws at the n-th tensor leaves the original as it was", arguments: 0..<4)
  func throwing(at position: Int) throws {
    let before = try values(model)
    var calls = 0
    #expect(throws: Stopped.self) {
      _ = try model.map { tensor in
        if calls == position { throw Stopped() }
        calls += 1
        var copy = tensor
        _ = copy.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 1) }
        return copy
      }
    }
    #expect(try calls == position && values(model) == before)
  }

  @Test("an absent field has no leaf, and stays absent")
  func absent() throws {
    let dense = Dense([1])
    #expect(try dense.leaves().map(\.path) == ["weight"])
    #expect(try dense.map { $0 * 2 }.bias == nil)
  }

  @Test("pruning empties an optional field and shortens a list, and is an error elsewhere")
  func prune() throws {
    let pruned = try model.map(deciding: {
      $0.path == "first.bias" || $0.path == "second.first.0" ? .prune : .descend
    }) {
      $1 * 2
    }
    #expect(pruned.first.bias == nil && pruned.second.first.map(\.floats) == [[10]])
    let error = diagnostic {
      _ = try model.map(deciding: { $0.path == "first.weight" ? .prune : .descend }) { $1 }
    }
    #expect(error?.code == .cannotPrune && error?.place == "first")
  }

  @Test("borrowed bytes stay as they were when a tensor over them is mapped")
  func views() throws {
    final class Owner: StorageOwner {
      func validate() {}
    }
    let bytes = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
    defer { bytes.deallocate() }
    _ = bytes.initialize(from: [1, 2, 3, 4])
    let storage = Storage(borrowing: UnsafeRawBufferPointer(bytes), owner: Owner())
    let tree = Pair(
      try Tensor(viewing: storage, at: 0, shape: [4], dtype: .f32),
      try Tensor(viewing: storage, at: 8, shape: [2], dtype: .f32))
    let mapped = try tree.map { tensor in
      var copy = tensor
      _ = copy.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0) }
      return copy
    }
    #expect(mapped.first.floats == [0, 0, 0, 0] && Array(bytes) == [1, 2, 3, 4])
    #expect(tree.second.floats == [3, 4])
  }
}
