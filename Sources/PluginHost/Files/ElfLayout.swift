import Diagnostics

/// One entry of the program header table.
struct ElfSegment {
  static let size = 56
  /// The most segments; linkers make about ten.
  static let limit = 128

  let type: UInt32
  let flags: UInt32
  let offset: UInt64
  let address: UInt64
  let fileSize: UInt64
  let memorySize: UInt64
  let alignment: UInt64

  init(_ table: ElfBlock, _ row: Int) {
    let base = row * Self.size
    (type, flags) = (table.number(base), table.number(base + 4))
    (offset, address) = (table.number(base + 8), table.number(base + 16))
    (fileSize, memorySize) = (table.number(base + 32), table.number(base + 40))
    alignment = table.number(base + 48)
  }

  var isLoaded: Bool { type == 1 }
  var isDynamic: Bool { type == 2 }
  var isInterpreter: Bool { type == 3 }
  var isNote: Bool { type == 4 }
  var isThreadLocal: Bool { type == 7 }
  var isStack: Bool { type == 0x6474_E551 }
  var isExecutable: Bool { flags & 1 != 0 }
  var isWritable: Bool { flags & 2 != 0 }

  /// Whether an address lies in the part that is read from the file.
  func holds(_ place: UInt64) -> Bool { place >= address && place - address < fileSize }
}

/// One entry of the section table.
struct ElfSection {
  static let size = 64
  /// The most sections.
  static let limit: UInt64 = 65_535

  let nameOffset: Int
  let type: UInt32
  let flags: UInt64
  let offset: UInt64
  let byteCount: UInt64
  let link: Int
  var name = ""

  init(_ table: ElfBlock, _ row: Int) {
    let base = row * Self.size
    nameOffset = Int(table.number(base, as: UInt32.self))
    type = table.number(base + 4)
    flags = table.number(base + 8)
    (offset, byteCount) = (table.number(base + 24), table.number(base + 32))
    link = Int(table.number(base + 40, as: UInt32.self))
  }

  var hasContents: Bool { type != 0 && type != 8 }
  var isCompressed: Bool { flags & 0x800 != 0 }
}

/// A file's header, segments and sections, all of which lie inside of it.
struct ElfLayout {
  /// Tables of names and symbols larger than this belong to no plugin.
  static let tableLimit: UInt64 = 64 << 20

  let file: ByteFile
  let fault: ElfFault
  let segments: [ElfSegment]
  private(set) var sections: [ElfSection] = []

  /// - Throws: R0304 to R0310, R0302, R0318.
  init(_ file: ByteFile) throws(Diagnostic) {
    self.file = file
    fault = ElfFault(path: file.path)
    let header = try ElfHeader(file, fault: fault)
    let table = try Self.block(
      file, header.programOffset, UInt64(header.programCount * ElfSegment.size), "its table of segments")
    segments = (0..<header.programCount).map { ElfSegment(table, $0) }
    sections = try readSections(header)
    try refuseDetachedDebugging()
    for segment in segments { try check(segment) }
    for section in sections where section.hasContents { try check(section) }
    try checkLoadOrder()
  }

  /// The bytes of a range that must lie in the file.
  func block(_ offset: UInt64, _ count: UInt64, _ what: String) throws(Diagnostic) -> ElfBlock {
    try Self.block(file, offset, count, what)
  }

  private static func block(
    _ file: ByteFile, _ offset: UInt64, _ count: UInt64, _ what: String
  ) throws(Diagnostic) -> ElfBlock {
    try inside(file, offset, count, what)
    guard count <= tableLimit else {
      throw ElfFault(path: file.path).malformed(
        "\(what) is larger than any plugin's", expected: "at most \(tableLimit) bytes", found: "\(count) bytes")
    }
    return ElfBlock(bytes: try file.bytes(at: Int(offset), count: Int(count)))
  }

  /// Tells ranges that end behind the file, as in an unfinished copy, from ranges that no file can have.
  private static func inside(
    _ file: ByteFile, _ offset: UInt64, _ count: UInt64, _ what: String
  ) throws(Diagnostic) {
    let (end, overflows) = offset.addingReportingOverflow(count)
    let fault = ElfFault(path: file.path)
    guard !overflows, end < 1 << 48 else {
      throw fault.malformed("\(what) is impossible", found: "\(count) bytes from \(offset) on")
    }
    guard end <= UInt64(file.status.size) else {
      throw fault.truncated("the end of \(what)", expected: end, found: file.status.size)
    }
  }
}

extension ElfLayout {
  private func readSections(_ header: ElfHeader) throws(Diagnostic) -> [ElfSection] {
    guard header.sectionOffset != 0 else { return [] }
    let first = ElfSection(
      try block(header.sectionOffset, UInt64(ElfSection.size), "its table of sections"), 0)
    // From 65,280 sections on, the first one has their number and where the names are.
    let count = header.sectionCount == 0 ? first.byteCount : UInt64(header.sectionCount)
    let names = header.sectionNames == 0xFFFF ? first.link : header.sectionNames
    guard count <= ElfSection.limit else {
      throw fault.malformed(
        "its table of sections is impossible", expected: "at most \(ElfSection.limit) entries",
        found: "\(count) entries")
    }
    let table = try block(header.sectionOffset, count * UInt64(ElfSection.size), "its table of sections")
    return try named((0..<Int(count)).map { ElfSection(table, $0) }, by: names)
  }

  private func named(_ sections: [ElfSection], by index: Int) throws(Diagnostic) -> [ElfSection] {
    guard index != 0, !sections.isEmpty else { return sections }
    guard sections.indices.contains(index), sections[index].type == 3 else {
      throw fault.malformed("the names of its sections are missing", found: "section \(index)")
    }
    let table = try block(sections[index].offset, sections[index].byteCount, "the names of its sections")
    var (names, result) = (ElfNames(table, fault), sections)
    for row in result.indices {
      result[row].name = try names.name(at: result[row].nameOffset).map { ShellText.printable($0) } ?? ""
    }
    return result
  }

  /// What `objcopy --only-keep-debug` leaves has all tables of a library, and none of its contents.
  private func refuseDetachedDebugging() throws(Diagnostic) {
    guard sections.contains(where: { $0.name == ".dynamic" && !$0.hasContents }) else { return }
    throw fault.notLibrary(
      "debugging information without the library", hint: "name the library that was stripped of it")
  }

  private func check(_ section: ElfSection) throws(Diagnostic) {
    try Self.inside(file, section.offset, section.byteCount, "its section '\(section.name)'")
  }

  private func check(_ segment: ElfSegment) throws(Diagnostic) {
    guard segment.isLoaded || segment.isDynamic || segment.isNote || segment.isThreadLocal else { return }
    try Self.inside(file, segment.offset, segment.fileSize, segment.isLoaded ? "its code and data" : "its segments")
    guard segment.isLoaded else { return }
    let (_, overflows) = segment.address.addingReportingOverflow(segment.memorySize)
    let align = segment.alignment
    guard segment.memorySize >= segment.fileSize, !overflows, align & (align &- 1) == 0,
      align <= 1 || (segment.address &- segment.offset) % align == 0
    else {
      throw fault.malformed(
        "a segment is impossible",
        found: "\(segment.fileSize) bytes from \(segment.offset) on, \(segment.memorySize) in memory at "
          + "\(segment.address), aligned to \(align)")
    }
  }

  private func checkLoadOrder() throws(Diagnostic) {
    let loaded = segments.filter(\.isLoaded)
    guard !loaded.isEmpty else { throw fault.malformed("it has no segment to load") }
    for (first, second) in zip(loaded, loaded.dropFirst())
    where first.address + first.memorySize > second.address {
      throw fault.malformed("two segments overlap in memory", found: "at \(second.address)")
    }
  }

  /// The place in the file of what lies at an address, and how many bytes of the file follow in its segment.
  func place(of address: UInt64) -> (offset: UInt64, rest: UInt64)? {
    guard let segment = segments.first(where: { $0.isLoaded && $0.holds(address) }) else { return nil }
    let distance = address - segment.address
    return (segment.offset + distance, segment.fileSize - distance)
  }
}
