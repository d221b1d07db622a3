import Diagnostics
import Reinit
import Testing

/// Rows that are made of those beside them.
@Suite("The rest of the rows")
struct RestTests {
  /// An embedding of which some rows are dead.
  private func embedding(dead: Set<Int>) throws -> Embedding {
    var layer = Embedding(vocabulary: 40, size: 6)
    try layer.reinitialize(with: .normal(mean: 1, std: 2), seed: 3)
    let values = try #require(layer.tensor(at: "weight")).floats
    layer.weight = Tensor(values.enumerated().map { dead.contains($0.offset / 6) ? 0 : $0.element }, shape: [40, 6])
    return layer
  }

  private func rule(_ text: String) throws -> Rule { try Rule(RuleText(parsing: text)) }

  @Test("Dead rows become the mean of the living ones, and no other changes", arguments: [[0], [3, 4, 17, 39]])
  func mean(_ dead: [Int]) throws {
    var layer = try embedding(dead: Set(dead))
    let before = layer.weight.elements
    let rule = try rule("Embedding.weight[rows where zero]=mean_of(rest)")
    try layer.reinitialize(seed: 1) { rule }
    let after = layer.weight.elements
    for column in 0..<6 {
      let living = (0..<40).filter { !dead.contains($0) }
      let mean = living.reduce(0) { $0 + before[$1 * 6 + column] } / Double(living.count)
      for row in 0..<40 {
        let expected = dead.contains(row) ? mean : before[row * 6 + column]
        #expect(abs(after[row * 6 + column] - expected) < (dead.contains(row) ? 1e-6 : 1e-300))
      }
    }
  }

  @Test(
    "A part that is no whole rows, or is all of them, has no rest", arguments: ["weight", "weight[:, 2:]", "weight[:]"])
  func refusals(_ place: String) throws {
    let layer = try embedding(dead: [1])
    let rule = try rule("\(place)=mean_of(rest)")
    let error = #expect(throws: Diagnostic.self) { try layer.plan(seed: 1) { rule } }
    #expect(error?.code == .unsuitableShape)
  }
}
