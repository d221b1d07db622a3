import Foundation
import Reinit
import Testing

@Suite("Depth")
struct DepthTests {
  private static func nest(_ depth: Int) -> Chain {
    var chain = Chain(Dense(in: 3, out: 2))
    for _ in 1..<depth { chain = Chain(chain) }
    return chain
  }

  @Test("A model 100,000 levels deep is planned, filled, saved, loaded and destroyed, inside a Task")
  func deep() async throws {
    let path = NSTemporaryDirectory() + "reinit-\(UUID()).safetensors"
    defer { unlink(path) }
    try await Task {
      var model = Self.nest(100_000)
      let receipt = try model.reinitialize(with: .default, seed: 1)
      #expect(receipt.entries.count == 2)
      try model.save(to: path, receipt: receipt)
      let loaded = try Self.nest(100_000).loaded(from: path)
      #expect(try loaded.leaves().map(\.tensor) == model.leaves().map(\.tensor))
      #expect(try Checkpoint(opening: path).verify().count == 2)
    }.value
  }
}
