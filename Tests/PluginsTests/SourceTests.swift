import Foundation
import JSONText
import Reinit
import Synchronization
import Testing

/// Files and models whose values are made of others.
@Suite("Fills that read")
struct SourceTests {
  private let folder: String
  private let source: String
  private let catalog: PluginCatalog
  private let soften = "shrink_and_perturb(shrink: 0.6, std: 0.25)"

  init() throws {
    folder = try Fixtures.temporaryFolder()
    source = folder + "/model.safetensors"
    catalog = try Fixtures.catalog(["ShrinkPerturb"])
    var model = try SourceTests.model()
    try model.reinitialize(with: .default, seed: 1)
    try model.save(to: source)
  }

  private static func model() throws -> Chain {
    try Chain(["a": Dense(in: 300, out: 500), "b": Dense(in: 64, out: 128), "norm": LayerNorm([128])])
  }

  private func plan(_ checkpoint: Checkpoint, _ rules: [String], seed: UInt64 = 5) throws -> Plan {
    try checkpoint.plan(try rules.map { try rule($0, catalog.initializers) }, seed: seed)
  }

  private func apply(to name: String, threads: Int = 2, _ rules: String...) throws -> String {
    let checkpoint = try Checkpoint(opening: source)
    let output = "\(folder)/\(name)"
    try checkpoint.apply(try plan(checkpoint, rules), writing: output, options: ApplyOptions(threads: threads))
    return output
  }

  private func verify(_ path: String, from: String? = nil) throws -> [Verification.Outcome] {
    try Checkpoint(opening: path).verify(from: from, options: ApplyOptions(resolver: catalog.resolver)).map(\.outcome)
  }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test("The old values are made smaller and disturbed as NumPy does it")
  func numbers() throws {
    let cases = try Numbers.reference("ShrinkPerturb").cases()
    #expect(cases.count == 4)
    for json in cases {
      let shape = json.sizes("shape")
      let text = "shrink_and_perturb(shrink: \(json.argument("shrink")), std: \(json.argument("std")))"
      let rule = try catalog.rule("weight=\(text)")
      for dtype in [DType.f32, .f64] {
        var layer = try catalog.map(shape).map { _ in json.tensor("old", Shape(shape)).converted(to: dtype) }
        try layer.reinitialize(seed: 7) { rule }
        let found = try #require(layer.tensor(at: "weight"))
        #expect(distance(found.elements, json.numbers("values")) <= 1e-7, "\(text) \(dtype)")
      }
    }
  }

  @Test("In memory, into a new file and in place, on one thread and on three: the same bytes")
  func ways() throws {
    let rules = ["@weight=\(soften)", "norm.weight=\(soften)"]
    let written = try apply(to: "out", threads: 1, rules[0], rules[1])
    let other = try apply(to: "other", threads: 3, rules[0], rules[1])
    #expect(try contents(written) == contents(other))
    let copy = folder + "/copy"
    try FileManager.default.copyItem(atPath: source, toPath: copy)
    let checkpoint = try Checkpoint(opening: copy)
    try checkpoint.applyInPlace(try plan(checkpoint, rules))
    var model = try SourceTests.model().loaded(from: source)
    try model.reinitialize(seed: 5) { for text in rules { try rule(text, catalog.initializers) } }
    for path in [written, copy] {
      let loaded = try SourceTests.model().loaded(from: path)
      for leaf in try model.leaves() {
        #expect(try #require(loaded.tensor(at: leaf.path)).hasSameBits(as: leaf.tensor), "\(leaf.path) of \(path)")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("reinit-") }.isEmpty)
    #expect(catalog.handles == .none)
  }

  @Test("A receipt has the hash of what was read, and verify makes the values again where that is still there")
  func receipts() throws {
    let output = try apply(to: "out", "@weight=\(soften)")
    let entries = try #require(try Checkpoint(opening: output).receipt()).entries.map(\.entry)
    let header = try Checkpoint(opening: source).header
    for entry in entries {
      let bytes = try SafeTensorsFile(source).bytes(of: #require(header[entry.name]))
      #expect(entry.draw?.sources.map(\.hash) == [bytes.withUnsafeBytes { ContentHash($0) }])
      #expect(entry.draw?.sources.map(\.place) == [.old])
    }
    #expect(entries.count == 2)
    #expect(try verify(output) == [.recorded, .recorded])
    #expect(try verify(output, from: source) == [.identical, .identical])
    // Another run of other values: they are not what was read.
    let different = try apply(to: "different", "@weight=normal(std: 1)")
    #expect(try verify(output, from: different) == [.recorded, .recorded])
    let absent = #expect(throws: Diagnostic.self) { try verify(different, from: folder + "/nowhere") }
    #expect(absent?.code == .noSuchFile)
    let written = try Checkpoint(opening: output).header
    var bytes = try contents(output)
    bytes[written.dataStart + (try #require(written["b.weight"])).range.lowerBound] ^= 1
    try bytes.write(to: URL(fileURLWithPath: output))
    #expect(try verify(output) == [.recorded, .different])
    #expect(try verify(output, from: source) == [.identical, .different])
  }

  @Test("A run in place that is cut off is finished from its spool, without the plugin and what it has read")
  func interruption() throws {
    let copies = Mutex<[String]>([])
    let checkpoint = try Checkpoint(opening: source)
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
    let original = folder + "/original"
    try FileManager.default.copyItem(atPath: source, toPath: original)
    try checkpoint.applyInPlace(try plan(checkpoint, ["@weight=\(soften)"]), options: options)
    let finished = try contents(source)
    #expect(try verify(source, from: original) == [.identical, .identical])
    let places = copies.withLock { $0 }
    #expect(places.count > 1)
    for place in places {
      let path = "\(place)/model.safetensors"
      #expect(try Checkpoint.finishInPlace(path) != nil)
      #expect(try contents(path) == finished)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["model.safetensors"])
    }
  }

  @Test("What has no values cannot be read: nothing is changed")
  func withoutValues() throws {
    var model = try SourceTests.model()
    let rule = try rule("a.weight=\(soften)", catalog.initializers)
    let error = #expect(throws: Diagnostic.self) { try model.reinitialize(seed: 5) { rule } }
    #expect(error?.code == .sourceMissing)
    #expect(error?.place?.contains("a.weight") == true)
    #expect(try #require(model.tensor(at: "a.weight")).isLazy)
  }

  @Test("A tensor by itself has its old values")
  func alone() throws {
    var tensor = Tensor((0..<6).map { Float($0) }, shape: [2, 3])
    let text = "shrink_and_perturb(shrink: 0.5, std: 0)"
    try tensor.fill(with: try catalog.initializers.initializer(parsing: text), seed: 1, name: "weight")
    #expect(tensor.floats == [0, 0.5, 1, 1.5, 2, 2.5])
  }

  @Test("PiSSA's adapter and residual are NumPy's, all three of one run, each made of the weight as it was")
  func pissa() throws {
    let catalog = try Fixtures.catalog(["PiSSA"])
    let cases = try Numbers.reference("PiSSA").cases()
    #expect(cases.count == 4)
    for json in cases {
      let (shape, rank) = (json.sizes("shape"), Int(json.number("rank")))
      let (rows, columns) = (shape[0], shape[1])
      var base = Dense(in: columns, out: rows, bias: false)
      base.weight = json.tensor("weight", [rows, columns])
      var model = try Chain([
        "base_layer": base, "lora_A": Dense(in: columns, out: rank, bias: false),
        "lora_B": Dense(in: rank, out: rows, bias: false),
      ])
      let scaling = json.argument("scaling")
      let rules = [
        "lora_A.weight=pissa_a(scaling: \(scaling))", "lora_B.weight=pissa_b(scaling: \(scaling))",
        "base_layer.weight=pissa_residual(rank: \(rank))",
      ]
      try model.reinitialize(seed: 1) { for text in rules { try catalog.rule(text) } }
      for (path, key) in [("lora_A", "a"), ("lora_B", "b"), ("base_layer", "residual")] {
        let found = try #require(model.tensor(at: TreePath("\(path).weight"))).elements
        let largest = json.numbers("weight").map(abs).max() ?? 1
        let off = zip(found, json.numbers(key)).map { abs($0 - $1) }.max() ?? .infinity
        #expect(found.count == json.numbers(key).count && off <= 1e-5 * largest, "\(path) \(shape) \(off)")
      }
    }
    #expect(catalog.handles == .none)
  }

  @Test("PiSSA refuses a base that is not there, and a rank that it does not have")
  func refusals() throws {
    let catalog = try Fixtures.catalog(["PiSSA"])
    let model = try Chain(["a": Dense(in: 4, out: 3), "base": Chain(["a": Dense(in: 4, out: 5)])])
    func code(_ text: String) throws -> Diagnostic? {
      let rule = try catalog.rule(text)
      return #expect(throws: Diagnostic.self) { try model.plan(seed: 1) { rule } }
    }
    let missing = try code("a.weight=pissa_a")
    #expect(missing?.code == .sourceMissing && missing?.message.contains("'base_layer.weight'") == true)
    let other = try code("a.weight=pissa_residual(base: base.a.weight)")
    #expect(other?.code == .pluginRefused && other?.message.contains("expected [3, 4], found [5, 4]") == true)
    let large = try code("a.weight=pissa_b(base: base.a.bias)")
    #expect(large?.code == .pluginRefused && large?.message.contains("expected a matrix") == true)
  }

  @Test("Noise where a mask of another checkpoint is not 0 is numpy.where's; verify finds the mask again")
  func masks() throws {
    let catalog = try Fixtures.catalog(["MaskedNoise"])
    let json = try #require(try Numbers.reference("MaskedNoise").cases().last)
    let shape = Shape(json.sizes("shape"))
    let (model, masks) = ("\(folder)/old.safetensors", "\(folder)/masks.safetensors")
    for (path, key) in [(model, "old"), (masks, "mask")] {
      var layer = Dense(in: shape[1], out: shape[0], bias: false)
      layer.weight = json.tensor(key, shape)
      try layer.save(to: path)
    }
    let text = "weight=masked_noise(std: \(json.argument("std")), mask: \"\(masks)\")"
    let checkpoint = try Checkpoint(opening: model)
    let plan = try checkpoint.plan([try catalog.rule(text)], seed: 7)
    #expect(plan.steps[0].draw.sources.map(\.description) == ["old values", "weight of \(masks)"])
    let output = "\(folder)/new.safetensors"
    try checkpoint.apply(plan, writing: output)
    let found = try Tensor(named: "weight", in: output).elements
    #expect(distance(found, json.numbers("values")) <= 1e-7)
    let kept = zip(zip(found, json.numbers("old")), json.numbers("mask")).filter { $1 == 0 }
    #expect(kept.count == 16 && kept.allSatisfy { Float($0.0.0) == Float($0.0.1) })
    let options = ApplyOptions(resolver: catalog.resolver)
    #expect(try Checkpoint(opening: output).verify(from: model, options: options).map(\.outcome) == [.identical])
    var layer = try Dense(in: shape[1], out: shape[0], bias: false).loaded(from: model)
    let rule = try catalog.rule(text)
    try layer.reinitialize(seed: 7, reading: .checkpoints) { rule }
    #expect(layer.weight.elements == found)
    let error = #expect(throws: Diagnostic.self) { try layer.reinitialize(seed: 7) { rule } }
    #expect(error?.code == .sourceMissing && error?.hints.joined().contains(".checkpoints") == true)
    // A file may be its own mask, in place too.
    let own = "\(folder)/own.safetensors"
    try FileManager.default.copyItem(atPath: model, toPath: own)
    let itself = try Checkpoint(opening: own)
    let alone = try catalog.rule("weight=masked_noise(std: 1, mask: \"\(own)\")")
    try itself.applyInPlace(try itself.plan([alone], seed: 7))
    #expect(try Tensor(named: "weight", in: own).elements != Tensor(named: "weight", in: model).elements)
    try FileManager.default.removeItem(atPath: masks)
    #expect(try Checkpoint(opening: output).verify(from: model, options: options).map(\.outcome) == [.recorded])
    let absent = #expect(throws: Diagnostic.self) { try checkpoint.plan([rule], seed: 7) }
    #expect(absent?.place?.contains("weight") == true || absent?.place == masks)
  }
}
