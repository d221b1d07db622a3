import Testing

@testable import Presentation

private let numbers = NumberFormat(symbols: .ascii)

private func format(_ row: [String]) -> String? {
  guard row.count == 4, let digits = Int(row[2]) else { return nil }
  switch row[0] {
  case "integer": return Int64(row[1]).map { numbers.integer($0) }
  case "bytes": return UInt64(row[1]).map { numbers.bytes($0) }
  case "fixed": return Double(row[1]).map { numbers.fixed($0, digits - 1) }
  case "percent": return Double(row[1]).map { numbers.percent($0, digits) }
  case "significant": return Double(row[1]).map { numbers.significant($0, digits) }
  case "hex": return Double(row[1]).map { numbers.hex($0) }
  default: return nil
  }
}

@Test(
  "Numbers are written as Python writes them",
  arguments: ["integer", "bytes", "fixed", "percent", "significant", "hex"])
func pythonTable(_ kind: String) {
  let rows = referenceRows("numbers.tsv").filter { $0.first == kind }
  #expect(rows.count > 100)
  #expect(rows.filter { format($0) != $0[3] }.map { $0 + [format($0) ?? "nil"] } == [])
}

@Test("The hex form is read back to the same bits")
func hexRoundTrip() {
  var random = Random(state: 5)
  let values = (0..<1000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
  #expect(values.filter { Double(numbers.hex($0))?.bitPattern != $0.bitPattern } == [])
}

@Test("Edges have a form of their own")
func edges() {
  let unicode = NumberFormat()
  #expect(unicode.significant(-3.1e-06, 2) == "−3.1e−06")
  #expect(
    [unicode.significant(0, 4), unicode.significant(.nan, 4), unicode.fixed(-.infinity, 2)] == [
      "0", "NaN", "−Inf",
    ])
  #expect(
    [unicode.integer(Int.min), unicode.integer(UInt64.max)] == [
      "−9,223,372,036,854,775,808", "18,446,744,073,709,551,615",
    ])
  #expect(
    [unicode.bytes(.max), unicode.hex(-0.0), unicode.hex(.leastNonzeroMagnitude)] == [
      "16.0 EiB", "-0x0p+0", "0x0.0000000000001p-1022",
    ])
  #expect(
    [unicode.compact(0.5, 3), unicode.compact(1e-6, 3), unicode.compact(100, 3)] == ["0.5", "1e−06", "100"])
}

@Test(
  "Times are minutes and seconds, with hours where there are any",
  arguments: [(0, "0:00"), (67, "1:07"), (3723, "1:02:03"), (-5, "0:00")])
func times(_ seconds: Int, _ expected: String) {
  #expect(numbers.time(.seconds(seconds)) == expected)
}
