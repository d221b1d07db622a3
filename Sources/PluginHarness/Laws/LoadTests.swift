import CReinit
import Diagnostics
import Glibc
import JSONText
import PluginHost

extension PluginTest {
  /// What everything else stands on.
  static let first = loadTests[0]

  /// What is asked of the plugin as a whole.
  static let loadTests: [PluginTest] = [
    PluginTest(
      "load.entry", .loads, .plugin, "the file is a plugin, loads, and registers what can be registered",
      .pluginNotLoaded
    ) { (bench) throws(Diagnostic) in
      _ = try PluginFile.accepted(bench.order.plugin)
      bench.result = Fingerprint.of(try bench.plugin().description.json.compact)
      return .passed
    },
    PluginTest(
      "load.again", .loads, .plugin, "another process, with another environment, hears the same", .pluginUnstable,
      requires: ["load.entry"], reference: "load.entry"
    ) { (bench) throws(Diagnostic) in
      bench.result = Fingerprint.of(try bench.plugin().description.json.compact)
      return .passed
    },
    PluginTest(
      "load.process", .honest, .plugin, "loading leaves the process as it was", .findingProcess,
      requires: ["load.entry"], body: LoadLaws.process),
    PluginTest(
      "load.work", .robust, .plugin, "loading and entry do no work, and wait for nothing", .findingSlow,
      requires: ["load.entry"],
      body: LoadLaws.work),
    PluginTest(
      "load.hosts", .certified, .plugin,
      "the entry takes a newer host's structs, and reads no further than an older one's",
      .findingHostVersion, requires: ["load.process"], crash: .findingHostVersion, body: LoadLaws.hosts),
    PluginTest(
      "load.extension", .certified, .plugin, "what newer hosts may ask for is NULL by a name that nobody knows",
      .findingExtension, requires: ["load.entry"], body: LoadLaws.extension),
    PluginTest(
      "load.described", .certified, .plugin, "license, summaries and formulas are there", .findingUndescribed,
      requires: ["load.entry"], body: LoadLaws.described),
  ]
}

/// The laws of loading.
enum LoadLaws {
  static func process(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    bench.prepareThread()
    let before = ProcessSnapshot()
    let catalog = try bench.load()
    for change in catalog.services.loadChanges { try require(change) }
    try before.check("after loading")
    return .passed
  }

  private static func require(_ change: LoadChange) throws(Diagnostic) {
    switch change {
    case .floatingPoint:
      throw Diagnostic(
        .findingFloatingPoint, "loading the plugin changes the floating-point mode", expected: "the mode as it was",
        found: "another rounding, or subnormals flushed to zero")
    case .crashHandlers:
      throw Diagnostic(
        .findingSignals, "loading the plugin replaces handlers of the signals by which crashes come",
        expected: "the handlers as they were")
    case .process(let changes):
      let isSignal = changes.contains { $0.contains("signal") }
      throw Diagnostic(
        isSignal ? .findingSignals : .findingProcess, "loading the plugin changes \(changes.joined(separator: ", "))",
        expected: "the process as it was")
    }
  }

  /// Seconds that loading may work, or wait; what registers only takes a thousandth of it.
  private static let work = 0.5

  static func work(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let before = ThreadTime()
    _ = try bench.catalog()
    let spent = ThreadTime()
    try requireShort(spent.working - before.working, "takes", "of the processor")
    try requireShort(spent.waiting - before.waiting, "waits for", "")
    return .passed
  }

  private static func requireShort(_ seconds: Double, _ verb: String, _ what: String) throws(Diagnostic) {
    guard seconds > work else { return }
    let time = "\(Decimals.text(seconds)) s"
    throw Diagnostic(
      .findingSlow, "loading the plugin \(verb) \(time)\(what.isEmpty ? "" : " ")\(what)",
      expected: "at most \(work) s",
      found: time)
  }

  static func hosts(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let description = try bench.plugin().description
    for (name, shape) in HostShapes.all {
      bench.announcer.step("the entry, given \(name)")
      let other: PluginDescription?
      do throws(Diagnostic) { other = try bench.load(shape: shape).plugins.first?.description } catch {
        throw Diagnostic(
          .findingHostVersion, "the plugin cannot be loaded by \(name): \(error.message)", at: error.place,
          expected: "the same as by this host", found: error.found ?? error.code.id)
      }
      guard other == description else {
        throw Diagnostic(
          .findingHostVersion, "the plugin registers something else with \(name)",
          expected: "the same as with this host")
      }
    }
    return .passed
  }

  /// Names of nobody's: none, one that is longer than any, and one of a single letter.
  private static let unknown: [(name: String, version: UInt32)] = [
    ("org.reinit.of-nobody", 1), ("", 1), ("o", 1), ("org.reinit.of-nobody", .max), ("org.reinit.of-nobody", 0),
    (String(repeating: "n", count: 5000), 1),
  ]

  static func `extension`(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let loaded = try bench.plugin().loaded()
    guard loaded.isExtensible else { return .skipped("newer hosts may ask it for nothing") }
    bench.announcer.step("extension, asked for what no plugin has")
    for (name, version) in unknown { try requireNothing(of: loaded, name, version) }
    try Together.run(4) { (number) throws(Diagnostic) in
      for _ in 0..<100 { try requireNothing(of: loaded, "org.reinit.of-nobody-\(number)", 1) }
    }
    return .passed
  }

  private static func requireNothing(of plugin: LoadedPlugin, _ name: String, _ version: UInt32) throws(Diagnostic) {
    let lent = LentCall()
    defer { _ = lent.end() }
    // A copy, with nothing behind its last byte.
    let text = name.utf8CString.withUnsafeBufferPointer { bytes in
      lent.text(ri_str(ptr: bytes.baseAddress, len: UInt64(bytes.count - 1)))
    }
    guard try plugin.extension(text, version: version) != nil else { return }
    throw Diagnostic(
      .findingExtension, "a table is given for '\(name.prefix(40))' in version \(version), which no plugin has",
      at: "extension", expected: "NULL", found: "a pointer")
  }

  static func described(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let description = try bench.plugin().description
    var missing: [String] = []
    func require(_ text: String, _ what: String) { if text.isEmpty { missing.append(what) } }
    require(description.license, "license of the plugin")
    require(description.summary, "summary of the plugin")
    for item in description.initializers {
      require(item.summary, "summary of '\(item.name)'")
      require(item.formula, "formula of '\(item.name)'")
      for parameter in item.parameters { require(parameter.summary, "summary of '\(item.name)', '\(parameter.name)'") }
    }
    for item in description.layers {
      require(item.summary, "summary of '\(item.name)'")
      for parameter in item.parameters { require(parameter.summary, "summary of '\(item.name)', '\(parameter.name)'") }
    }
    guard let first = missing.first else { return .passed }
    throw Diagnostic(
      .findingUndescribed, "the plugin does not say enough of itself: no \(first)", expected: "one line each",
      found: missing.count == 1 ? "1 is missing" : "\(missing.count) are missing",
      notes: missing.dropFirst().prefix(8).map { "no \($0)" })
  }
}

/// Hosts of other versions than this one.
enum HostShapes {
  /// A later minor version: every struct is longer, and so is the table.
  static let newer = HostShape(size: HostShape.current.size + 64, minor: HostShape.current.minor + 7, growth: 32)

  /// Version 1.0: the table ends with `service`, and nothing can be read behind it.
  static let oldest: HostShape = {
    var shape = HostShape(size: Int(RI_HOST_SIZE_1_0), minor: 0)
    shape.endsBeforeNothing = true
    return shape
  }()

  static let all = [("a newer host", newer), ("a host of version 1.0", oldest)]
}
