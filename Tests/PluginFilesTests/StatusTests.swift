import Diagnostics
import Testing

@testable import PluginHost

/// By what the system says of a file, its earlier verdict is known to be its own still.
@Suite("What tells a file from what it was") struct StatusTests {
  @Test("Other bytes, as many and with the old time of writing put back, are another state of the file")
  func putBack() throws {
    let folder = try Folder()
    let path = try folder.write("one", "plugin.so")
    let before = try FileStatus(of: path)
    #expect(try FileStatus(of: path).isSame(as: before))
    // Longer than the system's clock for files takes to move on.
    try folder.run("sleep 0.05; touch -r plugin.so time; printf two > plugin.so; touch -r time plugin.so")
    let after = try FileStatus(of: path)
    #expect(after.identity == before.identity && after.size == before.size && after.modified == before.modified)
    #expect(!after.isSame(as: before))
  }

  @Test("A verdict is one on what was there: a file that has changed has none, another of that name neither")
  func verdict() throws {
    let folder = try Folder()
    let path = try folder.write("one", "plugin.so")
    let before = try FileStatus(of: path)
    let verdict = ScanVerdict(
      digest: "1", outcome: .failure(Diagnostic(.pluginEntryMissing, "no entry", at: path)))
    var cache = ScanCache(path: folder["cache.json"])
    cache.note(verdict, of: path, before)
    #expect(cache.verdict(of: path, before) == verdict)
    try folder.write("longer", "plugin.so")
    let changed = try FileStatus(of: path)
    #expect(changed.identity == before.identity && cache.verdict(of: path, changed) == nil)
    try folder.run("cp plugin.so other; mv other plugin.so")
    let replaced = try FileStatus(of: path)
    #expect(cache.verdict(of: path, replaced) == nil)
  }
}

/// A verdict is as good as a plugin: whoever can write one decides what is loaded.
@Suite("The memory of verdicts") struct ScanCacheTests {
  static let undecided: [ErrorCode] = [
    .pluginNotLoaded, .pluginEntryFailed, .pluginCrashedAtSight, .pluginEndedAtSight, .pluginHungAtSight,
    .pluginCrashed,
    .pluginException, .pluginEmpty, .childNotStarted, .pluginFileChanged, .pluginSanitizer, .manifestRequirement,
    .pluginRelativePath, .pluginFileUnreadable,
  ]

  @Test("A refusal that bytes alone do not decide is not kept", arguments: undecided)
  func isForgotten(code: ErrorCode) {
    #expect(!ScanVerdict(digest: "1", outcome: .failure(Diagnostic(code, ""))).isDecidedByBytes)
  }

  @Test("A refusal that bytes decide is kept, if the bytes are known")
  func isKept() {
    for code in [ErrorCode.pluginDescriptor, .manifestText, .pluginEntryMissing] {
      #expect(ScanVerdict(digest: "1", outcome: .failure(Diagnostic(code, ""))).isDecidedByBytes)
      #expect(!ScanVerdict(digest: "", outcome: .failure(Diagnostic(code, ""))).isDecidedByBytes)
    }
  }

  @Test("A memory that others can write to is not believed", arguments: ["", "chmod 666 cache.json", "chmod 777 ."])
  func trust(change: String) throws {
    let folder = try Folder()
    let path = try folder.write("one", "plugin.so")
    let status = try FileStatus(of: path)
    var cache = ScanCache(path: folder["cache.json"])
    cache.note(ScanVerdict(digest: "1", outcome: .failure(Diagnostic(.pluginEntryMissing, ""))), of: path, status)
    cache.save()
    if !change.isEmpty { try folder.run(change) }
    var later = ScanCache(path: folder["cache.json"])
    later.load()
    #expect((later.verdict(ofBytes: "1") != nil) == change.isEmpty)
  }

  @Test("A program with more rights than its user believes no variable")
  func rights() {
    #expect(ProcessEnvironment.hasMoreRights(real: (1000, 1000), effective: (0, 1000)))
    #expect(ProcessEnvironment.hasMoreRights(real: (1000, 1000), effective: (1000, 5)))
    #expect(!ProcessEnvironment.hasMoreRights(real: (1000, 1000), effective: (1000, 1000)))
    #expect(ProcessEnvironment.trusted == ProcessEnvironment.variables)
  }
}
