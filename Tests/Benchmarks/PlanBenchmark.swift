import Functors
import Initializers
import Layers
import Reinitialization

/// How long it takes to lay a tree flat and to plan for it, and whether that is linear in its size.
enum PlanBenchmark {
  static func run(upTo largest: Int = 6) throws {
    print("plan: dense layers, ten to a branch and all in one list; two rules; one thread")
    print(["parameters", "nodes", "tree ms", "plan ms", "ns a node"].map { column($0, 12) }.joined())
    for width in [10, Int.max] {
      for exponent in 3...largest {
        let parameters = (0..<exponent).reduce(1) { count, _ in count * 10 }
        try row(parameters, width: width)
      }
    }
  }

  private static func row(_ parameters: Int, width: Int) throws {
    let model = tree(layers: parameters / 2, width: width)
    let rules = [
      Rule(try Selector(parsing: "Dense"), fill: .kaimingNormal()),
      Rule(try Selector(parsing: "**.bias"), fill: .zeros),
    ]
    let runs = parameters < 1_000_000 ? 9 : 3
    let inventory = try Inventory(of: model)
    let flat = try median(of: runs) { _ = try Inventory(of: model) }
    let plan = try median(of: runs) { _ = try Plan(rules, for: inventory, seed: 0) }
    let nodes = inventory.entries.count
    let cells = [
      "\(parameters)", "\(nodes)", text(flat * 1e3), text(plan * 1e3),
      text((flat + plan) / Double(nodes) * 1e9, digits: 0),
    ]
    print(cells.map { column($0, 12) }.joined())
  }

  private static func tree(layers: Int, width: Int) -> AnyNode {
    var level: [AnyNode] = (0..<layers).map { _ in AnyNode(Dense(in: 3, out: 2)) }
    while level.count > 1 {
      let width = min(width, level.count)
      level = stride(from: 0, to: level.count, by: width).map { start in
        AnyNode(Array(level[start..<min(start + width, level.count)]))
      }
    }
    return level.first ?? AnyNode([AnyNode]())
  }
}
