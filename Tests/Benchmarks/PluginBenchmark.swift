import Diagnostics
import Functors
import Glibc
import Initializers
import Layers
import PluginHost
import Reinitialization
import Tensors

/// What it costs that a fill or a layer is a plugin's: each beside the same thing built in, in pairs.
///
/// The plugins are the examples that Scripts/plugins has built; the folder is the first argument.
enum PluginBenchmark {
  static func run(_ folder: String) throws {
    let catalog = try PluginCatalog(
      PluginOptions(
        named: ["c-initializer", "c-layer"].map { "\(folder)/\($0).so" }, searchesFolders: false, scanner: nil,
        usesCache: false))
    try fills(catalog)
    try walk(catalog)
  }

  /// `normal, std = gain/√fan_in` through a plugin's fill, and by the built-in initializer, in resident memory.
  private static func fills(_ catalog: PluginCatalog) throws {
    print("\nplugin fill: normal values as f32, one thread; ratio = plugin's time / built-in's, median of pairs")
    print(column("elements", 12), column("built in", 14), column("plugin", 14), column("ratio", 8))
    for count in [10_000, 1_000_000, 100_000_000] {
      let shape = Shape([count / 100, 100])
      let context = ParameterContext(name: "bench", shape: shape, geometry: Geometry())
      let builtIn = try Kaiming.kaimingNormal(gain: 1).draw(for: context)
      let plugin = try catalog.initializers.initializer(parsing: "c_initializer").draw(for: context)
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 4, alignment: 2 << 20)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 1)
      let repeats = max(1, 4_000_000 / count)
      let times = try pairs(of: count > 10_000_000 ? 7 : 41, first: { try fill(builtIn, shape, memory, repeats) }) {
        try fill(plugin, shape, memory, repeats)
      }
      print(
        column("\(count)", 12), column(time(times.first / Double(repeats)), 14),
        column(time(times.second / Double(repeats)), 14), column(text(times.ratio, digits: 3), 8))
    }
  }

  /// In ranges as a run has them.
  private static func fill(
    _ draw: Draw, _ shape: Shape, _ memory: UnsafeMutableRawBufferPointer, _ repeats: Int
  ) throws {
    let stream = RandomStream(seed: 1, name: "bench")
    let filling = try Filling(draw, shape: shape, dtype: .f32, stream: stream)
    for _ in 0..<repeats {
      for range in FillRange.ranges([(shape.count, 4)]) {
        let part = memory[4 * range.first..<4 * (range.first + range.count)]
        try filling.write(from: range.first, to: UnsafeMutableRawBufferPointer(rebasing: part))
      }
    }
  }

  /// A flat chain of plugin layers and one of built-in scales: walked, and rebuilt.
  private static func walk(_ catalog: PluginCatalog) throws {
    let count = 10_000
    let plugins = try Chain((0..<count).map { (Key.index($0), try catalog.layer("CLayer(size: 1)")) })
    let builtIn = try Chain((0..<count).map { (Key.index($0), Scale([1])) })
    let visits = try pairs(of: 11, first: { try visit(builtIn) }) { try visit(plugins) }
    let maps = try pairs(of: 11, first: { _ = try builtIn.map { $0 } }) { _ = try plugins.map { $0 } }
    print("\nplugin layer: one of \(count) in a chain, two tensors each; ratio = plugin's time / built-in Scale's")
    print(column("", 12), column("built in", 14), column("plugin", 14), column("ratio", 8))
    for (name, times) in [("walk", visits), ("map", maps)] {
      print(
        column(name, 12), column(time(times.first / Double(count)), 14), column(time(times.second / Double(count)), 14),
        column(text(times.ratio), 8))
    }
  }

  private static func visit(_ model: some Node) throws {
    var count = 0
    try model.forEach { _ in
      count += 1
      return .descend
    }
  }

  /// Times two pieces of work in turn; the ratio is the median of the pairs' ratios.
  private static func pairs(
    of runs: Int, first: () throws -> Void, second: () throws -> Void
  ) rethrows -> (first: Double, second: Double, ratio: Double) {
    var times: [(Double, Double)] = []
    for _ in 0..<runs { times.append((try median(of: 1, first), try median(of: 1, second))) }
    func middle(_ values: [Double]) -> Double { values.sorted()[runs / 2] }
    return (middle(times.map(\.0)), middle(times.map(\.1)), middle(times.map { $0.1 / $0.0 }))
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 1e-3 ? "\(text(seconds * 1e6)) µs" : "\(text(seconds * 1e3)) ms"
  }
}
