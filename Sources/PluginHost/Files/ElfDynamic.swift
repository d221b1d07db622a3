import Diagnostics

/// The dynamic table: what the system's loader reads.
struct ElfDynamic {
  private var values: [UInt64: UInt64] = [:]
  private var neededNames: [UInt64] = []
  /// Its names, none of which has been read.
  let names: ElfNames
  private let fault: ElfFault

  /// - Throws: R0309, R0310.
  init(_ layout: ElfLayout) throws(Diagnostic) {
    fault = layout.fault
    let tables = layout.segments.filter(\.isDynamic)
    guard let table = tables.first, tables.count == 1 else {
      throw fault.malformed("it needs one dynamic table", expected: "1", found: "\(tables.count)")
    }
    guard layout.place(of: table.address)?.offset == table.offset else {
      throw fault.malformed("its dynamic table is not loaded")
    }
    let block = try layout.block(table.offset, table.fileSize, "its dynamic table")
    var values: [UInt64: UInt64] = [:]
    var needed: [UInt64] = []
    for row in 0..<block.bytes.count / 16 {
      let (tag, value) = (block.number(row * 16, as: UInt64.self), block.number(row * 16 + 8, as: UInt64.self))
      if tag == Tag.end { break }
      if tag == Tag.needed { needed.append(value) } else { values[tag] = value }
    }
    self.values = values
    neededNames = needed
    names = ElfNames(try Self.names(values, layout), fault)
  }

  private static func names(
    _ values: [UInt64: UInt64], _ layout: ElfLayout
  ) throws(Diagnostic) -> ElfBlock {
    guard let address = values[Tag.names], let count = values[Tag.namesSize],
      let place = layout.place(of: address), count <= place.rest
    else { throw layout.fault.malformed("its table of names is missing or lies outside of its segments") }
    return try layout.block(place.offset, count, "its table of names")
  }

  subscript(tag: UInt64) -> UInt64? { values[tag] }

  private func text(_ tag: UInt64) throws(Diagnostic) -> String? {
    guard let offset = values[tag] else { return nil }
    var names = names
    return ShellText.printable(try names.required(at: offset))
  }

  /// The libraries that have to be loaded with this one.
  func needed() throws(Diagnostic) -> [String] {
    var (result, names): ([String], ElfNames) = ([], names)
    for offset in neededNames { result.append(ShellText.printable(try names.required(at: offset))) }
    return result
  }

  func soname() throws(Diagnostic) -> String? { try text(Tag.soname) }

  /// Where needed libraries are looked for first; an older form counts where there is no newer one.
  func runpath() throws(Diagnostic) -> [String] {
    var path = try text(Tag.runpath)
    if path == nil { path = try text(Tag.rpath) }
    // One that is empty as a whole is none; an empty part of a longer one is the current folder.
    guard let path, !path.isEmpty else { return [] }
    return path.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  var hasTextRelocations: Bool { values[Tag.textRelocations] != nil || (values[Tag.flags] ?? 0) & 4 != 0 }
  var hasStaticTLS: Bool { (values[Tag.flags] ?? 0) & 0x10 != 0 }
  var isPositionIndependentProgram: Bool { (values[Tag.flags1] ?? 0) & 0x0800_0000 != 0 }
  var isDebuggedByLoader: Bool { values[Tag.debug] != nil }

  /// How many functions run as soon as the file is loaded.
  var initializerCount: Int {
    let array = Int(clamping: (values[Tag.initArraySize] ?? 0) / 8)
    return array + (values[Tag.initFunction] == nil ? 0 : 1)
  }

  enum Tag {
    static let end: UInt64 = 0, needed: UInt64 = 1, hash: UInt64 = 4, names: UInt64 = 5, symbols: UInt64 = 6
    static let namesSize: UInt64 = 10, symbolSize: UInt64 = 11, initFunction: UInt64 = 12, soname: UInt64 = 14
    static let rpath: UInt64 = 15, debug: UInt64 = 21, textRelocations: UInt64 = 22, initArraySize: UInt64 = 27
    static let runpath: UInt64 = 29, flags: UInt64 = 30, gnuHash: UInt64 = 0x6FFF_FEF5
    static let flags1: UInt64 = 0x6FFF_FFFB, versions: UInt64 = 0x6FFF_FFFE, versionCount: UInt64 = 0x6FFF_FFFF
  }
}
