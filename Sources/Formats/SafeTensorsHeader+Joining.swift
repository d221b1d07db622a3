import Diagnostics

extension SafeTensorsHeader {
  /// One header over several files, as if their data stood one behind the other.
  ///
  /// The ranges of a file's tensors are counted from where its data begin in all. Metadata are those of the first file
  /// that has a key.
  /// - Throws: R0407 for a name that two files have.
  package init(joining headers: [SafeTensorsHeader]) throws(Diagnostic) {
    var metadata: SafeTensorsMetadata = [:]
    var (rows, start): ([Row], Int) = ([], 0)
    rows.reserveCapacity(headers.reduce(0) { $0 + $1.entries.count })
    for header in headers {
      for pair in header.metadata.pairs where metadata[pair.key] == nil { metadata[pair.key] = pair.value }
      for entry in header.entries {
        let range = start + entry.range.lowerBound..<start + entry.range.upperBound
        rows.append(Row(name: entry.name, dtype: entry.dtype, shape: entry.shape, range: range))
      }
      start += header.dataSize
    }
    let length = headers.reduce(0) { $0 + $1.headerLength }
    try self.init(rows: rows, metadata: metadata, headerLength: length, dataSize: start)
  }

  /// A header for tensors whose sizes are known: those with the largest elements first in the data, so that each lies at a
  /// multiple of its element's size, and in the given order in the header.
  /// - Throws: R0407 for a name given twice, R0421 where all do not fit into 64 bits.
  package init(
    placing tensors: [(name: String, dtype: String, shape: [Int], elementSize: Int, byteCount: Int)],
    metadata: SafeTensorsMetadata
  ) throws(Diagnostic) {
    var ranges = [Range<Int>](repeating: 0..<0, count: tensors.count)
    var end = 0
    let order = tensors.indices.sorted {
      let (a, b) = (tensors[$0].elementSize, tensors[$1].elementSize)
      return a != b ? a > b : $0 < $1
    }
    for index in order {
      let (next, overflows) = end.addingReportingOverflow(tensors[index].byteCount)
      if overflows { throw Diagnostic(.shapeOverflow, "all tensors together do not fit into 64 bits") }
      ranges[index] = end..<next
      end = next
    }
    let rows = zip(tensors, ranges).map { Row(name: $0.name, dtype: $0.dtype, shape: $0.shape, range: $1) }
    try self.init(rows: rows, metadata: metadata, headerLength: 0, dataSize: end)
  }

  private typealias Row = (name: String, dtype: String, shape: [Int], range: Range<Int>)

  private init(rows: [Row], metadata: SafeTensorsMetadata, headerLength: Int, dataSize: Int) throws(Diagnostic) {
    var table = SafeTensorsTable(text: SafeTensorsText(rows.flatMap(\.name.utf8)))
    var nameStart = 0
    for row in rows {
      table.sizes += row.shape
      table.append(
        nameStart: nameStart, nameCount: row.name.utf8.count, dtype: table.dtype(named: row.dtype),
        rank: row.shape.count, begin: row.range.lowerBound, end: row.range.upperBound)
      nameStart += row.name.utf8.count
    }
    let names = try Self.index(table)
    self.init(table: table, names: names, metadata: metadata, headerLength: headerLength, dataSize: dataSize)
  }
}
