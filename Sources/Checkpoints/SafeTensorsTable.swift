/// The entries of a header, packed: a hundred thousand of them in a handful of allocations.
struct SafeTensorsTable: Sendable {
  /// One tensor; its name and sizes stand in the arrays that all share.
  struct Row: Sendable {
    var nameStart: Int
    var nameCount: Int
    var dtype: Int
    var sizesStart: Int
    var rank: Int
    var begin: Int
    var end: Int
  }

  var rows: [Row] = []
  var nameBytes: [UInt8] = []
  var sizes: [Int] = []
  /// The element types that occur in the file.
  var dtypes: [String] = []
  /// The bits of an element of each, or -1 where the format does not know the type.
  var dtypeBits: [Int] = []

  /// The name of a row, as text.
  func name(_ index: Int) -> String {
    let row = rows[index]
    return String(decoding: nameBytes[row.nameStart..<row.nameStart + row.nameCount], as: UTF8.self)
  }

  /// A row, unpacked.
  func entry(_ index: Int) -> SafeTensorsHeader.Entry {
    let row = rows[index]
    return SafeTensorsHeader.Entry(
      name: name(index), dtype: dtypes[row.dtype],
      shape: Array(sizes[row.sizesStart..<row.sizesStart + row.rank]), range: row.begin..<row.end)
  }

  /// The number of an element type, which is entered where it is new.
  mutating func dtype(named name: String) -> Int {
    if let known = dtypes.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return known }
    dtypes.append(name)
    dtypeBits.append(SafeTensorsDType.bits(name) ?? -1)
    return dtypes.count - 1
  }

  /// Appends a tensor.
  mutating func append(name: String, dtype: String, shape: [Int], range: Range<Int>) {
    rows.append(
      Row(
        nameStart: nameBytes.count, nameCount: name.utf8.count, dtype: self.dtype(named: dtype),
        sizesStart: sizes.count, rank: shape.count, begin: range.lowerBound, end: range.upperBound))
    nameBytes += name.utf8
    sizes += shape
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
