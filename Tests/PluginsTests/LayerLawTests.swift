import Reinit
import Testing

/// The laws of trees, on trees of built-in layers and of layers in C, C++, Rust and Swift.
@Suite("Layers of plugins")
struct PluginLayerLawTests {
  /// Each test has a catalog, and so a count, of its own.
  private func withTree(_ seed: Int, _ body: (AnyNode, PluginCatalog) throws -> Void) throws {
    let catalog = try Fixtures.catalog(Fixtures.layerPlugins)
    try body(try MixedTree.make(seed, in: catalog), catalog)
    #expect(catalog.handles == .none, "something is still held")
  }

  private func fingerprint(_ tree: AnyNode) throws -> [String] {
    try tree.leaves(ties: .every).map { "\($0.path) \($0.role.map { "\($0)" } ?? "-") \($0.tensor.floats)" }
  }

  @Test("Trees have all four languages in them, nested both ways, and ties across the borders")
  func coverage() throws {
    var (kinds, nestings, ties): (Set<String>, Set<String>, Int) = ([], [], 0)
    for seed in 0..<12 {
      try withTree(seed) { tree, _ in
        try tree.forEach(PluginLayer.self) { layer, _ in
          kinds.insert(layer.kind.name)
          if let inner = layer.children.last?.node as? any Layer {
            nestings.insert("\(layer.kind.name)>\(inner.kind.name)")
          }
        }
        ties += try tree.leaves(ties: .every).count - tree.leaves().count
      }
    }
    #expect(kinds.count == 4)
    #expect(nestings.contains { $0.hasSuffix(">Dense") || $0.hasSuffix(">Chain") })
    #expect(nestings.contains { $0.split(separator: ">").allSatisfy { $0.hasPrefix("org.") } })
    #expect(ties >= 12)
  }

  @Test("Mapping the identity gives the same tree, of new instances that hold the same handles", arguments: 0..<12)
  func identity(seed: Int) throws {
    try withTree(seed) { tree, catalog in
      let before = catalog.handles
      let copy = try tree.map { $0 }
      #expect(try fingerprint(copy) == fingerprint(tree))
      #expect(catalog.handles.tensors == before.tensors, "rebuilding made new handles of the same tensors")
      #expect(catalog.handles.instances == 2 * before.instances)
    }
  }

  @Test("Map f, then g, is map g∘f, and the original stays as it was", arguments: 0..<12)
  func composition(seed: Int) throws {
    try withTree(seed) { tree, _ in
      let before = try fingerprint(tree)
      let twice = try tree.map { $0.changed { $0 * 3 } }.map { $0.changed { $0 - 1 } }
      let once = try tree.map { $0.changed { $0 * 3 - 1 } }
      #expect(try fingerprint(twice) == fingerprint(once))
      #expect(try fingerprint(tree) == before)
    }
  }

  @Test("A tie across plugins is visited once, written once, and stays tied", arguments: 0..<12)
  func ties(seed: Int) throws {
    try withTree(seed) { tree, _ in
      var visits = 0
      let mapped = try tree.map { tensor in
        visits += 1
        return tensor.changed { $0 + Float(visits) }
      }
      #expect(visits == (try tree.leaves().count))
      #expect(try mapped.leaves().count == tree.leaves().count)
      var model = mapped
      try model.reinitialize(with: .normal(std: 1), seed: 9)
      try model.reinitialize(seed: 9) { try rule("@scale=uniform(low: 2, high: 3)") }
      let places = try model.leaves(ties: .every).filter {
        $0.path.description.hasSuffix("weight") && $0.role == .scale
      }
      let tied = Set(try tree.leaves(ties: .every).map(\.path)).count - (try tree.leaves().count)
      #expect(tied > 0 && Set(places.map(\.tensor.floats)).count <= places.count - tied)
    }
  }

  @Test("To stop at a plugin's layer or to skip it leaves what is below unseen and unchanged", arguments: 0..<12)
  func stopping(seed: Int) throws {
    try withTree(seed) { tree, _ in
      for decision in [WalkDecision.stop, .skip] {
        var (closed, seen): ([TreePath], [TreePath]) = ([], [])
        let result = try tree.map(
          deciding: { visit in
            seen.append(visit.path)
            guard visit.node is PluginLayer else { return .descend }
            closed.append(visit.path)
            return decision
          },
          { _, tensor in tensor.changed { $0 + 1 } })
        func isClosed(_ path: TreePath) -> Bool {
          closed.contains { path.keys.count > $0.keys.count && path.keys.starts(with: $0.keys) }
        }
        #expect(!closed.isEmpty && !seen.contains(where: isClosed))
        for (before, after) in try zip(tree.leaves(), result.leaves()) {
          #expect((before.tensor.floats == after.tensor.floats) == isClosed(before.path))
        }
      }
    }
  }

  @Test("A rule fills a plugin's layer by type, by short name, by field, by role and by path, as it fills the built-in")
  func rules() throws {
    let catalog = try Fixtures.catalog(Fixtures.layerPlugins)
    let selectors = [
      "org.example.rust-layer/RustLayer.weight", "RustLayer.weight", "org.example.rust-layer/*.weight", "1.weight",
      "Chain RustLayer.weight",
    ]
    for selector in selectors {
      var model = Chain(
        try catalog.layer("CLayer(size: 8)"), try catalog.layer("RustLayer(size: 8)", children: [Dense(in: 8, out: 8)]))
      try model.reinitialize(with: .default, seed: 1)
      try model.reinitialize(seed: 1) { try rule("\(selector)=constant(7)") }
      #expect(
        try model.leaves().filter { $0.tensor.floats.allSatisfy { $0 == 7 } }.map(\.path.description) == ["1.weight"])
    }
  }

  @Test(
    "default gives a plugin's layer the state that it declares, and a rule overrules it", arguments: Fixtures.languages)
  func fresh(language: String) throws {
    let catalog = try Fixtures.catalog(Fixtures.layerPlugins)
    var layer = try AnyNode(catalog.layer("\(Fixtures.layerName(language))(size: 8)"))
    try layer.reinitialize(with: .default, seed: 1)
    #expect(try layer.leaves().map { $0.tensor.floats[3] } == [0.1, 0])
    try layer.reinitialize(seed: 1) {
      try rule("**=default")
      try rule("**.bias=constant(4)")
    }
    #expect(try layer.leaves().map { $0.tensor.floats[3] } == [0.1, 4])
  }

  /// The host refuses for a described layer, others refuse themselves.
  static let refusing: [(plugin: String, layer: String, isDescribed: Bool)] =
    Fixtures.languages.map { ("\($0)-layer", "\(Fixtures.layerName($0))(size: 8)", true) }
    + [("SIREN", "Siren(in: 2, out: 3)", false), ("Spline", "SplineDense(in: 2, out: 3)", false)]

  @Test("Parts that do not fit are refused, and the model stays as it was", arguments: refusing)
  func refusal(plugin: String, layer: String, isDescribed: Bool) throws {
    let catalog = try Fixtures.catalog([plugin])
    var model = try AnyNode(catalog.layer(layer))
    try model.reinitialize(with: .default, seed: 1)
    let before = try fingerprint(model)
    let error = #expect(throws: Diagnostic.self) { try model.map { _ in Tensor([1, 2, 3]) } }
    #expect(error?.code == (isDescribed ? .rebuildMismatch : .pluginCallFailed))
    #expect(error?.message.contains("weight") == true)
    #expect(try fingerprint(model) == before)
  }

  @Test("Layers in four languages compute the same bits, nested in each other and around a built-in")
  func forward() throws {
    let catalog = try Fixtures.catalog(Fixtures.layerPlugins)
    let input = Tensor((0..<8).map { Float($0) * 0.37 - 1 })
    var results: Set<[Float]> = []
    for language in Fixtures.languages {
      var dense = Dense(in: 8, out: 8)
      try dense.reinitialize(with: .default, seed: 4)
      var model = try AnyNode(
        catalog.layer(
          "\(Fixtures.layerName(language))(size: 8)", children: [catalog.layer("RustLayer(size: 8)", children: [dense])]
        ))
      try model.reinitialize(seed: 5) { try rule("@scale=uniform(low: 0.5, high: 1)") }
      try model.reinitialize(seed: 5) { try rule("*.bias=default") }
      let once = try model.applied(to: [input])[0].floats
      #expect(try model.applied(to: [input])[0].floats == once)
      #expect(try model.shapes(for: [input.shape]) == [input.shape])
      results.insert(once)
    }
    #expect(results.count == 1)
  }

  @Test("A tree that is nested 20,000 layers deep is made, walked, mapped and destroyed, in a task")
  func depth() async throws {
    try await Task {
      let catalog = try Fixtures.catalog(["c-layer", "rust-layer"])
      try autoreleased {
        var layer = try catalog.layer("CLayer(size: 1)")
        for index in 0..<20_000 {
          layer = try catalog.layer(index % 2 == 0 ? "RustLayer(size: 1)" : "CLayer(size: 1)", children: [layer])
        }
        let tree = AnyNode(layer)
        var count = 0
        try tree.map { $0 }.forEach { visit in
          count += visit.tensor == nil ? 0 : 1
          return .descend
        }
        #expect(count == 40_002)
      }
      #expect(catalog.handles == .none)
    }.value
  }

  private func autoreleased(_ body: () throws -> Void) rethrows { try body() }
}
