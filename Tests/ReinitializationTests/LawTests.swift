import Checkpoints
import Diagnostics
import Foundation
import JSONText
import Reinit
import Testing

/// A node that refuses a weight of zeros.
struct Fussy: Node {
  var weight: Tensor
  var children: [NodeChild] { [NodeChild("weight", role: .weight, weight)] }
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Fussy {
    guard let tensor = parts.first as? Tensor, !tensor.elements.allSatisfy({ $0 == 0 }) || tensor.isLazy else {
      throw Diagnostic(.rebuildMismatch, "zeros are refused")
    }
    return Fussy(weight: tensor)
  }
}

/// A model that contains models of its own type.
struct Nest: Layer {
  var fc: Dense
  var inner: [Nest]
  static let fields = FieldList(\Self.fc, \.inner)
}

@Suite("Laws where they are easily broken")
struct LawTests {
  @Test("A node that refuses what it is given leaves the model as it was")
  func refusal() throws {
    var model = Fussy(weight: Tensor([1, 2, 3]))
    #expect(throws: Diagnostic.self) { try model.reinitialize(seed: 1) { Fill("weight", with: .zeros) } }
    #expect(model.weight.elements == [1, 2, 3])
    try model.reinitialize(seed: 1) { Fill("weight", with: .ones) }
    #expect(model.weight.elements == [1, 1, 1])
  }

  @Test("A model that is absent has nothing to fill, and that is no trap")
  func absent() throws {
    var model: Dense? = nil
    #expect(try model.reinitialize(with: .zeros, seed: 1).entries.isEmpty)
    #expect(throws: Diagnostic.self) { try model.reinitialize(seed: 1) { Fill("weight", with: .zeros) } }
  }

  @Test("A branch that is named from the root is one branch, also where its type occurs again")
  func anchored() throws {
    let leaf = Nest(fc: Dense(in: 2, out: 2, bias: false), inner: [])
    var model = try Nest(fc: Dense(in: 2, out: 2, bias: false), inner: [leaf]).reinitialized(with: .default, seed: 1)
    let before = model
    try model.reinitialize(at: \.fc, with: .ones, seed: 1)
    #expect(try changes(before, model) == ["fc.weight"])
    let everywhere = try before.reinitialized(seed: 1) { Fill(\Nest.fc, with: .ones) }
    #expect(try changes(before, everywhere) == ["fc.weight", "inner.0.fc.weight"])
  }

  @Test("A closure on a tied layer draws from the stream of the canonical path, and its receipt names that")
  func closureOnTie() throws {
    struct Outer: Layer {
      var deep: Deep
      var top: Holder
      static let fields = FieldList(\Self.deep, \.top)
    }
    let shared = Shared(Tensor(zeros: [6, 4]))
    var model = Outer(deep: Deep(head: Holder(weight: shared)), top: Holder(weight: shared))
    var planned = model
    try planned.reinitialize(seed: 4) { Fill("top.weight", with: .normal(std: 1)) }
    let receipt = try model.reinitialize(Holder.self, seed: 4) { layer, random in
      guard layer.weight.value.elements.allSatisfy({ $0 == 0 }) else { return }
      layer.weight.value = try layer.weight.value.filled(with: .normal(std: 1), from: random.weight)
    }
    #expect(receipt.entries.map(\.entry.name) == ["top.weight"])
    #expect(model.top.weight.value == planned.top.weight.value)
    #expect(model.deep.head.weight.value == model.top.weight.value)
  }

  @Test("Only what is inside of the branches is judged by role")
  func branchesFirst() throws {
    let rules = [Rule(try Selector(parsing: "**.weight"), fill: .zeros)]
    let plan = try Plan(
      rules, for: Inventory(of: Net()), seed: 1, branches: [try Selector(path: "blocks.0.fc1")])
    #expect(plan.steps.map(\.name) == ["blocks.0.fc1.weight"])
  }

  @Test("torch's default for a bias takes the fan of the weight beside it")
  func torchBias() throws {
    let plan = try Net().plan(seed: 1) { Fill(\Dense.bias, with: .torchLayer()) }
    let bounds = plan.steps.map { $0.draw["high"] ?? 0 }
    #expect(bounds.count == 3 && bounds.allSatisfy { abs($0 - 0.5) < 1e-12 })
  }
}
