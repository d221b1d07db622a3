import Functors
import Initializers
import LayerVocabulary
import Layers
import PluginHost
import Reinitialization
import Tensors

/// Row 12: what it costs that a fill or a layer is a plugin's.
enum PluginRows {
  /// - Parameter folder: where Scripts/plugins has put the examples.
  static func cases(_ folder: String, _ memory: Memory) throws -> [Case] {
    let catalog = try PluginCatalog(
      PluginOptions(
        named: ["c-initializer", "c-layer"].map { "\(folder)/\($0).so" }, searchesFolders: false, scanner: nil,
        usesCache: false))
    return [fill(catalog, memory, 1_000_000), fill(catalog, memory, FillRows.count), try walk(catalog)]
  }

  /// `normal, std = gain/√fan_in` by a plugin's fill, against the built-in initializer as the limit.
  private static func fill(_ catalog: PluginCatalog, _ memory: Memory, _ count: Int) -> Case {
    let shape = Shape([count / 100, 100])
    let context = ParameterContext(name: "bench", shape: shape, geometry: Geometry())
    return Case(
      row: 12, name: "a C plugin's fill, \(count) values, 1T", measure: .rate(count),
      ours: {
        try FillRows.fill(
          memory, catalog.initializers.initializer(parsing: "c_initializer").draw(for: context), 1, count: count)()
      },
      limit: (
        "built in", { try FillRows.fill(memory, Kaiming.kaimingNormal(gain: 1).draw(for: context), 1, count: count)() }
      ), goals: [.ofLimit(1 / 1.05)], rounds: 9)
  }

  /// A chain of plugin layers laid flat, against one of built-in scales.
  private static func walk(_ catalog: PluginCatalog) throws -> Case {
    let count = 10_000
    let plugins = try Chain((0..<count).map { (PathKey.index($0), try catalog.layer("CLayer(size: 1)")) })
    let builtIn = try Chain((0..<count).map { (PathKey.index($0), Scale([1])) })
    return Case(
      row: 12, name: "lay 10⁴ C plugin layers flat, a layer", measure: .nanosecondsEach(count),
      ours: { { try timed(atLeast: 0.02) { _ = try Inventory(of: plugins) } } },
      limit: ("built-in Scale", { { try timed(atLeast: 0.02) { _ = try Inventory(of: builtIn) } } }), rounds: 9)
  }
}
