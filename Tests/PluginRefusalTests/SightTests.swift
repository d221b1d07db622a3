import Diagnostics
import Foundation
import PluginHost
import Testing

/// What all suites need, made once.
enum Stage {
  static let scanner = PluginScanner(executable: Workshop.products + "/reinit")
  /// For plugins that do not come back; their neighbors are looked at with it too, on a machine that may be busy.
  static let hasty = PluginScanner(executable: Workshop.products + "/reinit", limit: .seconds(2))

  static let faults = Fault.descriptors + Fault.entries + Fault.files
  static let goods = ["a-good", "good", "z-good"].map { Source(name: $0, text: Fault.good($0)) }

  private static let built = Result {
    // Before anything runs that reads the environment: verdicts of these tests are none of the user's.
    setenv("XDG_CACHE_HOME", Workshop.store + "/cache", 1)
    try Lonely.makeHeaders()
    let sources =
      faults.compactMap(\.source) + goods + Trouble.sources + Lonely.sources + [
        Described.source, Begun.source, Exchange.source, NonFinite.source,
      ]
      + Changing.sources
    return try Workshop.build(Dictionary(sources.map { ($0.name, $0) }) { first, _ in first }.values.map { $0 })
  }

  /// The file of a compiled plugin.
  static func file(_ name: String) throws -> String {
    guard let file = try built.get()[name] else { throw Failure(text: "no fixture '\(name)'") }
    return file
  }

  /// What is found in a folder.
  static func catalog(
    _ folder: Folder, scanner: PluginScanner? = scanner, usesCache: Bool = false, shape: HostShape = .current,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> PluginCatalog {
    try PluginCatalog(
      PluginOptions(
        named: [folder.path], searchesFolders: false, scanner: scanner, usesCache: usesCache, shape: shape, log: log))
  }
}

/// Every fault has its code, and touches neither the process nor the plugins beside it.
@Suite("Plugins that are refused at first sight", .serialized) struct SightTests {
  @Test(
    "One fault is refused with its code, a hanging one by the limit; its neighbors are loaded", arguments: Stage.faults)
  func refused(fault: Fault) throws {
    let folder = try folder(with: fault)
    let catalog = try Stage.catalog(folder, scanner: fault.code == .pluginHungAtSight ? Stage.hasty : Stage.scanner)
    check(catalog, fault)
  }

  @Test(
    "The same faults in this very process have the same codes, and leave it as it was",
    arguments: Stage.faults.filter(\.isHarmless))
  func refusedHere(fault: Fault) throws {
    let mode = fegetround()
    let catalog = try Stage.catalog(try folder(with: fault), scanner: nil)
    check(catalog, fault, isSame: fegetround() == mode)
  }

  private func folder(with fault: Fault) throws -> Folder {
    let folder = try Folder()
    try folder.copy(Stage.file("a-good"), "a.so")
    try fault.place(folder, "fault.so", fault.source.map { try Stage.file($0.name) })
    try folder.copy(Stage.file("z-good"), "z.so")
    return folder
  }

  private func check(_ catalog: PluginCatalog, _ fault: Fault, isSame: Bool = true) {
    let reason = catalog.refused.first?.reason
    let text = catalog.refused.map { told($0.reason) }.joined(separator: "\n")
    let complaints = [
      (catalog.plugins.map(\.description.id) == ["org.example.a-good", "org.example.z-good"], "neighbors"),
      (catalog.refused.map(\.reason.code) == [fault.code], "code \(fault.code.id)"),
      (reason?.place?.contains("fault.so") ?? false, "place"),
      (fault.says.allSatisfy(text.contains), "words"), (isSame, "process"),
    ].filter { !$0.0 }.map(\.1)
    #expect(complaints.isEmpty, "\(complaints) of \(text)")
  }
}

/// All that a diagnostic says, on one line.
func told(_ error: Diagnostic) -> String {
  var text = "\(error.code.id) \(error.message) at \(error.place ?? "-")"
  if let expected = error.expected { text += ", expected \(expected)" }
  if let found = error.found { text += ", found \(found)" }
  return text + "; " + (error.notes + error.hints).joined(separator: "; ")
}
