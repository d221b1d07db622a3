import Diagnostics
import JSONText

extension SafeTensorsParser {
  /// The table of names; two of the same bytes are an error.
  func checkedNames() throws(Diagnostic) -> SafeTensorsNames {
    var duplicate: (earlier: Int, later: Int)?
    let names = SafeTensorsNames(of: table, duplicate: &duplicate)
    guard let duplicate else { return names }
    throw fault(
      .duplicateTensor, "there are two tensors \(named(duplicate.later))",
      at: place(duplicate.later),
      expected: "each name once", found: "the name at byte \(place(duplicate.earlier)) as well")
  }

  /// Checks that the data follow each other without holes up to the file's end; their size.
  func checkLayout(dataSize: Int) throws(Diagnostic) -> Int {
    let rows = table.rows
    func precedes(_ a: SafeTensorsTable.Row, _ b: SafeTensorsTable.Row) -> Bool {
      (a.begin, a.end) < (b.begin, b.end)
    }
    // In nearly all files the header's order is that of the data.
    let isSorted = rows.indices.dropFirst().allSatisfy { !precedes(rows[$0], rows[$0 - 1]) }
    if isSorted { return try checkLayout(rows.indices, dataSize) }
    return try checkLayout(rows.indices.sorted { precedes(rows[$0], rows[$1]) }, dataSize)
  }

  private func checkLayout(_ order: some Sequence<Int>, _ dataSize: Int) throws(Diagnostic) -> Int {
    var end = 0
    var last: Int?
    for index in order {
      let row = table.rows[index]
      if row.begin > end { throw gap(before: index, after: last, end: end) }
      if row.begin < end { throw overlap(of: index, with: last, end: end) }
      end = row.end
      last = index
    }
    if end > dataSize, let last { throw beyondFile(last, end: end, dataSize: dataSize) }
    if end < dataSize {
      throw fault(
        .dataUncovered, "the file goes on behind its last tensor", at: scanner.bytes.count + end,
        expected: "\(scanner.bytes.count + end) bytes",
        found: "\(scanner.bytes.count + dataSize) bytes")
    }
    return end
  }

  private func gap(before index: Int, after last: Int?, end: Int) -> Diagnostic {
    let neighbor = last.map { "tensor \(named($0))" } ?? "the beginning of the data"
    return fault(
      .dataGap, "a hole of \(table.rows[index].begin - end) bytes before tensor \(named(index))",
      at: place(index), expected: "data from \(end) on, the end of \(neighbor)",
      found: offsets(index))
  }

  private func overlap(of index: Int, with last: Int?, end: Int) -> Diagnostic {
    let neighbor = last.map { named($0) } ?? ""
    return fault(
      .dataOverlap, "tensor \(named(index)) overlaps tensor \(neighbor)", at: place(index),
      expected: "data from \(end) on", found: offsets(index))
  }

  private func beyondFile(_ index: Int, end: Int, dataSize: Int) -> Diagnostic {
    let start = scanner.bytes.count
    let (total, overflows) = start.addingReportingOverflow(end)
    return fault(
      .dataBeyondFile, "the file ends before tensor \(named(index)) does", at: place(index),
      expected: overflows ? "more than 2⁶³ bytes" : "\(total) bytes",
      found: "\(start + dataSize) bytes")
  }

  private func place(_ index: Int) -> Int { Int(table.rows[index].nameStart) }

  private func named(_ index: Int) -> String { Self.quoted(table.name(index)) }

  private func offsets(_ index: Int) -> String {
    "data_offsets [\(table.rows[index].begin), \(table.rows[index].end)]"
  }
}
