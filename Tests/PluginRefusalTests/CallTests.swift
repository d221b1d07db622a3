import Foundation
import Reinit
import Testing

/// A call that goes wrong: the word that makes the plugin do it, the code, and what has to be said.
struct Misstep: Sendable, CustomTestStringConvertible {
  let kind: String
  let code: ErrorCode
  let says: [String]

  init(_ kind: String, _ code: ErrorCode = .pluginCallFailed, _ says: String...) {
    (self.kind, self.code, self.says) = (kind, code, says)
  }

  var testDescription: String { kind }

  /// Everything that is not as it should be in what a body throws.
  func complaints(_ parts: [String] = [], of body: () throws -> Void) -> [String] {
    do {
      try body()
      return ["nothing is thrown"]
    } catch let error as Diagnostic {
      let text = told(error)
      let missing = (says + parts).filter { !text.contains($0) }
      return missing.map { "'\($0)' is not said" } + (error.code == code ? [] : ["code \(code.id)"])
        + (missing.isEmpty && error.code == code ? [] : [text])
    } catch { return ["\(error)"] }
  }
}

extension Misstep {
  /// What `fill` and `check` do wrong.
  static let fills: [Misstep] = [
    Misstep("nonsense", .pluginCallFailed, "kind must be known: expected good, found another", "status 1, invalid"),
    Misstep("silent", .pluginCallFailed, "says nothing of it", "status 9, internal"),
    Misstep("unknown", .pluginCallFailed, "status 4711, unknown"),
    Misstep("negative", .pluginCallFailed, "status -1, unknown"),
    Misstep("says-ok", .pluginCallFailed, "said with no status", "internal"),
    Misstep("bytes", .pluginCallFailed, "lamp \u{FFFD} of \u{FFFD}"),
    Misstep("long", .pluginCallFailed, String(repeating: "x", count: 65_536)),
    Misstep("first-stands", .pluginCallFailed, "the first text"),
    Misstep("throws", .pluginException, "std::runtime_error", "the lamp is out"),
    Misstep("throws-int", .pluginException),
    Misstep("rounds-up", .pluginFloatingPoint),
    Misstep("cancels", .pluginCancelled),
    Misstep("late", .pluginCallFailed, "too late to register"),
    Misstep("memory", .pluginCallFailed, "no scratch memory", "no memory"),
    Misstep("parallel", .pluginCallFailed, "status 2, unsupported"),
    Misstep("parallel-throws", .pluginException, "no oil in the body"),
    Misstep("layer-text", .missingArgument, "out"),
    Misstep("layer-null", .pluginCallFailed, "a handle that is null"),
    Misstep("null-out", .pluginCallFailed, "status 1, invalid"),
    Misstep("output", .pluginOutput, "output 0 of 0"),
    Misstep("not-finite", .pluginCallFailed, "plugin org.example.trouble", "element 1234: nan"),
    Misstep("infinite", .pluginCallFailed, "plugin org.example.trouble", "element 1234: -inf"),
    Misstep("good-until-half", .pluginCallFailed, "kind must be known"),
  ]

  /// Distributions that are none.
  static let distributions: [Misstep] = [
    Misstep("unset", .pluginCallFailed, "kind 0"), Misstep("kind", .pluginCallFailed, "kind 99"),
    Misstep("constant", .pluginCallFailed, "nan"), Misstep("normal", .pluginCallFailed, "-1.0"),
    Misstep("normal-infinite", .pluginCallFailed, "inf"), Misstep("normal-huge", .notRepresentable, "1e+300"),
    Misstep("uniform", .pluginCallFailed, "low ≤ high"), Misstep("truncated", .pluginCallFailed, "mass"),
    Misstep("other", .pluginCallFailed, "no such distribution"),
  ]
}

/// A checkpoint with one matrix that is filled in several ranges, and a vector.
enum Small {
  static let size = 700

  static func write(_ folder: Folder) throws -> String {
    let header = try SafeTensorsHeader(
      layingOut: [("fc.weight", "F32", [size, size]), ("fc.bias", "F32", [size])], metadata: ["format": "pt"])
    let writer = try CheckpointWriter(folder["a.safetensors"], header: header, room: 4096)
    let values = (0..<header.dataSize / 4).map { Float($0 % 1013) }
    try values.withUnsafeBytes { try writer.write($0, at: 0) }
    try writer.commit()
    return folder["a.safetensors"]
  }
}

@Suite("Calls that go wrong", .serialized) struct CallTests {
  /// The catalog with the plugin that misbehaves, loaded into this process when it is first called.
  private static let catalog = Result {
    try PluginCatalog(
      PluginOptions(
        named: [Stage.file("trouble")], searchesFolders: false, scanner: Stage.scanner, usesCache: false))
  }

  private func rule(_ kind: String, of name: String = "trouble", for selector: String = "weight") throws -> Rule {
    let catalog = try CallTests.catalog.get()
    let text = "\(selector)=org.example.trouble/\(name)(kind: \(kind))"
    return try Rule(RuleText(.fill(text)), registry: catalog.initializers)
  }

  @Test("A fill that fails leaves the model as it was; plugin and call are named", arguments: Misstep.fills)
  func inMemory(misstep: Misstep) throws {
    var model = Dense(in: Small.size, out: Small.size)
    try model.reinitialize(with: .normal(std: 1), seed: 3)
    let (old, mode) = (model.weight, fegetround())
    let complaints = misstep.complaints(["org.example.trouble", "of 'trouble'"]) {
      try model.reinitialize(seed: 1) { try rule(misstep.kind) }
    }
    #expect(complaints + (old.isSameValue(as: model.weight) ? [] : ["changed"]) == [])
    #expect(fegetround() == mode)
  }

  @Test(
    "What a plugin writes is finite after rounding too, or an error", arguments: [DType.f16, .f8e4m3, .f8e5m2, .bf16])
  func overflow(_ dtype: DType) throws {
    var model = Dense(in: Small.size, out: Small.size, dtype: dtype)
    try model.reinitialize(with: .normal(std: 1), seed: 3)
    let old = model.weight
    let says = dtype == .f8e4m3 ? "element 77: nan" : "element 77: inf"
    let complaints = Misstep("large", .pluginCallFailed, "tensor 'weight'", says).complaints {
      try model.reinitialize(seed: 1) { try rule("large") }
    }
    #expect(
      dtype == .bf16 ? complaints == ["nothing is thrown"] : complaints + (old == model.weight ? [] : ["changed"]) == []
    )
  }

  @Test("A fill that fails leaves files as they were, and nothing beside them", arguments: Misstep.fills)
  func inFiles(misstep: Misstep) throws {
    let folder = try Folder()
    let checkpoint = try Checkpoint(opening: try Small.write(folder))
    let (old, before) = (try folder.bytes("a.safetensors"), folder.files)
    let plan = try checkpoint.plan([try rule(misstep.kind, for: "fc.weight")], seed: 1)
    let complaints =
      misstep.complaints { _ = try checkpoint.apply(plan, writing: folder["b.safetensors"]) }
      + misstep.complaints { _ = try checkpoint.applyInPlace(plan) }
    #expect(complaints + (folder.files == before ? [] : folder.files) == [])
    #expect(try folder.bytes("a.safetensors") == old)
  }

  @Test("A distribution that is none is refused while planning", arguments: Misstep.distributions)
  func distribution(misstep: Misstep) {
    let complaints = misstep.complaints(["org.example.trouble"]) {
      _ = try Dense(in: 2, out: 3).plan(seed: 1) { try rule(misstep.kind, of: "nonsense") }
    }
    #expect(complaints == [])
  }

  @Test("What check refuses is refused while planning")
  func check() {
    let misstep = Misstep("checked", .pluginRefused, "rank must be 2", "check of 'trouble'", "tensor 'weight'")
    #expect(misstep.complaints { _ = try Dense(in: 2, out: 3).plan(seed: 1) { try rule("checked") } } == [])
  }

  @Test("A layer that misbehaves is refused when it is made, and leaves nothing behind", arguments: Misstep.layers)
  func making(misstep: Misstep) throws {
    let catalog = try CallTests.catalog.get()
    let complaints = misstep.complaints { _ = try catalog.layer("Trouble(kind: \(misstep.kind))") }
    #expect(complaints + (catalog.handles == .none ? [] : ["\(catalog.handles)"]) == [])
  }

  @Test("A pass that misbehaves fails, and leaves nothing behind", arguments: Misstep.passes)
  func passing(misstep: Misstep) throws {
    let catalog = try CallTests.catalog.get()
    let complaints = misstep.complaints {
      _ = try catalog.layer("Trouble(kind: \(misstep.kind))").applied(to: [Tensor([1, 2])])
    }
    #expect(complaints + (catalog.handles == .none ? [] : ["\(catalog.handles)"]) == [])
  }

  @Test("A layer that refuses other parts is as it was", arguments: Misstep.rebuilds)
  func rebuilding(misstep: Misstep) throws {
    let catalog = try CallTests.catalog.get()
    var layer = try #require(try catalog.layer("Trouble(kind: \(misstep.kind))") as? PluginLayer)
    let (old, handles) = (try #require(layer.children.first?.node.tensor), catalog.handles)
    let complaints = misstep.complaints { try layer.reinitialize(with: .zeros, seed: 1) }
    let isSame = layer.children.first?.node.tensor?.isSameValue(as: old) ?? false
    #expect(complaints + (isSame && catalog.handles == handles ? [] : ["changed"]) == [])
  }

  @Test(
    "Arguments that a layer tells wrongly are those that it was made with",
    arguments: ["config-type", "config-bytes", "config-throws", "other"])
  func configuration(kind: String) throws {
    let layer = try CallTests.catalog.get().layer("Trouble(kind: \(kind))") as? PluginLayer
    #expect(layer?.code == "org.example.trouble/Trouble(kind: \(kind))")
  }

  @Test("An exclusive layer within one of its kind is refused, not waited for")
  func exclusive() throws {
    let catalog = try CallTests.catalog.get()
    let single = try catalog.layer("Alone()")
    #expect(try single.applied(to: [Tensor([1, 2])]).map(\.count) == [2])
    let misstep = Misstep("Alone", .pluginTooDeep, "one call at a time")
    #expect(
      misstep.complaints { _ = try catalog.layer("Alone()", children: [single]).applied(to: [Tensor([1])]) } == [])
  }
}

extension Misstep {
  /// What `create` and the children do wrong.
  static let layers: [Misstep] = [
    Misstep("create-null", .pluginCallFailed, "gives no instance", "NULL"),
    Misstep("create-fails", .pluginCallFailed, "no lamp today", "create of 'Trouble'"),
    Misstep("create-throws", .pluginException, "the lamp fell"),
    Misstep("create-dtype", .pluginCallFailed, "dtype 99"),
    Misstep("create-rank", .pluginCallFailed, "rank 4000000000"),
    Misstep("create-negative", .pluginCallFailed, "[-1]"),
    Misstep("create-overflow", .pluginCallFailed, "a shape that is none"),
    Misstep("create-loop", .pluginTooDeep, "at most 100 deep"),
    Misstep("count-huge", .pluginChildren, "18446744073709551615"), Misstep("count-throws", .pluginException),
    Misstep("child-fails", .pluginCallFailed, "child_at of 'Trouble'"),
    Misstep("child-throws", .pluginException, "no child"),
    Misstep("name-dot", .pluginChildren, "'a.b'"), Misstep("name-space", .pluginChildren, "'a b'"),
    Misstep("name-bytes", .pluginDescriptor, "is not UTF-8"), Misstep("name-null", .pluginDescriptor, "null pointer"),
    Misstep("name-twice", .pluginChildren, "two children of one name", "weight"),
    Misstep("role-none", .pluginChildren, "no role", "found 0"), Misstep("role-unknown", .pluginChildren, "found 99"),
    Misstep("kind-none", .pluginChildren, "of no kind"),
    Misstep("fresh", .pluginChildren, "'nonsense'"), Misstep("fresh-argument", .pluginChildren, "'normal(std: -1)'"),
    Misstep("fresh-bytes", .pluginDescriptor, "is not UTF-8"),
    Misstep("geometry-axis", .pluginChildren, "axis 5"), Misstep("geometry-negative", .pluginChildren, "[-1]"),
    Misstep("geometry-same", .pluginChildren, "axis 0"), Misstep("geometry-groups", .pluginChildren),
    Misstep("geometry-parts", .pluginChildren), Misstep("geometry-inputs", .pluginChildren, "along []"),
    Misstep("geometry-many", .pluginChildren), Misstep("geometry-size", .pluginDescriptor, "at least 56"),
  ]

  /// What `forward` does wrong.
  static let passes: [Misstep] = [
    Misstep("output-unset", .pluginOutput, "output 0 is not set"), Misstep("output-twice", .pluginOutput, "set twice"),
    Misstep("output-index", .pluginOutput, "output 1 of 1"),
    Misstep("output-index-ignored", .pluginOutput, "is not set"),
    Misstep("output-dtype", .pluginCallFailed, "dtype 99"), Misstep("output-rank", .pluginCallFailed, "rank 65"),
    Misstep("output-shape", .pluginCallFailed, "rank 1"), Misstep("output-negative", .pluginCallFailed, "[-2]"),
    Misstep("output-giant", .pluginCallFailed, "more memory than there is"),
    Misstep("output-null", .pluginCallFailed, "status 1, invalid"),
    Misstep("forward-fails", .pluginCallFailed, "expected f32, found f64", "forward of 'Trouble'"),
    Misstep("forward-throws", .pluginException, "dark"), Misstep("apply-null", .pluginCallFailed, "status 1, invalid"),
  ]

  /// What `rebuild` does wrong.
  static let rebuilds: [Misstep] = [
    Misstep("rebuild-fails", .pluginCallFailed, "wants weight of shape [2, 3]", "rebuild of 'Trouble'"),
    Misstep("rebuild-throws", .pluginException, "no other lamp"),
    Misstep("rebuild-null", .pluginCallFailed, "gives no instance"),
    Misstep("rebuilt-children", .pluginChildren, "no role"),
  ]
}
