import Functors
import Initializers
import LayerVocabulary
import Layers
import Models
import Reinitialization
import Tensors

/// Rows 5 to 7: whole models in memory, and trees of a million nodes.
enum ModelRows {
  static var cases: [Case] { models + [walk, plan] }

  private static var models: [Case] {
    [(5, "resnet50"), (6, "densenet121")].flatMap { row, name in
      [1, 2].map { threads in
        Case(
          row: row, name: "re-initialize \(name), \(threads)T", measure: .milliseconds,
          ours: reinitialize(name, threads: threads),
          peers: [("torch", "model \(name) \(threads)")], limit: ("normal fill", limit(name, threads)),
          goals: threads == 1 ? [] : [.faster(than: "torch", by: 12)], rounds: 15)
      }
    }
  }

  /// What torch's `apply` is given: kaiming_normal for weights, norms and biases as new.
  static func rules() throws -> [Rule] {
    [
      Rule(try Selector(parsing: "@weight"), fill: .kaimingNormal()),
      Rule(try Selector(parsing: "@scale"), fill: .ones), Rule(try Selector(parsing: "@bias?"), fill: .zeros),
      Rule(try Selector(parsing: "BatchNorm.running_mean"), fill: .zeros),
      Rule(try Selector(parsing: "BatchNorm.running_var"), fill: .ones),
    ]
  }

  /// Plan and fill of a model whose tensors are in memory.
  static func reinitialize(_ name: String, threads: Int) -> Case.Work {
    {
      var model = try ModelDescriptor.named(name).build()
      let rules = try rules()
      try model.reinitialize(with: LayerDefault(), seed: 1)
      return { try timed { try model.reinitialize(seed: 2, threads: threads) { rules } } }
    }
  }

  /// As many normal values as the model has parameters, in one piece.
  private static func limit(_ name: String, _ threads: Int) -> Case.Work {
    {
      let model = try ModelDescriptor.named(name).build()
      let count = try Inventory(of: model).leaves.reduce(0) { $0 + $1.shape.count }
      return try FillRows.fill(Memory(), .normal(std: 1), threads, count: count)()
    }
  }

  /// A tree of dense layers, ten to a branch, with about so many nodes.
  static func tree(nodes: Int) throws -> Chain {
    // Ten layers have twenty parameters and one branch, and so on upwards: 3 nodes a layer and a ninth more.
    var level: [any Layer] = (0..<max(1, nodes * 9 / 28)).map { _ in Dense(in: 4, out: 4) }
    repeat {
      level = stride(from: 0, to: level.count, by: 10).map { start in
        var chain = Chain()
        chain.layers = NodeList(indexing: Array(level[start..<min(start + 10, level.count)]))
        return chain
      }
    } while level.count > 1
    return level[0] as? Chain ?? Chain()
  }

  static func walk(nodes: Int) -> Case.Work {
    {
      let tree = try tree(nodes: nodes)
      return { try timed(atLeast: 0.005) { _ = try Inventory(of: tree) } }
    }
  }

  static func plan(nodes: Int) -> Case.Work {
    {
      let inventory = try Inventory(of: tree(nodes: nodes))
      let rules = [
        Rule(try Selector(parsing: "Dense"), fill: .kaimingNormal()),
        Rule(try Selector(parsing: "**.bias"), fill: .zeros),
      ]
      return { try timed(atLeast: 0.005) { _ = try Plan(rules, for: inventory, seed: 0) } }
    }
  }

  private static let million = 1_000_000
  private static var walk: Case {
    Case(
      row: 7, name: "lay a tree flat, 10⁶ nodes", measure: .nanosecondsEach(million), ours: walk(nodes: million),
      peers: [
        ("torch apply(noop), a module", "walk torch \(million)"), ("jax tree_map with paths", "walk jax \(million)"),
      ], rounds: 3)
  }
  private static var plan: Case {
    Case(
      row: 7, name: "plan two rules, 10⁶ nodes", measure: .nanosecondsEach(million), ours: plan(nodes: million),
      goals: [.atMost(100)], rounds: 5)
  }
}
