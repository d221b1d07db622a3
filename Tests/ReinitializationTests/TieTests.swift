import Diagnostics
import Reinit
import Testing

@Suite("Ties under rules")
struct TieTests {
  @Test("A tied tensor is written once, stays tied, and its stream is that of its canonical path")
  func canonical() throws {
    var model = Tied()
    let receipt = try model.reinitialize(seed: 3) { Fill("decoder.head.weight", with: .normal(std: 2)) }
    #expect(receipt.entries.map(\.entry.name) == ["embed.weight"])
    #expect(model.embed.weight.value == model.decoder.head.weight.value)
    var alone = Dense(in: 4, out: 6, bias: false)
    try alone.reinitialize(seed: 3, under: "embed") { Fill("weight", with: .normal(std: 2)) }
    #expect(alone.weight == model.embed.weight.value)
  }

  @Test("Two paths of one tie with different fills are a conflict that names both")
  func conflict() throws {
    let error = #expect(throws: Diagnostic.self) {
      try Tied().reinitialized(seed: 3) {
        Fill("embed.weight", with: .normal(std: 2))
        Fill("decoder.head.weight", with: .zeros)
      }
    }
    #expect(error?.code == .tieConflict)
    #expect(error?.place == "embed.weight and decoder.head.weight")
  }

  @Test("A fill and a keep of one tie are a conflict; equal fills are not; no rule conflicts with nothing")
  func keepConflict() throws {
    let error = #expect(throws: Diagnostic.self) {
      try Tied().reinitialized(seed: 3) {
        Fill("embed.weight", with: .zeros)
        Keep("decoder")
      }
    }
    #expect(error?.code == .tieConflict)
    let equal = try Tied().reinitialized(seed: 3) {
      Fill("embed.weight", with: .ones)
      Fill("decoder.head.weight", with: .ones)
    }
    #expect(equal.decoder.head.weight.value.elements == Array(repeating: 1, count: 24))
  }

  @Test("A copy of a model is a model of its own")
  func copies() throws {
    let before = try Tied().reinitialized(seed: 3) { Fill("**.weight", with: .ones) }
    var copy = before
    try copy.reinitialize(seed: 3) { Fill("**.weight", with: .zeros) }
    #expect(before.embed.weight.value.elements.allSatisfy { $0 == 1 })
    #expect(copy.decoder.head.weight.value.elements.allSatisfy { $0 == 0 })
  }
}
