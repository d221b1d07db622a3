import Diagnostics
import Reinit
import Testing

/// Parts of tensors of models in memory.
@Suite("Parts of tensors in memory") struct PartTests {
  private func model() throws -> Net { try Net().reinitialized(with: .default, seed: 9) }

  private func elements(_ model: some Node, _ path: String) throws -> [Float] {
    let leaf = try #require(try model.leaves().first { $0.path.description == path })
    return leaf.tensor.withBytes { Array($0.bindMemory(to: Float.self)) }
  }

  @Test("Inside are the values of the full fill, outside those that were there; the last rule wins for each element")
  func elements() throws {
    let (before, full) = (try model(), try Net().reinitialized(with: .normal(std: 1), seed: 3))
    var model = before
    let receipt = try model.reinitialize(seed: 3) {
      Fill(\Net.embed.weight, with: .zeros)
      Fill(\Net.embed.weight, .rows(2...), with: .normal(std: 1))
      Fill(\Net.embed.weight, .slice(.range(from: 1, to: 4), .range(from: nil, to: nil, step: 2)), with: .ones)
      Keep(\Net.embed.weight, .row(-1))
      Fill(Dense.self, .slice(.index(0), .index(0)), with: .constant(7))
    }
    let (now, old, drawn) = (
      try elements(model, "embed.weight"), try elements(before, "embed.weight"), try elements(full, "embed.weight")
    )
    for row in 0..<6 {
      for column in 0..<4 {
        let index = row * 4 + column
        var wanted: Float = row >= 2 ? drawn[index] : 0
        if (1..<4).contains(row), column % 2 == 0 { wanted = 1 }
        if row == 5 { wanted = old[index] }
        #expect(now[index] == wanted, "\(row), \(column)")
      }
    }
    for path in ["blocks.0.fc1.weight", "blocks.1.fc2.weight", "head.weight"] {
      let (now, old) = (try elements(model, path), try elements(before, path))
      #expect(now[0] == 7 && now.dropFirst() == old.dropFirst())
    }
    #expect(try elements(model, "head.bias") == elements(before, "head.bias"))
    #expect(receipt.entries.count == 3 + 5)
    #expect(
      receipt.runs[0].rules[1] == "\\Net.embed.weight[2:]=normal(std: 1)" || receipt.runs[0].rules[1].contains("[2:]"))
  }

  @Test("Memory that nobody else holds is filled where it is, and a copy elsewhere stays as it was")
  func memory() throws {
    var model = try model()
    let copy = model
    try model.reinitialize(seed: 1) { Fill("embed.weight[0]", with: .constant(5)) }
    #expect(try elements(copy, "embed.weight") == elements(self.model(), "embed.weight"))
    #expect(try elements(model, "embed.weight").prefix(4) == [5, 5, 5, 5])
    let base = model.embed.weight.withBytes { UInt(bitPattern: $0.baseAddress) }
    try model.reinitialize(seed: 1) { Fill("embed.weight[1]", with: .constant(6)) }
    #expect(model.embed.weight.withBytes { UInt(bitPattern: $0.baseAddress) } == base)
    #expect(try elements(model, "embed.weight").prefix(8) == [5, 5, 5, 5, 6, 6, 6, 6])
  }

  @Test("A part of a tied tensor is one part, at whichever path it is named")
  func ties() throws {
    var model = try Tied().reinitialized(seed: 1) { Fill("embed.weight", with: .ones) }
    try model.reinitialize(seed: 2) {
      Fill("embed.weight", with: .zeros)
      Fill("decoder.head.weight[1]", with: .constant(3))
      Keep("embed.weight[2:4]")
    }
    let now = model.embed.weight.value.elements
    #expect(now == (0..<24).map { (8..<16).contains($0) ? 1 : (4..<8).contains($0) ? 3 : 0 })
    #expect(model.decoder.head.weight.value.elements == now)
  }

  @Test("Gates of recurrent layers, and projections of attention, by their names")
  func names() throws {
    var gru = try GRU(in: 3, hidden: 2).reinitialized(with: .default, seed: 0)
    try gru.reinitialize(seed: 0) {
      Fill(GRU.self, with: .zeros)
      Fill(GRU.self, .part("update"), with: .ones)
    }
    let weight = try elements(gru, "weight_ih_l0")
    #expect(weight == (0..<18).map { (6..<12).contains($0) ? 1 : 0 })
    var attention = try MultiHeadAttention(4, heads: 2).reinitialized(with: .default, seed: 0)
    try attention.reinitialize(seed: 0) { Fill("in_proj_bias[v]", with: .ones) }
    #expect(try elements(attention, "in_proj_bias") == (0..<12).map { $0 < 8 ? 0 : 1 })
    let fault = #expect(throws: Diagnostic.self) {
      try attention.reinitialize(seed: 0) { Fill("in_proj_bias[forget]", with: .ones) }
    }
    #expect(fault?.code == .partUnknown && fault?.expected == "q, k, v")
  }

  @Test("A condition on rows of a model in memory")
  func conditions() throws {
    var model = try model()
    try model.reinitialize(seed: 1) {
      Fill("embed.weight[1]", with: .zeros)
      Fill("embed.weight[4]", with: .zeros)
    }
    let before = try elements(model, "embed.weight")
    try model.reinitialize(seed: 1) { Fill(\Net.embed.weight, .rows(where: .zero), with: .ones) }
    let now = try elements(model, "embed.weight")
    #expect(now == before.indices.map { [1, 4].contains($0 / 4) ? 1 : before[$0] })
  }
}
