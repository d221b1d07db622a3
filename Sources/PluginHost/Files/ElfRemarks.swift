import Diagnostics

/// What linker and compilers noted in a file: its build id, their versions, names that are not exported.
struct ElfRemarks {
  let layout: ElfLayout

  /// Remarks longer than this are cut.
  private static let limit: UInt64 = 64 << 10

  /// The linker's hash of the file in hexadecimal digits; nil where it made none.
  func buildID() throws(Diagnostic) -> String? {
    for segment in layout.segments where segment.isNote {
      let block = try layout.block(segment.offset, min(segment.fileSize, Self.limit), "its notes")
      if let id = Self.buildID(block, align: segment.alignment == 8 ? 8 : 4) { return id }
    }
    return nil
  }

  private static func buildID(_ notes: ElfBlock, align: Int) -> String? {
    var place = 0
    while place + 12 <= notes.bytes.count {
      let nameSize = Int(notes.number(place, as: UInt32.self))
      let size = Int(notes.number(place + 4, as: UInt32.self))
      let start = place + 12 + (nameSize + 3) / 4 * 4
      guard start + size <= notes.bytes.count else { return nil }
      if notes.number(place + 8, as: UInt32.self) == 3, notes.text(at: place + 12) == "GNU" {
        return notes.bytes[start..<start + min(size, 64)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      place = (start + size + align - 1) / align * align
    }
    return nil
  }

  /// The compilers' and linkers' names and versions, each once, at most sixteen.
  func compilers() throws(Diagnostic) -> [String] {
    guard let section = layout.sections.first(where: { $0.name == ".comment" && $0.hasContents && !$0.isCompressed })
    else { return [] }
    let block = try layout.block(section.offset, min(section.byteCount, Self.limit), "its comments")
    var result: [String] = []
    for line in block.bytes.split(separator: 0) where result.count < 16 {
      let text = ShellText.printable(line.prefix(200))
      if !result.contains(text) { result.append(text) }
    }
    return result
  }

  /// A definition that is not exported, whose name contains that text; nil where there is none, or no such table.
  func hiddenName(containing text: String) throws(Diagnostic) -> String? {
    for table in layout.sections where table.type == 2 {
      guard layout.sections.indices.contains(table.link) else { continue }
      let strings = layout.sections[table.link]
      var names = ElfNames(try layout.block(strings.offset, strings.byteCount, "its names"), layout.fault)
      let rows = try layout.block(table.offset, table.byteCount, "its symbols")
      for row in 0..<rows.bytes.count / ElfSymbols.rowSize {
        let symbol = ElfSymbolRow(rows, row)
        guard !symbol.isUndefined, symbol.info & 15 != 4, let name = try names.name(at: symbol.nameOffset),
          Self.contains(name, text)
        else { continue }
        return ShellText.printable(name)
      }
    }
    return nil
  }

  private static func contains(_ name: ArraySlice<UInt8>, _ text: String) -> Bool {
    guard name.count >= text.utf8.count else { return false }
    return (name.startIndex...name.endIndex - text.utf8.count).contains { name[$0...].starts(with: text.utf8) }
  }
}
