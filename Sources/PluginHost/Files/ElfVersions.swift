import Diagnostics

/// The table of versions of symbols that are needed of other libraries (`.gnu.version_r`).
struct ElfVersions {
  /// `GLIBC_2.34`, `GLIBCXX_3.4.32` and the like, each once, in the table's order.
  private(set) var names: [String] = []

  /// Tables larger than this, and more entries, belong to no plugin.
  private static let (limit, entryLimit): (UInt64, Int) = (1 << 20, 65_535)

  /// - Throws: R0310.
  init(_ layout: ElfLayout, _ dynamic: ElfDynamic) throws(Diagnostic) {
    guard let address = dynamic[ElfDynamic.Tag.versions], let count = dynamic[ElfDynamic.Tag.versionCount] else {
      return
    }
    guard let place = layout.place(of: address) else { throw Self.fault(layout) }
    let table = try layout.block(place.offset, min(place.rest, Self.limit), "its table of needed versions")
    var texts = dynamic.names
    var (library, entries, seen): (Int, Int, Set<String>) = (0, 0, [])
    for _ in 0..<count {
      guard library >= 0, library + 16 <= table.bytes.count else { throw Self.fault(layout) }
      var entry = library + Int(table.number(library + 8, as: UInt32.self))
      for _ in 0..<Int(table.number(library + 2, as: UInt16.self)) {
        entries += 1
        guard entry + 16 <= table.bytes.count, entries <= Self.entryLimit else { throw Self.fault(layout) }
        let name = ShellText.printable(try texts.required(at: UInt64(table.number(entry + 8, as: UInt32.self))))
        if seen.insert(name).inserted { names.append(name) }
        let step = Int(table.number(entry + 12, as: UInt32.self))
        if step == 0 { break }
        entry += step
      }
      let step = Int(table.number(library + 12, as: UInt32.self))
      if step == 0 { return }
      library += step
    }
  }

  private static func fault(_ layout: ElfLayout) -> Diagnostic {
    layout.fault.malformed("its table of needed versions lies outside of its segments, or contradicts itself")
  }
}

extension ElfFile {
  /// The highest version of a library's symbols that is needed, such as `2.34` of `GLIBC`; nil where none is.
  package func highestVersion(of library: String) -> String? {
    let versions = neededVersions.filter { $0.hasPrefix(library + "_") }.map { $0.dropFirst(library.count + 1) }
    return versions.filter { $0.first?.isNumber == true }.max {
      Self.numbers($0).lexicographicallyPrecedes(Self.numbers($1))
    }
    .map(String.init)
  }

  private static func numbers(_ version: Substring) -> [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }

  /// What it needs of the system at least: `GLIBC 2.34`, `GLIBCXX 3.4.32`.
  package var systemVersions: [(library: String, version: String)] {
    ["GLIBC", "GLIBCXX"].compactMap { library in highestVersion(of: library).map { (library, $0) } }
  }

  /// A place in the current folder, whichever that is, that libraries are taken from; nil where there is none.
  package var relativePath: String? {
    let anchors = ["/", "$ORIGIN", "${ORIGIN}"]
    let relative = runpath.first { entry in !anchors.contains { entry.hasPrefix($0) } }
    return relative ?? needed.first { $0.contains("/") && !$0.hasPrefix("/") }
  }
}
