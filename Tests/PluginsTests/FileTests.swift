import Foundation
import Reinit
import Synchronization
import Testing

@Suite("Plugins and files")
struct PluginFileTests {
  private let folder: String
  private let source: String
  private let catalog: PluginCatalog

  init() throws {
    folder = try Fixtures.temporaryFolder()
    source = folder + "/model.safetensors"
    catalog = try Fixtures.catalog(["rust-initializer", "swift-layer", "ZerO"])
    var model = try Chain(["a": Dense(in: 300, out: 500), "b": Dense(in: 64, out: 128), "norm": LayerNorm([128])])
    try model.reinitialize(with: .default, seed: 1)
    try model.save(to: source)
  }

  private func plan(_ rules: String...) throws -> (Checkpoint, Plan) {
    let checkpoint = try Checkpoint(opening: source)
    return (checkpoint, try checkpoint.plan(try rules.map { try rule($0, catalog.initializers) }, seed: 5))
  }

  private func apply(to name: String, _ rules: String...) throws -> String {
    let checkpoint = try Checkpoint(opening: source)
    let plan = try checkpoint.plan(try rules.map { try rule($0, catalog.initializers) }, seed: 5)
    let output = "\(folder)/\(name)"
    try checkpoint.apply(plan, writing: output)
    return output
  }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test("The receipt names plugin, version and build, and verify makes the values again with the plugin")
  func receipts() throws {
    let output = try apply(to: "out", "Dense.weight=rust_initializer(gain: 2)")
    let checkpoint = try Checkpoint(opening: output)
    let stamp = try #require(try checkpoint.receipt()?.entries.first?.entry.draw?.plugin)
    #expect(stamp.id == "org.example.rust-initializer" && stamp.version == "1.0.0")
    #expect(stamp.build == catalog.plugins[0].digest)
    let results = try checkpoint.verify(options: ApplyOptions(resolver: catalog.resolver))
    #expect(results.map(\.outcome) == [.identical, .identical])
  }

  @Test("Without the plugin verify says which one is missing")
  func missing() throws {
    let output = try apply(to: "out", "Dense.weight=rust_initializer")
    let error = #expect(throws: Diagnostic.self) { try Checkpoint(opening: output).verify() }
    #expect(error?.code == .pluginMissing)
    #expect(error?.expected?.contains("org.example.rust-initializer 1.0.0") == true)
  }

  @Test("A receipt of another version of the algorithm is not recomputed with this one")
  func algorithm() throws {
    let output = try apply(to: "out", "Dense.weight=rust_initializer")
    let entry = try #require(try Checkpoint(opening: output).receipt()?.entries.first?.entry)
    let foreign = try #require(entry.draw?.foreign)
    let other = ForeignDraw(
      name: foreign.name, version: foreign.version + 1, path: foreign.path, arguments: foreign.arguments,
      isElementwise: true)
    let error = #expect(throws: Diagnostic.self) { try catalog.resolver(other, entry.draw?.plugin) }
    #expect(error?.code == .pluginAlgorithm)
  }

  @Test("In memory, into a new file and in place: the same bytes")
  func ways() throws {
    let rules = ["Dense.weight=rust_initializer", "b.weight=org.reinit.zero/hadamard"]
    let written = try apply(to: "out", rules[0], rules[1])
    let copy = folder + "/copy"
    try FileManager.default.copyItem(atPath: source, toPath: copy)
    let checkpoint = try Checkpoint(opening: copy)
    try checkpoint.applyInPlace(try checkpoint.plan(try rules.map { try rule($0, catalog.initializers) }, seed: 5))
    var model = try Chain(["a": Dense(in: 300, out: 500), "b": Dense(in: 64, out: 128), "norm": LayerNorm([128])])
      .loaded(from: source)
    try model.reinitialize(seed: 5) { for text in rules { try rule(text, catalog.initializers) } }
    for leaf in try model.leaves() {
      let bytes = leaf.tensor.withBytes { Array($0) }
      for path in [written, copy] {
        let loaded = try Chain(["a": Dense(in: 300, out: 500), "b": Dense(in: 64, out: 128), "norm": LayerNorm([128])])
          .loaded(from: path)
        #expect(loaded[path: leaf.path].flatMap(\.tensor)?.withBytes { Array($0) } == bytes)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("reinit-") }.isEmpty)
  }

  @Test("A run in place that is cut off is finished without the plugin, from what it had made")
  func interruption() throws {
    let copies = Mutex<[String]>([])
    let checkpoint = try Checkpoint(opening: source)
    let plan = try checkpoint.plan([try rule("Dense.weight=rust_initializer", catalog.initializers)], seed: 5)
    let names = ["model.safetensors", "model.safetensors.reinit-journal", "model.safetensors.reinit-spool"]
    let options = ApplyOptions(threads: 1) { [folder] _ in
      copies.withLock { copies in
        let target = "\(folder)/cut\(copies.count)"
        try? FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for name in names {
          try? FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(target)/\(name)")
        }
        copies.append(target)
      }
    }
    try checkpoint.applyInPlace(plan, options: options)
    let finished = try contents(source)
    let places = copies.withLock { $0 }
    #expect(!places.isEmpty)
    for place in places {
      let path = "\(place)/model.safetensors"
      #expect(try Checkpoint.finishInPlace(path) != nil)
      #expect(try contents(path) == finished)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["model.safetensors"])
    }
  }

  @Test("A plugin's layer stands in a checkpoint's tree where a correction says so")
  func corrections() throws {
    let layers = catalog.layers
    var tree = try Chain(["gate": catalog.layer("SwiftLayer(size: 8)", children: [])])
    try tree.reinitialize(with: .default, seed: 1)
    let path = folder + "/gate.safetensors"
    try tree.save(to: path)
    let reading = TreeReading(
      options: RecognitionOptions(overrides: [try TypeOverride(parsing: "gate=SwiftLayer(size: 8)", layers: layers)]))
    let checkpoint = try Checkpoint(opening: path, reading: reading)
    let plan = try checkpoint.plan([try rule("org.example.swift-layer/*.weight=constant(3)")], seed: 0)
    #expect(plan.steps.map(\.name) == ["gate.weight"])
    for wrong in ["gate=SwiftLayer(size: 9)", "gate=SwiftLayer(size: 8, bias: false)"] {
      let reading = TreeReading(
        options: RecognitionOptions(overrides: [try TypeOverride(parsing: wrong, layers: layers)]))
      let error = #expect(throws: Diagnostic.self) { try Checkpoint(opening: path, reading: reading) }
      #expect(error?.place?.hasPrefix("gate.") == true)
    }
  }
}
