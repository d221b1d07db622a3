import Diagnostics

/// Gives a shared object a section that is not loaded.
///
/// Appended are the section's bytes, the names of sections with one more, and the table of sections with one more entry:
/// nothing that is loaded moves or changes.
struct ElfSectionWriter {
  private let bytes: [UInt8]
  private let elf: ElfFile

  /// - Parameter bytes: The file as it is.
  init(_ bytes: [UInt8], of elf: ElfFile) { (self.bytes, self.elf) = (bytes, elf) }

  /// The file with the section; those of that name that were there get another name.
  ///
  /// - Parameter contents: What the section holds; nil for no such section.
  /// - Throws: R0320 for a file without a table of sections.
  func replacing(_ name: String, with contents: [UInt8]?) throws(Diagnostic) -> [UInt8] {
    let header = ElfBlock(bytes: Array(bytes[..<ElfHeader.size]))
    let (table, count) = (Int(header.number(40, as: UInt64.self)), Int(header.number(60, as: UInt16.self)))
    let namesRow = Int(header.number(62, as: UInt16.self))
    let sections = elf.layout.sections
    guard table > 0, (1..<0xFF00 - 1).contains(count), sections.indices.contains(namesRow), namesRow > 0 else {
      throw Diagnostic(
        .manifestSection, "a file without a table of sections cannot be given a manifest", at: elf.path,
        expected: "a table of at most \(0xFF00 - 2) sections", found: "\(count) sections",
        hints: ["do not strip the table of sections (sstrip, --strip-section-headers)"])
    }
    var rows = Array(bytes[table..<table + count * ElfSection.size])
    var names = Array(
      bytes[Int(sections[namesRow].offset)..<Int(sections[namesRow].offset + sections[namesRow].byteCount)])
    let (own, former) = (names.count, names.count + name.utf8.count + 1)
    names += Array(name.utf8) + [0] + Array("\(name).former".utf8) + [0]
    for row in sections.indices where sections[row].name == name {
      Self.put(UInt64(former), 4, at: row * ElfSection.size, in: &rows)
    }
    var result = bytes
    let contentsStart = contents.map { Self.append($0, to: &result) }
    let namesStart = Self.append(names, to: &result)
    Self.put(UInt64(namesStart), 8, at: namesRow * ElfSection.size + 24, in: &rows)
    Self.put(UInt64(names.count), 8, at: namesRow * ElfSection.size + 32, in: &rows)
    if let contents, let contentsStart { rows += Self.row(name: own, offset: contentsStart, count: contents.count) }
    let tableStart = Self.append(rows, to: &result)
    Self.put(UInt64(tableStart), 8, at: 40, in: &result)
    Self.put(UInt64(rows.count / ElfSection.size), 2, at: 60, in: &result)
    return result
  }

  /// A section of the program's own kind (PROGBITS) without flags and address, aligned to a byte.
  private static func row(name: Int, offset: Int, count: Int) -> [UInt8] {
    var row = [UInt8](repeating: 0, count: ElfSection.size)
    put(UInt64(name), 4, at: 0, in: &row)
    put(1, 4, at: 4, in: &row)
    put(UInt64(offset), 8, at: 24, in: &row)
    put(UInt64(count), 8, at: 32, in: &row)
    put(1, 8, at: 48, in: &row)
    return row
  }

  private static func append(_ bytes: [UInt8], to result: inout [UInt8]) -> Int {
    result += [UInt8](repeating: 0, count: -result.count & 7)
    defer { result += bytes }
    return result.count
  }

  private static func put(_ value: UInt64, _ size: Int, at place: Int, in bytes: inout [UInt8]) {
    for index in 0..<size { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }
}
