import Diagnostics

/// A name that a shared object gives or needs.
package struct ElfSymbol: Sendable, Equatable {
  /// What a name stands for.
  package enum Kind: String, Sendable {
    /// A function, or an address in code without a type.
    case function
    /// A variable or table.
    case data
    /// A variable of each thread.
    case threadLocal = "thread-local"
    /// A constant or the name of a version.
    case other
  }

  /// The name as the linker has it, with control characters escaped.
  package let name: String
  /// What it stands for.
  package let kind: Kind

  /// A symbol of that name and kind.
  package init(name: String, kind: Kind) {
    (self.name, self.kind) = (name, kind)
  }
}

/// The dynamic symbol table: what `dlsym` finds, and what other files have to give.
struct ElfSymbols {
  static let rowSize = 24

  private(set) var exports: [ElfSymbol] = []
  private(set) var imports: [String] = []

  /// - Throws: R0309, R0310.
  init(_ layout: ElfLayout, _ dynamic: ElfDynamic) throws(Diagnostic) {
    guard let address = dynamic[ElfDynamic.Tag.symbols], let place = layout.place(of: address),
      dynamic[ElfDynamic.Tag.symbolSize] == UInt64(Self.rowSize)
    else { throw layout.fault.malformed("its table of symbols is missing or lies outside of its segments") }
    let count = try Self.count(layout, dynamic)
    let (byteCount, overflows) = count.multipliedReportingOverflow(by: UInt64(Self.rowSize))
    guard !overflows, byteCount <= place.rest else {
      throw layout.fault.malformed("its table of symbols is too long", found: "\(count) symbols")
    }
    let table = try layout.block(place.offset, byteCount, "its table of symbols")
    var names = dynamic.names
    for row in 0..<Int(count) { try add(ElfSymbolRow(table, row), layout, &names) }
  }

  private mutating func add(
    _ row: ElfSymbolRow, _ layout: ElfLayout, _ names: inout ElfNames
  ) throws(Diagnostic) {
    guard row.isGlobal, row.nameOffset != 0 else { return }
    let name = ShellText.printable(try names.required(at: UInt64(row.nameOffset)))
    if row.isUndefined {
      imports.append(name)
    } else if row.isVisible {
      exports.append(ElfSymbol(name: name, kind: row.kind(in: layout)))
    }
  }

  /// The table has no length of its own: the hash table that `dlsym` searches gives it.
  private static func count(_ layout: ElfLayout, _ dynamic: ElfDynamic) throws(Diagnostic) -> UInt64 {
    if let address = dynamic[ElfDynamic.Tag.gnuHash] {
      guard let place = layout.place(of: address) else {
        throw layout.fault.malformed("its hash table lies outside of its segments")
      }
      return try ElfHashTable(layout, place.offset, place.offset + place.rest).symbolCount()
    }
    guard let address = dynamic[ElfDynamic.Tag.hash], let place = layout.place(of: address), place.rest >= 8 else {
      throw layout.fault.malformed("it has no hash table, so that no name can be found in it")
    }
    return UInt64(try layout.block(place.offset, 8, "its hash table").number(4, as: UInt32.self))
  }
}

/// One entry of a symbol table.
struct ElfSymbolRow {
  let nameOffset: Int
  let info: UInt8
  let other: UInt8
  let section: UInt16
  let value: UInt64

  init(_ table: ElfBlock, _ row: Int) {
    let base = row * ElfSymbols.rowSize
    nameOffset = Int(table.number(base, as: UInt32.self))
    (info, other) = (table.number(base + 4), table.number(base + 5))
    section = table.number(base + 6)
    value = table.number(base + 8)
  }

  /// Global, weak or unique.
  var isGlobal: Bool { info >> 4 == 1 || info >> 4 == 2 || info >> 4 == 10 }
  var isUndefined: Bool { section == 0 }
  /// Neither hidden nor internal.
  var isVisible: Bool { other & 3 == 0 || other & 3 == 3 }

  func kind(in layout: ElfLayout) -> ElfSymbol.Kind {
    guard section != 0xFFF1 else { return .other }
    let isCode = layout.segments.contains { $0.isLoaded && $0.isExecutable && $0.holds(value) }
    switch info & 15 {
    case 0, 2, 10: return isCode ? .function : .data
    case 1, 5: return .data
    case 6: return .threadLocal
    default: return .other
    }
  }
}

/// The GNU hash table, walked only as far as is needed to count symbols.
private struct ElfHashTable {
  let layout: ElfLayout
  let end: UInt64
  let first: UInt64
  let buckets: ElfBlock
  let chains: UInt64

  init(_ layout: ElfLayout, _ start: UInt64, _ end: UInt64) throws(Diagnostic) {
    self.layout = layout
    self.end = end
    let head = try Self.block(layout, start, 16, end)
    let bucketCount = UInt64(head.number(0, as: UInt32.self))
    first = UInt64(head.number(4, as: UInt32.self))
    let bucketStart = start + 16 + UInt64(head.number(8, as: UInt32.self)) * 8
    chains = bucketStart + bucketCount * 4
    buckets = try Self.block(layout, bucketStart, bucketCount * 4, end)
  }

  private static func block(
    _ layout: ElfLayout, _ start: UInt64, _ count: UInt64, _ end: UInt64
  ) throws(Diagnostic) -> ElfBlock {
    guard start <= end, count <= end - start else {
      throw layout.fault.malformed("its hash table is longer than its segment")
    }
    return try layout.block(start, count, "its hash table")
  }

  /// The last chain's end, which is the table's.
  func symbolCount() throws(Diagnostic) -> UInt64 {
    var last: UInt64 = 0
    for row in 0..<buckets.bytes.count / 4 { last = max(last, UInt64(buckets.number(row * 4, as: UInt32.self))) }
    guard last != 0 else { return first }
    guard last >= first else { throw layout.fault.malformed("its hash table contradicts itself") }
    while true {
      let start = chains + (last - first) * 4
      guard start < end else { throw layout.fault.malformed("its hash table is longer than its segment") }
      let piece = try Self.block(layout, start, min(4096, (end - start) & ~3), end)
      guard !piece.bytes.isEmpty else { throw layout.fault.malformed("its hash table is longer than its segment") }
      for row in 0..<piece.bytes.count / 4 {
        last += 1
        if piece.number(row * 4, as: UInt32.self) & 1 != 0 { return last }
      }
    }
  }
}
