/// What is no fault of a plugin's file, but worth a line where it is inspected.
struct PluginFileNotes {
  let elf: ElfFile
  let manifest: PluginManifest?

  var lines: [String] {
    let facts = [otherExports, runpath, staticTLS, writableCode, relativePath, foreignLibrary, noManifest, noSections]
    return facts.compactMap { $0 } + (manifest?.notes ?? [])
  }

  private var otherExports: String? {
    let known = Set((manifest?.functionSymbols ?? []).map(\.symbol) + [PluginFile.entryName])
    let names = elf.exports.filter { $0.kind != .other }.map(\.name)
      .filter { !known.contains($0) && !Self.linkers.contains($0) }
    guard !names.isEmpty else { return nil }
    let first = names.prefix(3).map(ShellText.short).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    return "exports \(names.count) name\(names.count == 1 ? "" : "s") that nobody asks for: \(first)"
  }

  /// What older linkers export of every file.
  private static let linkers: Set<String> = ["_init", "_fini", "_end", "_edata", "_etext", "__bss_start"]

  private var staticTLS: String? {
    guard elf.hasStaticTLS else { return nil }
    return "needs \(elf.threadLocalSize) bytes of static thread-local memory, of which a process has few; "
      + "compile without -ftls-model=initial-exec"
  }

  private var runpath: String? {
    guard !elf.runpath.isEmpty, elf.relativePath == nil else { return nil }
    return "takes libraries from \(elf.runpath.joined(separator: ":")) first: its RUNPATH"
  }

  private var writableCode: String? {
    elf.hasWritableCode ? "has a segment that may be written to and executed" : nil
  }

  private var relativePath: String? {
    guard let entry = elf.relativePath else { return nil }
    return "takes libraries from '\(entry)' under the current folder: its RUNPATH is relative"
  }

  private var foreignLibrary: String? {
    let foreign = elf.needed.first {
      $0.hasPrefix("libc.musl") || $0 == "libc.so" || $0.hasPrefix("libubsan.") || $0.hasPrefix("liblsan.")
    }
    return foreign.map { "needs '\($0)', which this system's plugins do without" }
  }

  private var noManifest: String? {
    manifest == nil ? "has no manifest that can be read: nothing of it is known before it is loaded" : nil
  }

  private var noSections: String? { elf.layout.sections.isEmpty ? "has no table of sections" : nil }
}
