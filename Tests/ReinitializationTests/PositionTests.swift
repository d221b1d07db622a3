import Diagnostics
import Reinit
import Testing

@Suite("Position-free randomness")
struct PositionTests {
  private static func filled(threads: Int = 1, blocks: Int = 2) throws -> Net {
    try Net(blocks: blocks).fresh().reinitialized(seed: 11, threads: threads) {
      Fill(Dense.self, with: .kaimingNormal())
      Fill(Embedding.self, with: .normal(std: 1))
    }
  }

  @Test("Threads do not matter", arguments: [2, 3, 16])
  func threads(_ count: Int) throws {
    #expect(try changes(Self.filled(), Self.filled(threads: count)) == [])
  }

  @Test("The order of rules that do not overlap does not matter")
  func order() throws {
    let other = try Net().fresh().reinitialized(seed: 11) {
      Fill(Embedding.self, with: .normal(std: 1))
      Fill(Dense.self, with: .kaimingNormal())
    }
    #expect(try changes(Self.filled(), other) == [])
  }

  @Test("Adding a block changes no other block")
  func growth() throws {
    let (small, large) = (try Self.filled().bits(), try Self.filled(blocks: 3).bits())
    #expect(small.allSatisfy { large[$0.key] == $0.value })
  }

  @Test("In place and on a copy are the same bits, and a copy that is held keeps its own")
  func copyOnWrite() throws {
    var model = try Net().fresh()
    let held = model
    try model.reinitialize(seed: 11) {
      Fill(Dense.self, with: .kaimingNormal())
      Fill(Embedding.self, with: .normal(std: 1))
    }
    #expect(try changes(model, Self.filled()) == [])
    #expect(try changes(held, Net().fresh()) == [])
  }

  @Test("A model that nobody else holds is filled in its own memory")
  func inPlace() throws {
    var model = try Net().fresh()
    let before = model.head.weight.withBytes { UInt(bitPattern: $0.baseAddress) }
    try model.reinitialize(with: .normal(std: 1), seed: 11)
    #expect(model.head.weight.withBytes { UInt(bitPattern: $0.baseAddress) } == before)
  }

  @Test("Another seed, another path, another value")
  func sensitivity() throws {
    let a = try Net().reinitialized(with: .normal(std: 1), seed: 1)
    let b = try Net().reinitialized(with: .normal(std: 1), seed: 2)
    #expect(a.head.weight != b.head.weight)
    #expect(a.blocks[0].fc1.weight != a.blocks[1].fc1.weight)
  }

  @Test("Half precision is the rounding of the 32-bit values", arguments: [DType.f16, .bf16, .f64, .f8e4m3, .f8e5m2])
  func rounding(_ dtype: DType) throws {
    let wide = try Dense(in: 40, out: 30).reinitialized(with: .kaimingNormal(), seed: 4)
    let narrow = try Dense(in: 40, out: 30, dtype: dtype).reinitialized(with: .kaimingNormal(), seed: 4)
    #expect(narrow.weight == wide.weight.converted(to: dtype))
  }

  @Test("A stream by hand gives a rule's values")
  func closure() throws {
    var model = try Net().fresh()
    let receipt = try model.reinitialize(Dense.self, seed: 11) { layer, random in
      layer.weight = try layer.weight.filled(with: .constant(0), from: random.weight)
    }
    #expect(receipt.entries.map(\.entry.name).sorted() == RuleTests.weights.sorted())
    #expect(receipt.entries.allSatisfy { $0.entry.draw == nil })
    #expect(model.head.weight.elements.allSatisfy { $0 == 0 })
  }

  @Test("A closure that throws half-way leaves the model as it was")
  func closureThrows() throws {
    struct Stop: Error {}
    let before = try Net().fresh()
    var (model, calls) = (before, 0)
    #expect(throws: Stop.self) {
      try model.reinitialize(Dense.self, seed: 11) { layer, _ in
        calls += 1
        guard calls < 3 else { throw Stop() }
        layer.weight = layer.weight * 2
      }
    }
    #expect(calls == 3)
    #expect(try changes(before, model) == [])
  }
}
