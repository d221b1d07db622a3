import CReinit
import Foundation
import Reinit
import Synchronization
import Tensors
import Testing

/// A copy of the probe's file: another image of its code, with a memory of its own for what was broken.
private func probe(_ observer: (any HostObserver)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }) throws
  -> PluginCatalog
{
  let path = try Fixtures.temporaryFolder() + "/Probe.so"
  try FileManager.default.copyItem(atPath: Fixtures.file("Probe"), toPath: path)
  return try catalog(path, observer, log: log)
}

private func catalog(
  _ path: String, _ observer: (any HostObserver)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }
) throws -> PluginCatalog {
  var options = PluginOptions(named: [path], searchesFolders: false, scanner: nil, usesCache: false, log: log)
  options.observer = observer
  return try PluginCatalog(options)
}

/// Fills a tensor.
private func fill(_ text: String, in catalog: PluginCatalog, _ shape: Shape = [7, 3], threads: Int = 4) throws {
  var model = ["a": Tensor(zeros: shape)]
  let rule = try Rule(RuleText(.fill("a=\(text)")), registry: catalog.initializers)
  try model.reinitialize(seed: 3, threads: threads) { rule }
}

/// A layer's life, on four threads.
private func live(_ arguments: String, _ dtype: DType, in catalog: PluginCatalog) throws {
  let text = arguments == "exclusive" ? "ProbeExclusive(size: 8)" : "Probe(size: 8, \(arguments))"
  var layer = try catalog.layer(text.replacing(", )", with: ")"))
  try layer.reinitialize(with: .default, seed: 1)
  let input = Tensor((0..<16).map { Float($0) }, shape: [2, 8]).converted(to: dtype)
  let output = try layer.applied(to: [input], in: ForwardPass(threads: 4))
  #expect(try layer.specs(for: [TensorSpec(input)]) == output.map { TensorSpec($0) })
}

@Suite("Promises to plugins", .serialized)
struct PromiseTests {
  @Test("A host that keeps all of its promises but one is told by the probe", arguments: BrokenPromise.all)
  func broken(_ promise: BrokenPromise) throws {
    let isWaiting = Atomic(false)
    let error = #expect(throws: Diagnostic.self) {
      let catalog = try probe(BrokenHost(promise)) {
        if $0.contains("waits") { isWaiting.store(true, ordering: .relaxed) }
      }
      switch promise.use {
      case .initializer(let text):
        if text.contains("cancel") {
          try cancelling(catalog, once: isWaiting) { try fill(text, in: catalog) }
        } else {
          try Workers.run(64, threads: 8) { _ in try fill(text, in: catalog) }
        }
      case .layer(let arguments, let dtype):
        try Workers.run(arguments == "exclusive" ? 64 : 1, threads: 8) { _ in try live(arguments, dtype, in: catalog) }
      }
    }
    #expect(error?.message.hasSuffix("host: \(promise.words)") == true, "\(String(describing: error))")
  }

  /// Cancels as soon as the probe waits for that.
  private func cancelling(
    _ catalog: PluginCatalog, once isWaiting: borrowing Atomic<Bool>, _ body: @Sendable () throws -> Void
  ) throws {
    let hasEnded = Atomic(false)
    try Workers.run(2, threads: 2) { index in
      guard index == 1 else {
        defer { hasEnded.store(true, ordering: .relaxed) }
        return try body()
      }
      while !isWaiting.load(ordering: .relaxed), !hasEnded.load(ordering: .relaxed) { usleep(1000) }
      catalog.cancel()
    }
  }

  @Test("This host, with the same uses, is told of nothing")
  func kept() throws {
    let catalog = try probe()
    for promise in BrokenPromise.all {
      switch promise.use {
      case .initializer(let text) where !text.contains("cancel") && !text.contains("nan") && !text.contains("inf"):
        try fill(text.replacing("300", with: "30000"), in: catalog)
      case .layer(let arguments, let dtype): try live(arguments.replacing("300", with: "30000"), dtype, in: catalog)
      default: continue
      }
    }
    #expect(catalog.handles == .none)
  }

  @Test("Bodies of parallel run at once in checks and fills, in creation, rebuilding, passes and their inference")
  func threads() throws {
    let catalog = try probe()
    try fill("probe_whole(act: two_threads)", in: catalog)
    try fill("probe(act: two_threads)", in: catalog)
    try live("act: two_threads", .f32, in: catalog)
    let inner = try catalog.layer("Probe(size: 8)", children: [])
    var nested = try catalog.layer("Probe(size: 8, act: two_threads)", children: [inner])
    try nested.reinitialize(with: .default, seed: 1)
    let input = Tensor((0..<8).map { Float($0) }, shape: [1, 8])
    #expect(try nested.applied(to: [input], in: ForwardPass(threads: 2)).map(\.shape) == [[1, 8]])
  }

  @Test("A run on one thread has bodies of parallel on one thread")
  func oneThread() throws {
    let catalog = try probe()
    let error = #expect(throws: Diagnostic.self) {
      try fill("probe_whole(act: two_threads, patience: 50)", in: catalog, threads: 1)
    }
    #expect(error?.message == "host: parallel runs one piece after the other")
  }

  @Test("What is exclusive is called once at a time, over all catalogs of the process")
  func exclusive() throws {
    let path = try Fixtures.temporaryFolder() + "/Probe.so"
    try FileManager.default.copyItem(atPath: Fixtures.file("Probe"), toPath: path)
    let catalogs = [try catalog(path), try catalog(path)]
    try Workers.run(64, threads: 8) { number in
      let catalog = catalogs[number % 2]
      guard number < 32 else { return try fill("probe_exclusive", in: catalog) }
      try live("exclusive", .f32, in: catalog)
    }
    #expect(catalogs.allSatisfy { $0.handles == .none })
  }

  @Test("An exclusive layer that applies one of its kind on another thread is refused, not waited for")
  func exclusiveOnHelper() throws {
    let catalog = try probe()
    let inner = try catalog.layer("ProbeExclusive(size: 8)")
    var outer = try catalog.layer("ProbeExclusive(size: 8, act: two_threads)", children: [inner])
    try outer.reinitialize(with: .default, seed: 1)
    let error = #expect(throws: Diagnostic.self) {
      try outer.applied(to: [Tensor(zeros: [1, 8])], in: ForwardPass(threads: 4))
    }
    #expect(error?.code == .pluginTooDeep)
    // The end of one within the end of another one comes after it.
    outer = try catalog.layer("PassThrough()")
    #expect(catalog.handles.instances == 1)
  }

  @Test(
    "Inference is told of the inputs' types, and of what nested layers give",
    arguments: [DType.f64, .f16, .bf16, .i64, .u8, .bool])
  func types(_ dtype: DType) throws {
    let catalog = try probe()
    try live("elements: \(dtype)", dtype, in: catalog)
    let nested: [(String, any Layer, DType)] = [
      ("elements: \(dtype)", PassThrough(), dtype), ("elements: \(dtype)", Flatten(from: 1), dtype),
      ("elements: f32", Activation(.relu), .f32),
    ]
    for (arguments, inner, expected) in nested {
      let layer = try catalog.layer("Probe(size: 8, \(arguments))", children: [inner])
      let specs = try layer.specs(for: [TensorSpec([2, 8], dtype)])
      #expect(specs == [TensorSpec([2, 8], expected)], "\(arguments)")
    }
  }

  @Test("A failure's first text stands, lines reach the user, and a recovered refusal hides nothing")
  func texts() throws {
    let lines = Mutex<[String]>([])
    let catalog = try probe { line in lines.withLock { $0.append(line) } }
    let first = #expect(throws: Diagnostic.self) { try fill("probe(act: fail)", in: catalog) }
    #expect(first?.message == "the first text" && first?.code == .pluginCallFailed)
    #expect(first?.place == "fill of 'probe', plugin 'org.reinit.probe', tensor 'a'")
    try fill("probe(act: log)", in: catalog)
    #expect(lines.withLock { $0 } == ["plugin 'org.reinit.probe': the probe says hello"])
    var layer = try catalog.layer("Probe(size: 8)")
    try layer.reinitialize(with: .default, seed: 1)
    let own = #expect(throws: Diagnostic.self) { try layer.applied(to: [Tensor(zeros: [2, 7])]) }
    #expect(own?.message == "the input does not fit: expected f32 of shape [..., size]")
  }

  @Test("A canceled call comes back, the run fails, the model is as it was, and plugins can be called again")
  func canceled() throws {
    let isWaiting = Atomic(false)
    let catalog = try probe { line in
      if line.contains("waits") { isWaiting.store(true, ordering: .relaxed) }
    }
    let before = ["a": Tensor(zeros: [7, 3]), "b": Tensor(zeros: [2, 2])]
    let rule = try Rule(RuleText(.fill("**=probe(act: cancel)")), registry: catalog.initializers)
    try cancelling(catalog, once: isWaiting) {
      var model = before
      let error = #expect(throws: Diagnostic.self) { try model.reinitialize(seed: 1) { rule } }
      #expect(error?.code == .pluginCancelled && model.values.allSatisfy { $0.floats.allSatisfy { $0 == 0 } })
    }
    let refused = #expect(throws: Diagnostic.self) { try fill("probe", in: catalog) }
    #expect(refused?.code == .pluginCancelled)
    catalog.resume()
    try fill("probe", in: catalog)
  }

  @Test(
    "Numbers that are none, and infinite ones, are refused with parameter and value",
    arguments: [
      ("probe(scale: nan)", "scale", "nan"), ("probe(scale: inf)", "scale", "inf"),
      ("probe(numbers: [1, nan])", "numbers", "nan"), ("probe(numbers: [-inf])", "numbers", "-inf"),
    ])
  func nonFinite(_ text: String, _ parameter: String, _ value: String) throws {
    let catalog = try Fixtures.catalog(["Probe"])
    let error = #expect(throws: Diagnostic.self) { try catalog.initializers.initializer(parsing: text) }
    #expect(error?.code == .argumentOutOfRange && error?.found == "'\(value)'")
    #expect(error?.message.contains("'\(parameter)'") == true)
  }
}
