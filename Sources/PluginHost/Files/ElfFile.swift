import Diagnostics

/// What the bytes of a shared object say, read without loading it.
///
/// The file is taken to be hostile: every offset is checked, nothing is mapped, and an impossible table is an error.
package struct ElfFile: Sendable {
  /// The path that it was read from.
  package let path: String
  /// Which file it was, its size and times.
  package let status: FileStatus
  /// The linker's hash of the contents in hexadecimal digits, if it made one.
  package let buildID: String?
  /// The name that the file gives itself.
  package let soname: String?
  /// The libraries that are loaded with it.
  package let needed: [String]
  /// The folders where those are looked for first.
  package let runpath: [String]
  /// The versions of libraries that it was linked with and needs at least, as `GLIBC_2.34`.
  package let neededVersions: [String]
  /// The names that it gives to others, in the order of its table.
  package let exports: [ElfSymbol]
  /// The names that it takes from others.
  package let imports: [String]
  /// How many functions run as soon as it is loaded.
  package let initializerCount: Int
  /// Whether it needs a place in the thread-local block that the process has from its start.
  package let hasStaticTLS: Bool
  /// The bytes of each thread's own variables.
  package let threadLocalSize: UInt64
  /// The compilers and linkers that made it.
  package let compilers: [String]
  /// Whether loading it would make the stack executable.
  package let demandsExecutableStack: Bool
  /// Whether its code is changed when it is loaded.
  package let hasTextRelocations: Bool
  /// Whether a segment may be written to and executed.
  package let hasWritableCode: Bool
  /// Whether code in Swift is in it.
  package let hasSwift: Bool
  /// Whether it needs or contains a C++ runtime.
  package let hasCxxRuntime: Bool

  let layout: ElfLayout

  /// Reads an open file.
  ///
  /// - Throws: R0302 and R0304 to R0310, R0318, R0319.
  package init(_ file: ByteFile) throws(Diagnostic) {
    guard file.status.size <= Self.sizeLimit else { throw Self.tooLarge(file) }
    layout = try ElfLayout(file)
    let dynamic = try ElfDynamic(layout)
    try Self.refuseProgram(layout, dynamic)
    let symbols = try ElfSymbols(layout, dynamic)
    let remarks = ElfRemarks(layout: layout)
    (path, status) = (file.path, file.status)
    (exports, imports) = (symbols.exports, symbols.imports)
    (soname, needed, runpath) = (try dynamic.soname(), try dynamic.needed(), try dynamic.runpath())
    neededVersions = try ElfVersions(layout, dynamic).names
    (buildID, compilers) = (try remarks.buildID(), try remarks.compilers())
    (initializerCount, hasStaticTLS) = (dynamic.initializerCount, dynamic.hasStaticTLS)
    hasTextRelocations = dynamic.hasTextRelocations
    threadLocalSize = layout.segments.first(where: \.isThreadLocal)?.memorySize ?? 0
    // Where nothing is said of the stack, the loader takes it as a demand.
    demandsExecutableStack = layout.segments.first(where: \.isStack)?.isExecutable ?? true
    hasWritableCode = layout.segments.contains { $0.isLoaded && $0.isWritable && $0.isExecutable }
    hasSwift = Self.hasSwift(needed, layout.sections)
    hasCxxRuntime = Self.hasCxxRuntime(needed, symbols)
  }

  /// Opens and reads a file.
  ///
  /// - Throws: R0301 to R0310, R0318, R0319.
  package init(path: String) throws(Diagnostic) { try self.init(ByteFile(path)) }

  /// The largest file that is read: 2 GiB.
  package static let sizeLimit = 2 << 30

  private static func tooLarge(_ file: ByteFile) -> Diagnostic {
    Diagnostic(
      .pluginFileTooLarge, "the file is too large for a plugin", at: file.path,
      expected: "at most \(sizeLimit) bytes", found: "\(file.status.size) bytes",
      hints: ["strip --strip-debug \(ShellText.quoted(file.path))"])
  }

  /// Programs are position-independent too, and differ by the marks that linkers put into them alone.
  private static func refuseProgram(_ layout: ElfLayout, _ dynamic: ElfDynamic) throws(Diagnostic) {
    let hasInterpreter = layout.segments.contains(where: \.isInterpreter)
    guard dynamic.isPositionIndependentProgram || (hasInterpreter && dynamic.isDebuggedByLoader) else { return }
    throw layout.fault.notLibrary("a program (position-independent)")
  }

  private static func hasSwift(_ needed: [String], _ sections: [ElfSection]) -> Bool {
    needed.contains("libswiftCore.so") || sections.contains { $0.name.hasPrefix("swift5_") }
  }

  private static func hasCxxRuntime(_ needed: [String], _ symbols: ElfSymbols) -> Bool {
    let marks = ["__gxx_personality_v0", "__cxa_throw", "__cxa_begin_catch"]
    return needed.contains { $0.hasPrefix("libstdc++.so") || $0.hasPrefix("libc++.so") }
      || symbols.imports.contains(where: marks.contains) || symbols.exports.contains { marks.contains($0.name) }
  }
}

extension ElfFile {
  /// The exported symbol of that name.
  func export(_ name: String) -> ElfSymbol? { exports.first { $0.name == name } }

  /// A definition that is in the file, but not exported.
  func hiddenName(containing text: String) -> String? {
    (try? ElfRemarks(layout: layout).hiddenName(containing: text)) ?? nil
  }

  /// The sections of that name.
  func sections(named name: String) -> [ElfSection] { layout.sections.filter { $0.name == name } }

  /// The contents of a section, at most as long as a limit.
  func contents(_ section: ElfSection) throws(Diagnostic) -> [UInt8] {
    try layout.block(section.offset, section.byteCount, "its section '\(section.name)'").bytes
  }
}
