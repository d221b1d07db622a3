import Diagnostics
import Foundation
import Reinit
import Synchronization
import Testing

/// What is made of old values, of other tensors and of other checkpoints, in files and in memory.
@Suite("Files made of others")
struct ReadingFileTests {
  private let folder: String
  private var source: String { folder + "/model.safetensors" }

  private static func model() throws -> Chain {
    try Chain(["a": Dense(in: 300, out: 500), "b": Dense(in: 300, out: 500), "c": Embedding(vocabulary: 90, size: 64)])
  }

  /// One rule for each way.
  private static func rules(_ folder: String) -> [String] {
    [
      "a.weight=shrink_perturb(shrink: 0.6, perturb: 0.25, with: copy(from: b.weight))",
      "a.bias=copy(from: \"\(folder)/init.safetensors\")", "b.weight=match_old(with: uniform)",
      "b.bias=copy(from: \"\(folder)/init.safetensors\", tensor: a.bias)", "c.weight=normal_like(cov: diagonal)",
    ]
  }

  init() throws {
    folder = NSTemporaryDirectory() + "reinit-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, seed) in [("model", 1), ("init", 2)] {
      var model = try ReadingFileTests.model()
      try model.reinitialize(seed: UInt64(seed)) {
        for role in ["@weight", "@bias"] { Fill(role, with: .normal(std: 1)) }
      }
      try model.save(to: "\(folder)/\(name).safetensors")
    }
  }

  private func plan(_ checkpoint: Checkpoint, _ rules: [String]) throws -> Plan {
    try checkpoint.plan(rules.map { (text) throws(Diagnostic) in try Rule(RuleText(parsing: text)) }, seed: 5)
  }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test(
    "In memory, into a new file and in place, on one thread and on three: the same bits; all that is read is as it was before"
  )
  func ways() throws {
    let rules = ReadingFileTests.rules(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (output, copy) = ("\(folder)/out.safetensors", "\(folder)/copy.safetensors")
    try FileManager.default.copyItem(atPath: source, toPath: copy)
    let (first, second) = (try Checkpoint(opening: source), try Checkpoint(opening: copy))
    try first.apply(plan(first, rules), writing: output, options: ApplyOptions(threads: 1))
    try second.applyInPlace(plan(second, rules), options: ApplyOptions(threads: 3))
    var model = try ReadingFileTests.model().loaded(from: source)
    let old = model
    try model.reinitialize(seed: 5, reading: .checkpoints) {
      for text in rules { try Rule(RuleText(parsing: text)) }
    }
    for path in [output, copy] {
      let loaded = try ReadingFileTests.model().loaded(from: path)
      for leaf in try model.leaves() {
        #expect(try #require(loaded.tensor(at: leaf.path)).hasSameBits(as: leaf.tensor), "\(leaf.path) of \(path)")
      }
    }
    func elements(_ model: Chain, _ path: String) throws -> [Double] {
      try #require(model.tensor(at: TreePath(path))).elements
    }
    let expected = try zip(elements(old, "a.weight"), elements(old, "b.weight")).map {
      Double(Float(0.6 * $0 + 0.25 * $1))
    }
    #expect(try elements(model, "a.weight") == expected)
    let initial = try ReadingFileTests.model().loaded(from: folder + "/init.safetensors")
    #expect(try elements(model, "b.bias") == elements(initial, "a.bias"))
    #expect(try Checkpoint(opening: output).verify(from: source).allSatisfy { $0.outcome == .identical })
    // What was read is gone: the bytes are those that were written.
    try FileManager.default.removeItem(atPath: folder + "/init.safetensors")
    let outcomes = try Checkpoint(opening: output).verify(from: source).map(\.outcome)
    #expect(outcomes.filter { $0 == .recorded }.count == 2 && outcomes.filter { $0 == .identical }.count == 3)
  }

  @Test("A run in place that is cut off is finished from its spool, whatever has become of what it read")
  func interruption() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cuts = Mutex(0)
    let names = ["model.safetensors", "model.safetensors.reinit-journal", "model.safetensors.reinit-spool"]
    let options = ApplyOptions(threads: 1) { [folder] _ in
      let target = cuts.withLock { count in
        defer { count += 1 }
        return "\(folder)/cut\(count)"
      }
      try? FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      for name in names { try? FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(target)/\(name)") }
    }
    let checkpoint = try Checkpoint(opening: source)
    try checkpoint.applyInPlace(plan(checkpoint, ReadingFileTests.rules(folder)), options: options)
    let finished = try contents(source)
    try FileManager.default.removeItem(atPath: folder + "/init.safetensors")
    let count = cuts.withLock { $0 }
    #expect(count > 2)
    for cut in 0..<count {
      let path = "\(folder)/cut\(cut)/model.safetensors"
      #expect(try Checkpoint.finishInPlace(path) != nil)
      #expect(try contents(path) == finished)
    }
  }

  @Test(
    "What is not there, has another shape, or is not finite is an error with its place, and changes nothing",
    arguments: [
      ("a.weight=copy(from: none.weight)", ErrorCode.sourceMissing),
      ("a.weight=copy(from: c.weight)", .unsuitableShape),
      ("a.weight=copy(from: ./none.safetensors)", .noSuchFile), ("a.weight=mean_of(from: c.weight)", .unsuitableShape),
      ("a.weight=scale(1e39)", .sourceNotFinite),
    ])
  func refusals(_ rule: String, _ code: ErrorCode) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let before = try contents(source)
    let error = #expect(throws: Diagnostic.self) {
      let checkpoint = try Checkpoint(opening: source)
      try checkpoint.applyInPlace(plan(checkpoint, [rule]))
    }
    #expect(error?.code == code)
    #expect(try contents(source) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
  }
}
