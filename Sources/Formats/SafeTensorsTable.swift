import Diagnostics

/// The entries of a header, packed: a hundred thousand of them in a handful of allocations.
struct SafeTensorsTable: Sendable {
  /// One tensor; its name and sizes stand elsewhere, at offsets that fit into 32 bits as headers do.
  struct Row: Sendable {
    /// Where the name stands in the text.
    var nameStart: UInt32
    var nameCount: UInt32
    var dtype: UInt32
    var sizesStart: UInt32
    var rank: UInt32
    var begin: Int
    var end: Int

    var sizes: Range<Int> { Int(sizesStart)..<Int(sizesStart + rank) }
  }

  let text: SafeTensorsText
  var rows: [Row] = []
  /// The names whose text has escapes, by their rows.
  var escapedNames: [Int: [UInt8]] = [:]
  var sizes: [Int] = []
  /// The element types that occur in the file.
  var dtypes: [String] = []
  /// The bits of an element of each, or -1 where the format does not know the type.
  var dtypeBits: [Int] = []

  init(text: SafeTensorsText) { self.text = text }

  /// Gives the bytes of a row's name to a closure.
  func withName<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if !escapedNames.isEmpty, let name = escapedNames[index] { return name.withUnsafeBytes(body) }
    let start = Int(rows[index].nameStart)
    return body(
      UnsafeRawBufferPointer(rebasing: text.bytes[start..<start + Int(rows[index].nameCount)]))
  }

  /// The name of a row, as text.
  func name(_ index: Int) -> String { withName(index) { String(decoding: $0, as: UTF8.self) } }

  /// A row, unpacked.
  func entry(_ index: Int) -> SafeTensorsHeader.Entry {
    let row = rows[index]
    return SafeTensorsHeader.Entry(
      name: name(index), dtype: dtypes[Int(row.dtype)], shape: Array(sizes[row.sizes]),
      range: row.begin..<row.end)
  }

  private var dtypeNumbers: [ByteName: Int] = [:]

  /// The number of an element type, which is entered where it is new.
  mutating func dtype(named name: String) -> Int {
    if let known = dtypeNumbers[ByteName(name)] { return known }
    dtypeNumbers[ByteName(name)] = dtypes.count
    dtypes.append(name)
    dtypeBits.append(SafeTensorsDType.bits(name) ?? -1)
    return dtypes.count - 1
  }

  /// Appends a tensor whose sizes have been appended.
  mutating func append(nameStart: Int, nameCount: Int, dtype: Int, rank: Int, begin: Int, end: Int) {
    rows.append(
      Row(
        nameStart: UInt32(truncatingIfNeeded: nameStart),
        nameCount: UInt32(truncatingIfNeeded: nameCount),
        dtype: UInt32(truncatingIfNeeded: dtype),
        sizesStart: UInt32(truncatingIfNeeded: sizes.count - rank),
        rank: UInt32(truncatingIfNeeded: rank), begin: begin, end: end))
  }
}

extension SafeTensorsHeader {
  /// The tensors of a file in the order of its header; each is unpacked when it is asked for.
  public struct Entries: RandomAccessCollection, Sendable {
    let table: SafeTensorsTable

    /// The first position.
    public var startIndex: Int { 0 }
    /// The number of tensors.
    public var endIndex: Int { table.rows.count }
    /// One tensor.
    public subscript(position: Int) -> Entry { table.entry(position) }
  }
}
