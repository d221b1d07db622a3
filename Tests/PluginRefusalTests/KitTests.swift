import Foundation
import JSONText
import PluginHost
import Reinit
import Synchronization
import Testing

/// Plugins of Tests/Kits: the same in four languages, by the words of the kits, in variants that need other things.
enum Kits {
  static let languages = ["c", "cxx", "rust", "swift"]

  private static let built = Result {
    let folder = Workshop.store + "/kits"
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    make.arguments = ["-s", "-C", Workshop.root + "/Tests/Kits", "-j\(jobs)", "OUT=\(folder)"]
    try make.run()
    make.waitUntilExit()
    guard make.terminationStatus == 0 else { throw Failure(text: "the plugins of the kits cannot be built") }
    return folder
  }

  static func file(_ language: String, _ variant: String = "met") throws -> String {
    "\(try built.get())/\(language)-\(variant).so"
  }
}

/// What a plugin needs that this host does not have, and what the refusal says.
struct Lack: Sendable, CustomTestStringConvertible {
  let variant: String
  let expected: String
  let found: String
  var testDescription: String { variant }

  static let all = [
    Lack(variant: "lacking", expected: "the service 'draft.light' in version 3", found: "no such service"),
    Lack(variant: "other", expected: "the service 'draft.dlpack' in version 2", found: "version 1"),
    Lack(variant: "newer", expected: "ABI 1.9 or later", found: "1.0"),
  ]
}

@Suite("Words of the kits, in four languages", .serialized) struct KitTests {
  /// Runs a body on the plugin, which is to hold nothing at its end; the lines that it has said.
  @discardableResult
  private func withPlugin(_ language: String, _ body: (PluginCatalog) throws -> Void) throws -> [String] {
    let folder = try Folder()
    try folder.copy(Kits.file(language), "plugin.so")
    let lines = Mutex<[String]>([])
    let catalog = try Stage.catalog(folder, scanner: nil) { line in lines.withLock { $0.append(line) } }
    #expect(catalog.refused.isEmpty, "\(catalog.refused.map { "\($0.reason)" })")
    try body(catalog)
    #expect(catalog.handles == .none, "something is still held")
    return lines.withLock { $0 }.map { $0.replacing("plugin 'org.example.kit-\(language)': ", "") }
  }

  // MARK: - What a plugin needs

  @Test("A host that has all that is needed loads the plugin", arguments: Kits.languages)
  func met(language: String) throws {
    try withPlugin(language) { catalog in
      let required = try #require(catalog.plugins.first).description.required
      #expect(required.minor == 0 && required.services == ["draft.dlpack": 1])
    }
  }

  @Test(
    "One that lacks some of it refuses the plugin, in its own process, after a look, and in the tests of plugins",
    arguments: Kits.languages, Lack.all)
  func lacking(language: String, lack: Lack) throws {
    let folder = try Folder()
    let file = try folder.copy(Kits.file(language, lack.variant), "plugin.so")
    for scanner in [nil, Stage.scanner] {
      let catalog = try Stage.catalog(folder, scanner: scanner)
      let reason = catalog.refused.first?.reason
      #expect(catalog.plugins.isEmpty && reason?.code == .manifestRequirement)
      #expect(reason?.expected == lack.expected && reason?.found == lack.found)
    }
    let run = try Run(["plugin", "test", file, "--format", "json"], in: folder)
    let tests = try JSONValue(parsing: run.output)["tests"]?.array ?? []
    #expect(run.status == 1 && tests.count == 1 && tests.first?["code"] == "R0328", "\(run.errors)")
    #expect(tests.first?["expected"] == .string(lack.expected) && tests.first?["found"] == .string(lack.found))
  }

  @Test("A manifest that a kit or a seal writes says it before anything is loaded", arguments: Kits.languages)
  func manifests(language: String) throws {
    let folder = try Folder()
    let file = try folder.copy(Kits.file(language), "plugin.so")
    // C and Swift have no manifest before it.
    let isSealed = ["c", "swift"].contains(language)
    let bare = try PluginFile(reading: file)
    #expect((bare.manifest == nil) == isSealed)
    if isSealed { #expect(try Run(["plugin", "seal", file], in: folder).status == 0) }
    let required = try PluginFile(reading: file).manifest?.required
    #expect(required?.services == ["draft.dlpack": 1] && required?.minor == 0)
    guard !isSealed else { return }
    for lack in Lack.all {
      let refusal = try PluginFile(reading: Kits.file(language, lack.variant)).refusals.first
      #expect(refusal?.code == .manifestRequirement && refusal?.expected == lack.expected)
    }
  }

  // MARK: - What a plugin answers

  @Test("An extension is had by its name and exact version, and by no other", arguments: Kits.languages)
  func extensions(language: String) throws {
    try withPlugin(language) { catalog in
      let loaded = try #require(catalog.plugins.first).loaded()
      let table = try #require(try loaded.extension("org.example.answer", version: 1))
      #expect(table.load(as: UInt32.self) == 16)
      let twice = table.load(fromByteOffset: 8, as: (@convention(c) (Int32) -> Int32).self)
      #expect(twice(21) == 42)
      #expect(try loaded.extension("org.example.answer", version: 1) == table)
      for (name, version) in [("org.example.answer", 2), ("org.example.answe", 1), ("org.example.answers", 1), ("", 1)]
      {
        #expect(try loaded.extension(name, version: UInt32(version)) == nil)
      }
    }
  }

  @Test("The tests of plugins ask for it too, and find nothing", arguments: Kits.languages)
  func harness(language: String) throws {
    let folder = try Folder()
    let file = try folder.copy(Kits.file(language), "plugin.so")
    let names = ["load.extension", "layer.fresh", "layer.forward", "layer.handles", "layer.failures", "layer.hosts"]
    let run = try Run(["plugin", "test", file, "--format", "json"] + names.flatMap { ["--only", $0] }, in: folder)
    let tests = try JSONValue(parsing: run.output)["tests"]?.array ?? []
    let outcome = tests.first { $0["id"] == "load.extension" }?["outcome"]
    #expect(run.status == 0 && outcome == "passed" && tests.count == 11, "\(run.output)")
    #expect(tests.allSatisfy { $0["outcome"] == "passed" }, "\(run.output)")
  }

  // MARK: - What a layer hears of a nested one

  /// Fills all of a tree as it begins; what is frozen has to be named.
  private func begin(_ node: inout AnyNode, naming names: [String] = [], in catalog: PluginCatalog) throws {
    for selector in ["**"] + names {
      try node.reinitialize(seed: 5) {
        try Rule(RuleText(.fill("\(selector)=default")), registry: catalog.initializers)
      }
    }
  }

  /// The lines of a layer that has another one in it; its output is that one's, times the number of its tensors.
  private func facts(
    _ language: String, tensors: Float, naming names: [String] = [], _ inner: (PluginCatalog) throws -> any Layer
  ) throws -> [String] {
    try withPlugin(language) { catalog in
      var inner = AnyNode(try inner(catalog))
      try begin(&inner, naming: names, in: catalog)
      let layer = try catalog.layer("Facts(loud: true)", children: [try #require(inner.value as? any Layer)])
      let input = Tensor([1, 2, 3, 4], shape: [1, 4])
      let alone = try inner.applied(to: [input])[0].floats
      #expect(try AnyNode(layer).applied(to: [input])[0].floats == alone.map { tensors * $0 })
    }
  }

  @Test("Type, text and children of a built-in layer, an absent one among them", arguments: Kits.languages)
  func builtIn(language: String) throws {
    let lines = try facts(language, tensors: 1) { _ in Dense(in: 4, out: 2, bias: false) }
    #expect(
      lines == [
        "Dense | Dense(in: 4, out: 2, bias: false) | 2", "weight: tensor [2, 4], role 1 axes 0 1 torch_layer",
        "bias: absent, role 2 torch_layer(fan_in: 4)", "beyond: 1",
      ])
  }

  @Test(
    "Type, text and children of a plugin's own layer: roles, axes, what is frozen, how each begins",
    arguments: Kits.languages)
  func ownLayer(language: String) throws {
    let name = "org.example.kit-\(language)/Begins"
    let lines = try facts(language, tensors: 3, naming: ["count"]) { try $0.layer("Begins(n: 4, start: 0.5)") }
    #expect(
      lines == [
        "\(name) | \(name)(n: 4, start: 0.5) | 4",
        "weight: tensor [4, 4], role 1 axes 0 1 uniform(low: -0.25, high: 0.25)",
        "decay: tensor [4], role 5 constant(value: 2)", "count: tensor [1], role 4, frozen zeros",
        "out: layer Dense, role 0 bias: constant(value: 0.5), weight: zeros", "beyond: 1",
      ])
  }

  // MARK: - How the children of a described layer begin

  @Test(
    "Rows begin as the kit's words say: a text, a distribution, a table for a nested layer", arguments: Kits.languages)
  func begins(language: String) throws {
    try withPlugin(language) { catalog in
      var layer = AnyNode(try catalog.layer("Begins(n: 8, start: 0.25)"))
      try begin(&layer, naming: ["count"], in: catalog)
      let values = Dictionary(uniqueKeysWithValues: try layer.leaves().map { ("\($0.path)", $0.tensor.elements) })
      let weight = try #require(values["weight"])
      #expect(
        weight.count == 64 && weight.allSatisfy { -0.125 <= $0 && $0 < 0.125 } && weight.contains { abs($0) > 0.1 })
      // The same stream for every language.
      var dense = Dense(in: 8, out: 8)
      try dense.reinitialize(seed: 5) { try Rule(RuleText(.fill("weight=uniform(low: -0.125, high: 0.125)"))) }
      #expect(weight == dense.weight.elements)
      #expect(values["decay"] == Array(repeating: 2, count: 8))
      #expect(values["count"] == [0])
      #expect(values["out.weight"]?.allSatisfy { $0 == 0 } == true)
      #expect(values["out.bias"] == Array(repeating: 0.25, count: 8))
      // y = out(x) + (W x) ∘ decay
      let x = (0..<8).map { Double($0) - 3 }
      let y = try layer.applied(to: [Tensor(x.map(Float.init), shape: [1, 8])])[0].elements
      for row in 0..<8 {
        let sum = (0..<8).reduce(0.0) { $0 + weight[row * 8 + $1] * x[$1] }
        #expect(abs(y[row] - (0.25 + 2 * sum)) < 1e-5)
      }
    }
  }
}
