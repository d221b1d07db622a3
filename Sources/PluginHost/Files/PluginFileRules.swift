import CReinit
import Diagnostics
import Glibc

/// What a shared object must and must not have to be a plugin.
struct PluginFileRules {
  let elf: ElfFile
  let manifest: PluginManifest?
  /// Whether functions that the manifest declares may be unknown.
  let hasManifestFault: Bool

  func faults(_ hasHostSymbol: (String) -> Bool) -> [Diagnostic] {
    [requirementFault(), entryFault(), interposerFault(), sanitizerFault(hasHostSymbol)].compactMap { $0 }
      + symbolFaults()
  }

  private func fault(
    _ code: ErrorCode, _ message: String, expected: String, found: String, hint: String
  ) -> Diagnostic {
    Diagnostic(code, message, at: elf.path, expected: expected, found: found, hints: [hint])
  }
}

// The entry.
extension PluginFileRules {
  private func entryFault() -> Diagnostic? {
    if let entry = elf.export(PluginFile.entryName) { return entry.kind == .function ? nil : dataFault(entry) }
    if let major = otherMajor { return majorFault(major) }
    guard manifest?.functions.isEmpty ?? !hasManifestFault else { return nil }
    return missingFault()
  }

  private func dataFault(_ entry: ElfSymbol) -> Diagnostic {
    fault(
      .pluginEntryIsData, "'\(PluginFile.entryName)' is not a function", expected: "a function",
      found: entry.kind == .data ? "data" : "a \(entry.kind.rawValue) symbol",
      hint: "define it as <reinit/plugin.h> declares it: ri_status \(PluginFile.entryName)(...) { ... }")
  }

  private var otherMajor: Int? {
    elf.exports.lazy.compactMap { symbol in
      symbol.name.hasPrefix("ri_plugin_entry_v") ? Int(symbol.name.dropFirst("ri_plugin_entry_v".count)) : nil
    }.max()
  }

  private func majorFault(_ major: Int) -> Diagnostic {
    fault(
      .pluginEntryMajor, "the file is a plugin for ABI \(major), not \(RI_ABI_MAJOR)", expected: PluginFile.entryName,
      found: "ri_plugin_entry_v\(major)",
      hint: major > RI_ABI_MAJOR
        ? "install a reinit that speaks ABI \(major), or build the plugin with this one's headers"
        : "build the plugin again with this reinit's headers")
  }

  private func missingFault() -> Diagnostic {
    let (found, hint) = nearEntry()
    return fault(
      .pluginEntryMissing, "the file exports no '\(PluginFile.entryName)'",
      expected: "that function, or a manifest with functions", found: found, hint: hint)
  }

  /// What there is in place of the entry, and how to make it one.
  private func nearEntry() -> (found: String, hint: String) {
    let name = PluginFile.entryName
    if elf.imports.contains(name) {
      return ("it is used but not defined", "link the source that defines \(name)")
    }
    let other = elf.exports.first { $0.name.contains(name) }?.name ?? elf.hiddenName(containing: name)
    guard let other else { return (nothingFound, "nm -D \(ShellText.quoted(elf.path))") }
    guard other == name else {
      let linkage = "give it C linkage: extern \"C\" in C++, #[no_mangle] in Rust, @c(\(name)) in Swift"
      return ("'\(other)', a mangled name", linkage)
    }
    return ("a hidden or static '\(name)'", "put RI_EXPORT before its definition, or include <reinit/plugin.h>")
  }

  private var nothingFound: String {
    let names = elf.exports.filter { $0.kind == .function }.map { "'\(ShellText.short($0.name))'" }
    guard !names.isEmpty else { return "no exported function at all" }
    return "functions " + names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and others" : "")
  }
}

// What the manifest says that a host must have.
extension PluginFileRules {
  private func requirementFault() -> Diagnostic? {
    guard let required = manifest?.required, let (expected, found) = required.missing() else { return nil }
    return fault(
      .manifestRequirement, "the plugin requires what this host does not have", expected: expected, found: found,
      hint: "a newer reinit may have it: reinit --version; or build the plugin for this one")
  }
}

// Names that belong to others.
extension PluginFileRules {
  private func interposerFault() -> Diagnostic? {
    let names = elf.exports.lazy.map(\.name).filter(HostNames.contains)
    guard let first = names.first else { return nil }
    let all = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return fault(
      .pluginInterposes, "the file exports '\(first)', which the process has already",
      expected: "\(PluginFile.entryName) alone", found: all,
      hint: "compile with -fvisibility=hidden, or link with -Wl,--version-script=plugin.map")
  }

  private func sanitizerFault(_ hasHostSymbol: (String) -> Bool) -> Diagnostic? {
    for sanitizer in Sanitizer.all {
      let library = elf.needed.first { name in sanitizer.libraries.contains { name.contains($0) } }
      guard let mark = library ?? (elf.imports.contains(sanitizer.mark) ? sanitizer.mark : nil) else { continue }
      if hasHostSymbol(sanitizer.mark) { continue }
      return fault(
        .pluginSanitizer, "the file was built with -fsanitize=\(sanitizer.option)",
        expected: "no sanitizer, or its runtime in this process", found: "it needs '\(mark)'",
        hint: "LD_PRELOAD=\(sanitizer.runtime(library)) reinit plugin list --plugin \(ShellText.quoted(elf.path))")
    }
    return nil
  }

  private func symbolFaults() -> [Diagnostic] {
    (manifest?.functionSymbols ?? []).compactMap { name, symbol in
      let export = elf.export(symbol)
      guard export?.kind != .function else { return nil }
      let isHidden = export == nil && elf.hiddenName(containing: symbol) != nil
      return fault(
        .manifestSymbol, "the manifest's function '\(name)' is not exported as '\(symbol)'",
        expected: "an exported function", found: export != nil ? "data" : isHidden ? "a hidden function" : "nothing",
        hint: isHidden
          ? "put RI_EXPORT before '\(symbol)', and extern \"C\" in C++"
          : "nm -D \(ShellText.quoted(elf.path)) lists what is exported")
    }
  }
}

/// Names that only the process itself may define.
enum HostNames {
  static func contains(_ name: String) -> Bool {
    exact.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  private static let prefixes = [
    "swift_", "_swift_", "ri_host", "pthread_", "__libc_", "_dl_",
  ]

  private static let exact: Set<String> = [
    "malloc", "free", "calloc", "realloc", "reallocarray", "memalign", "aligned_alloc", "posix_memalign", "valloc",
    "exit", "_exit", "_Exit", "quick_exit", "abort", "atexit", "longjmp", "setjmp",
    "memcpy", "memmove", "memset", "memcmp", "strlen", "strcmp", "strdup",
    "open", "open64", "read", "write", "close", "pread", "pwrite", "mmap", "mmap64", "munmap", "mprotect",
    "dlopen", "dlsym", "dlclose", "dladdr", "fork", "execve", "posix_spawn",
    "signal", "sigaction", "sigaltstack", "raise", "kill", "printf", "fprintf", "puts", "getenv", "setenv",
  ]
}

/// A sanitizer whose runtime must be in the process before a plugin is.
private struct Sanitizer {
  let name: String
  let option: String
  let mark: String
  let libraries: [String]

  /// The file of the runtime: a needed library, or clang's, which no file names.
  func runtime(_ library: String?) -> String {
    let isClang = library?.contains("clang") ?? true
    let file = library ?? "libclang_rt.\(name)-$(uname -m).so"
    return "$(\(isClang ? "clang" : "cc") -print-file-name=\(file))"
  }

  static let all = [
    Sanitizer(name: "asan", option: "address", mark: "__asan_init", libraries: ["libasan.", "clang_rt.asan"]),
    Sanitizer(name: "tsan", option: "thread", mark: "__tsan_init", libraries: ["libtsan.", "clang_rt.tsan"]),
    Sanitizer(name: "msan", option: "memory", mark: "__msan_init", libraries: ["clang_rt.msan"]),
    Sanitizer(name: "hwasan", option: "hwaddress", mark: "__hwasan_init", libraries: ["libhwasan.", "rt.hwasan"]),
  ]
}

extension PluginFile {
  /// Whether this process has a symbol of that name.
  package static func isInProcess(_ name: String) -> Bool { dlsym(nil, name) != nil }
}
