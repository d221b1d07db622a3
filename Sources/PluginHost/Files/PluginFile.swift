import Diagnostics

/// A plugin's file, judged by its bytes: nothing of it has been loaded.
package struct PluginFile: Sendable {
  /// The path that it was read from.
  package let path: String
  /// What the shared object says.
  package let elf: ElfFile
  /// The file that was read, still open.
  let opened: ByteFile
  /// The hash of all its bytes.
  package let digest: FileDigest
  /// What it says of itself; nil where it has no manifest, or one that cannot be used.
  package let manifest: PluginManifest?
  /// Whether it exports the entry.
  package let hasEntry: Bool
  /// Why it must not be loaded, in the order of the checks; empty for a good plugin.
  package let refusals: [Diagnostic]
  /// What is worth knowing of it, a line each.
  package let notes: [String]

  /// Reads a file and judges it.
  ///
  /// A file that cannot be read as a shared object is an error; rules that a plugin breaks are ``refusals``.
  /// - Parameter hasHostSymbol: Whether this process has a symbol, such as a sanitizer's.
  /// - Throws: R0301 to R0310, R0318, R0319.
  package init(
    reading path: String, hasHostSymbol: (String) -> Bool = PluginFile.isInProcess
  ) throws(Diagnostic) {
    let file = try ByteFile(path)
    opened = file
    elf = try ElfFile(file)
    self.path = path
    let (manifest, manifestFault) = try Self.manifest(of: elf)
    self.manifest = manifest
    hasEntry = elf.export(Self.entryName) != nil
    let rules = PluginFileRules(elf: elf, manifest: manifest, hasManifestFault: manifestFault != nil)
    refusals = Self.loaderFaults(elf) + [manifestFault].compactMap { $0 } + rules.faults(hasHostSymbol)
    notes = PluginFileNotes(elf: elf, manifest: manifest).lines
    digest = try file.digest()
    try file.requireUnchanged()
  }

  /// Reads a file that has to be a good plugin.
  ///
  /// - Throws: R0301 to R0327: the first thing that is wrong.
  package static func accepted(_ path: String) throws(Diagnostic) -> PluginFile {
    let file = try PluginFile(reading: path)
    if let refusal = file.refusals.first { throw refusal }
    return file
  }

  /// The name of the one function that a plugin exports.
  package static let entryName = "ri_plugin_entry_v1"

  /// The manifest, or why it cannot be used.
  private static func manifest(of elf: ElfFile) throws(Diagnostic) -> (PluginManifest?, Diagnostic?) {
    do throws(Diagnostic) {
      return (try PluginManifest(of: elf), nil)
    } catch {
      guard ErrorCode.manifestCodes.contains(error.code) else { throw error }
      return (nil, error)
    }
  }

  private static func loaderFaults(_ elf: ElfFile) -> [Diagnostic] {
    var faults: [Diagnostic] = []
    if elf.demandsExecutableStack {
      let isSaid = elf.layout.segments.contains(where: \.isStack)
      faults.append(
        Diagnostic(
          .pluginExecutableStack, "the file demands an executable stack", at: elf.path,
          expected: "PT_GNU_STACK without X",
          found: isSaid ? "PT_GNU_STACK with X" : "no PT_GNU_STACK, which counts as a demand",
          hints: ["link it with -Wl,-z,noexecstack"]))
    }
    if elf.hasTextRelocations {
      faults.append(
        Diagnostic(
          .pluginTextRelocations, "the file has text relocations", at: elf.path,
          expected: "position-independent code", found: "DT_TEXTREL",
          hints: ["compile all sources with -fPIC; link with -Wl,-z,text to find those that are not"]))
    }
    return faults
  }
}

extension ErrorCode {
  /// What a manifest's own text may be refused for.
  fileprivate static let manifestCodes: [ErrorCode] = [
    .manifestSection, .manifestSeveral, .manifestText, .manifestVersion, .manifestMember, .manifestName,
    .manifestDuplicate,
  ]
}
