import Functors
import Glibc
import Initializers
import Reinitialization
import Tensors
import Testing

@Suite("Selectors take time in proportion to the tree")
struct LimitTests {
  #if DEBUG
    private static let layers = 4_000
  #else
    private static let layers = 200_000
  #endif

  /// Blocks of two layers with their parameters: five entries a layer.
  private static func wide() -> SkippedBranch {
    let tensor = Tensor(lazy: [2])
    let conv = AnyLayer("Conv", aliases: ["Conv2d"], [NodeChild("weight", role: .weight, tensor)])
    let norm = AnyLayer(
      "BatchNorm",
      [
        NodeChild("weight", role: .scale, tensor), NodeChild("bias", role: .bias, tensor),
        NodeChild("running_mean", role: .buffer, tensor), NodeChild("running_var", role: .buffer, tensor),
        NodeChild("count", role: .buffer, tensor),
      ])
    let block = SkippedBranch([NodeChild("conv3", conv), NodeChild("bn3", norm)])
    return SkippedBranch(
      (0..<4).map { stage in
        NodeChild(.name("layer\(stage)"), SkippedBranch((0..<layers / 8).map { NodeChild(.index($0), block) }))
      })
  }

  private static let selectors = [
    "Conv.weight", "layer2.**.bn3.weight", "@bias", "*.bias", "**.**.bn3.**.weight",
    "layer1 BatchNorm.weight",
    "layer*.*.conv3 > @weight", "BatchNorm.running_*", "**.*o*n*v*", "** > Conv",
  ]

  /// The thread's own time: others may be busy on the same machine.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test("Ten selectors on a tree of a million entries (a tenth of it in debug builds): the time is printed")
  func million() throws {
    let inventory = try Inventory(of: LimitTests.wide())
    var total = 0.0
    for text in LimitTests.selectors {
      let selector = try Selector(parsing: text)
      let start = processorSeconds()
      let count = try inventory.match(selector).fillTargets(in: inventory).count
      let time = processorSeconds() - start
      total += time
      #expect(count > 0)
      print("  \(text): \(count) of \(inventory.entries.count) entries, \(time) s")
    }
    print("  together: \(total) s")
  }

  @Test("Many '**' and many '*' match in linear time, on long names and deep trees", .timeLimit(.minutes(20)))
  func wildcards() throws {
    let long = String(repeating: "a", count: 200_000)
    var node = NodeChild(.name(long), AnyLayer("Dense", [parameter("weight", .weight)]))
    for _ in 0..<20_000 { node = NodeChild("a", SkippedBranch([node])) }
    let inventory = try Inventory(of: SkippedBranch([node]))
    let deep = Array(repeating: "**", count: 50).joined(separator: ".a.")
    let texts = [
      Array(repeating: "**.a", count: 29).joined(separator: ".") + ".**.b", deep + ".b", "**.*a*a*a*a*a*a*b",
      "**." + String(repeating: "*a", count: 50_000) + "b",
      "**.*" + String(repeating: "a", count: 100_000) + "b*",
      Array(repeating: "**", count: 20).joined(separator: " ") + " b",
    ]
    for text in texts {
      guard let selector = try? Selector(parsing: text) else { continue }
      #expect(try inventory.match(selector).entries.isEmpty)
    }
    #expect(try inventory.match(Selector(parsing: "**.*a*a*a")).keepTargets(in: inventory).count == 1)
    #expect(try inventory.match(Selector(parsing: "** Dense")).keepTargets(in: inventory).count == 1)
  }

  @Test("A path of 20,000 names is found, printed and read again")
  func deepPath() throws {
    var node = NodeChild("x", AnyLayer("Dense", [parameter("weight", .weight)]))
    for _ in 0..<20_000 { node = NodeChild("a", SkippedBranch([node])) }
    let inventory = try Inventory(of: SkippedBranch([node]))
    let last = inventory.entries.count - 1
    let selector = try Selector(parsing: inventory.pasteable(last))
    #expect(try inventory.match(selector).entries == [last])
    _ = inventory.nothingMatches(try Selector(parsing: "b"))
  }

  @Test("Nested layers of one type are counted once", .timeLimit(.minutes(20)))
  func nested() throws {
    var node = AnyLayer("Dense", [parameter("weight", .weight)])
    for _ in 0..<20_000 { node = AnyLayer("Dense", [NodeChild("a", node), parameter("weight", .weight)]) }
    let inventory = try Inventory(of: node)
    #expect(try inventory.match(Selector(parsing: "Dense")).fillTargets(in: inventory) == Array(0..<20_001))
    #expect(try inventory.match(Selector(parsing: "**")).keepTargets(in: inventory) == Array(0..<20_001))
  }
}
