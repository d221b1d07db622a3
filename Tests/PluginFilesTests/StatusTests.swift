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
      digest: "1", module: nil, outcome: .failure(Diagnostic(.pluginFileNotELF, "no shared object", at: path)))
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
