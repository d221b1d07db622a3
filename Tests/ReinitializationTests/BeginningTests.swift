import Diagnostics
import Reinit
import Testing

/// A layer with a table of how those nested in it begin.
private struct Enclosure: Layer {
  var list: NodeList
  var nestedBeginnings: [TreePath: any Initializer] = [:]
  static let fields = FieldList<Enclosure>(ordered: [])

  init(_ children: [NodeChild], _ table: [TreePath: any Initializer] = [:]) {
    list = NodeList(children)
    nestedBeginnings = table
  }

  var children: [NodeChild] { list.children }
  func rebuilt(from parts: [any Node]) throws(Diagnostic) -> Enclosure {
    var copy = self
    copy.list = try list.rebuilt(from: parts)
    return copy
  }
}

/// One parameter that begins at a value of its own, tied or not.
private struct Beginner: Layer {
  var weight: Shared<Tensor>
  let value: Double
  static let fields = FieldList(scales: \Self.weight)
  func fresh(_ field: String) -> (any Initializer)? { .constant(value) }
}

/// A random tree, and by another way than the planner's what each path of it begins with.
private struct RandomTree {
  private(set) var state: UInt64
  private var count = 0.0
  private let tied = Shared(Tensor(lazy: [1]))

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }

  private mutating func value() -> Double {
    count += 1
    return count
  }

  /// A nest with its paths, and what each begins with: inner tables first, so that the outermost stands.
  mutating func nest(depth: Int, hasTables: Bool) -> (node: Enclosure, begins: [TreePath: Double]) {
    var children: [NodeChild] = []
    var begins: [TreePath: Double] = [:]
    // The unnamed child lends names that no other child has.
    for name in ["a", "b", "0", ""] where name == "a" || below(2) == 0 {
      if depth > 0, below(3) > 0 {
        let (node, inner) = nest(depth: depth - 1, hasTables: hasTables)
        children.append(NodeChild(PathKey(name), name.isEmpty ? Enclosure([NodeChild("in", node)]) : node))
        for (path, value) in inner { begins[TreePath([name.isEmpty ? "in" : PathKey(name)] + path.keys)] = value }
      } else if !name.isEmpty {
        let seed = Beginner(weight: below(4) == 0 ? tied : Shared(Tensor(lazy: [1])), value: value())
        children.append(NodeChild(PathKey(name), seed))
        begins[[PathKey(name), "weight"]] = seed.value
      }
    }
    guard hasTables, below(3) > 0 else { return (Enclosure(children), begins) }
    var table: [TreePath: any Initializer] = ["nowhere": Constant(-1)]
    for path in begins.keys.sorted() {
      table[TreePath(Array(path.keys.dropLast()))] = Constant(-2)
      table[path.appending(PathKey("weight"))] = Constant(-3)
      guard below(3) == 0 else { continue }
      let told = value()
      (table[path], begins[path]) = (Constant(told), told)
    }
    return (Enclosure(children, table), begins)
  }
}

@Suite("How what is nested in a layer begins")
struct BeginningTests {
  private func begun(_ node: Enclosure) throws -> [TreePath: Double] {
    let filled = try AnyNode(node).reinitialized(seed: 1) { Fill("**", with: .default) }
    return Dictionary(uniqueKeysWithValues: try filled.leaves(ties: .every).map { ($0.path, $0.tensor.elements[0]) })
  }

  /// What each path begins with if those of one tie begin as the canonical one.
  private func canonical(_ begins: [TreePath: Double], of tree: Enclosure) throws -> [TreePath: Double] {
    var result = begins
    let inventory = try Inventory(of: tree)
    for group in Dictionary(grouping: inventory.leaves.indices, by: { inventory.leaves[$0].tie }).values {
      let paths = group.map(inventory.path(ofLeaf:)).sorted()
      for path in paths { result[path] = begins[paths[0]] }
    }
    return result
  }

  @Test("The outermost layer with a word for a path has it, else the parameter's own; ties as their canonical path")
  func outermost() throws {
    var (overruled, ties) = (0, 0)
    for seed in 0..<120 {
      var random = RandomTree(seed: seed)
      let (tree, begins) = random.nest(depth: 4, hasTables: true)
      let expected = try canonical(begins, of: tree)
      ties += try tree.leaves().count == tree.leaves(ties: .every).count ? 0 : 1
      #expect(try begun(tree) == expected, "seed \(seed)")
      overruled += try begun(tree) == begins ? 0 : 1
    }
    #expect(overruled > 50 && ties > 50, "few trees have tables and ties")
  }

  @Test("Without tables every parameter begins by itself", arguments: 0..<20)
  func without(seed: Int) throws {
    var random = RandomTree(seed: seed)
    let (tree, begins) = random.nest(depth: 3, hasTables: false)
    #expect(try begun(tree) == canonical(begins, of: tree))
  }

  @Test("'default' leaves a parameter as its own layer says; absent ones may be named; a rule overrules all")
  func words() throws {
    let dense = Dense(in: 2, out: 2, bias: false)
    let table: [TreePath: any Initializer] = [
      "x.a.weight": LayerDefault(), "x.b.weight": Constant(5), "x.c.bias": Constant(6),
    ]
    let inner = Enclosure(
      [
        NodeChild("a", Beginner(weight: Shared(Tensor(lazy: [1])), value: 1)),
        NodeChild("b", Beginner(weight: Shared(Tensor(lazy: [1])), value: 2)), NodeChild("c", dense),
      ], ["a.weight": Constant(9)])
    let model = Enclosure([NodeChild("x", Frozen(AnyNode(inner)))], table)
    var filled = try model.reinitialized(seed: 1) {
      for name in ["a", "b", "c"] { Fill("x.\(name).weight", with: .default) }
    }
    #expect(try filled.leaves().prefix(2).map { $0.tensor.elements[0] } == [1, 5])
    filled = try model.reinitialized(seed: 1) { Fill("x.b.weight", with: .ones) }
    #expect(try filled.leaves()[1].tensor.elements == [1])
  }

  @Test("A type of layer says how what is nested in it begins, wherever it stands")
  func residual() throws {
    struct Residual: Layer {
      var norm = LayerNorm([4])
      var out = Dense(in: 4, out: 4)
      static let fields = FieldList(\Self.norm, \.out)
      var nestedBeginnings: [TreePath: any Initializer] { ["norm.weight": Constant(0), "out.weight": Constant(0.5)] }
    }
    var model = Chain(Residual(), LayerNorm([4]), Residual())
    try model.reinitialize(with: .default, seed: 1)
    let values = Dictionary(uniqueKeysWithValues: try model.leaves().map { ("\($0.path)", $0.tensor.elements) })
    let expected = ["0.norm.weight": 0.0, "2.norm.weight": 0, "1.weight": 1, "0.out.weight": 0.5, "0.norm.bias": 0]
    for (path, value) in expected { #expect(values[path]?.allSatisfy { $0 == value } == true, "\(path)") }
    #expect(Set(values["0.out.bias"] ?? []).count == 4, "what is not named begins by itself")
  }

  @Test("20,000 layers that each have a table are laid flat")
  func deep() throws {
    var node = Enclosure([NodeChild("w", Beginner(weight: Shared(Tensor(lazy: [1])), value: 1))])
    for level in 0..<20_000 {
      node = Enclosure([NodeChild("n", node)], ["n.w.weight": Constant(Double(level)), "n.n.n.w.weight": Constant(-1)])
    }
    let fresh = try Inventory(of: node).leaves[0].fresh
    #expect(fresh?.description == "constant(value: -1)")
  }
}
