import Diagnostics
import JSONText

/// What a plugin says of itself without being loaded: the JSON in its ELF section `.reinit.manifest`.
package struct PluginManifest: Sendable, Equatable {
  /// A plain function that the host calls without glue.
  package struct Function: Sendable, Equatable {
    /// The initializer's name.
    package let name: String
    /// The exported C function; the name where the manifest does not say.
    package let symbol: String
    /// The whole declaration as written; its signature is not looked at here.
    package let declaration: JSONValue
  }

  /// The major version of the ABI that it is for.
  package let major: Int
  /// Reverse DNS, lower case.
  package let id: String
  /// Numbers with dots.
  package let version: String
  /// An SPDX expression; empty where none is given.
  package let license: String
  /// One line; empty where none is given.
  package let summary: String
  /// The Swift module in the file, if there is one: unique among all plugins of a process.
  package let module: String?
  /// The initializers that the entry registers.
  package let initializers: [String]
  /// The layers that the entry registers.
  package let layers: [String]
  /// The plain functions.
  package let functions: [Function]
  /// What a host must have.
  package let required: PluginRequirements
  /// Keys that nobody knows, and what else was passed over, a line each.
  package let notes: [String]

  /// The section's name.
  package static let section = ".reinit.manifest"
  /// The longest manifest: 1 MiB.
  package static let sizeLimit = 1 << 20

  /// The manifest of a file, or nil where it has no such section.
  ///
  /// - Throws: R0320 to R0326; R0302 or R0318 where reading fails.
  init?(of elf: ElfFile) throws(Diagnostic) {
    let sections = elf.sections(named: Self.section)
    guard let section = sections.first else { return nil }
    guard sections.count == 1 else {
      throw Self.several(elf.path, "\(sections.count) sections named '\(Self.section)'")
    }
    guard section.hasContents, !section.isCompressed, section.byteCount <= UInt64(Self.sizeLimit) else {
      let found = section.isCompressed ? "a compressed section" : "\(section.byteCount) bytes"
      throw Self.unusable(elf.path, section.hasContents ? found : "a section without contents")
    }
    try self.init(section: try elf.contents(section), of: elf.path)
  }

  /// The manifest in a section's bytes; NULs at the end belong to the C string and not to the text.
  ///
  /// - Parameter path: The file that errors name.
  /// - Throws: R0320 to R0326.
  package init(section bytes: [UInt8], of path: String) throws(Diagnostic) {
    guard bytes.count <= Self.sizeLimit else { throw Self.unusable(path, "\(bytes.count) bytes") }
    let text = Array(bytes[..<((bytes.lastIndex { $0 != 0 } ?? -1) + 1)])
    guard text.contains(where: { !Self.isSpace($0) }) else {
      throw Self.unusable(path, bytes.isEmpty ? "an empty section" : "a section without text")
    }
    try self.init(json: try Self.parse(text, path), of: path)
  }

  /// The exported C functions that must be there.
  var functionSymbols: [(name: String, symbol: String)] { functions.map { ($0.name, $0.symbol) } }
}

extension PluginManifest {
  /// The manifest's members as they were written; nil where there is none.
  ///
  /// - Throws: as reading it does.
  static func json(of elf: ElfFile) throws(Diagnostic) -> JSONObject? {
    guard let section = elf.sections(named: section).first else { return nil }
    let bytes = try elf.contents(section)
    return try parse(Array(bytes[..<((bytes.lastIndex { $0 != 0 } ?? -1) + 1)]), elf.path).object
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x0A, 0x0D, 0x09].contains(byte) }

  private static func parse(_ text: [UInt8], _ path: String) throws(Diagnostic) -> JSONValue {
    if text.contains(0) { throw several(path, "texts with a NUL between them") }
    do throws(Diagnostic) {
      return try JSONValue(parsing: text, depth: 64)
    } catch {
      if hasSecond(text) { throw several(path, "a second JSON value behind the first") }
      throw Diagnostic(
        .manifestText, "the manifest cannot be read: \(error.message)",
        at: "\(path), section \(section)" + (error.place.map { ", \($0)" } ?? ""), expected: error.expected,
        found: error.found, notes: error.notes,
        hints: ["readelf -p \(section) \(ShellText.quoted(path))"])
    }
  }

  /// Whether a whole value is followed by another object.
  private static func hasSecond(_ text: [UInt8]) -> Bool {
    text.withUnsafeBytes { bytes in
      guard UTF8Check.firstFault(in: bytes) == nil else { return false }
      var scanner = JSONScanner(bytes)
      return (try? scanner.skipValue(depth: 64)) != nil && scanner.next() == 0x7B
    }
  }

  private static func several(_ path: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .manifestSeveral, "the file has several manifests", at: "\(path), section \(section)",
      expected: "one JSON object", found: found,
      hints: ["keep one RI_MANIFEST(...), or: objcopy --remove-section \(section) \(ShellText.quoted(path))"])
  }

  private static func unusable(_ path: String, _ found: String) -> Diagnostic {
    let quoted = ShellText.quoted(path)
    return Diagnostic(
      .manifestSection, "the manifest's section cannot be used", at: "\(path), section \(section)",
      expected: "1 to \(sizeLimit) bytes of JSON", found: found,
      hints: [
        "objcopy --remove-section \(section) \(quoted) && "
          + "objcopy --add-section \(section)=manifest.json \(quoted)"
      ])
  }
}
