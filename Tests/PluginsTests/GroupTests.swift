import Reinit
import Testing

/// A host for initializers alone: the functions of tensors and layers are all NULL.
@Suite("A host without tensors and layers")
struct GroupTests {
  private static let shape: HostShape = {
    var shape = HostShape.current
    shape.hasLayers = false
    return shape
  }()

  /// What each initializer of a plugin makes of a matrix, with its defaults.
  private func values(_ name: String, on shape: HostShape) throws -> [String: [UInt32]] {
    let catalog = try Fixtures.catalog([name], shape: shape)
    let plugin = try #require(catalog.plugins.first)
    #expect(plugin.description.layers.isEmpty || shape.hasLayers)
    var values: [String: [UInt32]] = [:]
    for item in plugin.description.initializers {
      var model = Dense(in: 8, out: 8, bias: false)
      let rule = try rule("weight=\(plugin.description.id)/\(item.name)", catalog.initializers)
      try model.reinitialize(seed: 5) { rule }
      values[item.name] = model.weight.floats.map(\.bitPattern)
    }
    return values
  }

  @Test(
    "Initializers in every language, and plain functions, make what they make on any host",
    arguments: Fixtures.initializerPlugins + ["c-function", "ZerO"])
  func initializers(_ name: String) throws {
    let expected = try values(name, on: .current)
    #expect(!expected.isEmpty)
    #expect(try values(name, on: GroupTests.shape) == expected)
  }

  @Test("A plugin that is layers alone is refused, with the status and no more", arguments: Fixtures.layerPlugins)
  func layers(_ name: String) throws {
    let error = #expect(throws: Diagnostic.self) { try Fixtures.catalog([name], shape: GroupTests.shape) }
    #expect(
      error?.code == .pluginEntryFailed && error?.found == "status 2, unsupported", "\(error.map { "\($0)" } ?? "")")
    #expect(try Fixtures.catalog([name]).plugins.count == 1)
  }

  @Test("The probe registers what there is a place for, and finds every promise of a fill kept")
  func probe() throws {
    let catalog = try Fixtures.catalog(["Probe"], shape: GroupTests.shape)
    #expect(catalog.layers.descriptor(named: "Probe") == nil)
    for name in ["probe", "probe_whole", "probe_exclusive", "probe_drawn"] {
      var model = Chain(Conv(in: 3, out: 8, kernel: [3, 3]), Dense(in: 70, out: 90))
      let rule = try rule("**=\(name)", catalog.initializers)
      try model.reinitialize(seed: 3) { rule }
    }
  }
}
