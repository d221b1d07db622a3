import Testing

@testable import Presentation

private func randomTable(_ random: inout Random) -> Table {
  let alignments: [Table.Alignment] = [.left, .right, .decimal]
  let elisions: [Table.Elision?] = [nil, .middle, .path, .end]
  let columns = (0..<Int.random(in: 1...5, using: &random)).map { _ in
    Table.Column(
      Text(random.hostileString()), alignments.randomElement(using: &random) ?? .left,
      elision: elisions.randomElement(using: &random) ?? nil, gap: Int.random(in: 0...3, using: &random))
  }
  var table = Table(columns, indent: Int.random(in: 0...4, using: &random))
  for _ in 0..<Int.random(in: 0...6, using: &random) {
    let count = Int.random(in: 0...6, using: &random)
    table.add((0..<count).map { _ in Text(random.hostileString()).styled(.changed) })
  }
  if Bool.random(using: &random) { table.footer = columns.map { _ in Text(random.hostileString()) } }
  return table
}

@Test("All lines of a table are equally wide, whatever is in it", arguments: [true, false], [nil, 40, 80])
func equalWidths(_ showsUnicode: Bool, _ width: Int?) {
  var random = Random(state: 3)
  let style = Style(showsUnicode: showsUnicode)
  let ragged = (0..<300).filter { _ in
    let lines = randomTable(&random).layout(in: style, width: width)
    let shown = lines.map { line in line.spans.reduce(0) { $0 + displayWidth($1.string) } }
    return Set(shown).count > 1 || shown != lines.map(\.width)
  }
  #expect(ragged == [])
}

@Test("A table never holds an escape code in plain mode, and no blank at a line's end")
func plainTables() {
  var random = Random(state: 4)
  let lines = (0..<300).flatMap { _ in randomTable(&random).lines(in: Style(), width: 60) }
  #expect(lines.count > 500)
  #expect(lines.filter { $0.contains("\u{1B}") || $0.hasSuffix(" ") } == [])
}

@Test("Without a width every cell is shown whole")
func wholeCells() {
  var table = Table([.init("path", elision: .path), .init("note", elision: .end)])
  let path = String(repeating: "block.", count: 400) + "weight"
  table.add([Text(path), "a long note"])
  #expect(table.lines(in: Style()).last == "  \(path)  a long note")
}

@Test(
  "A table with a path column fits into any terminal that has room for the other columns", arguments: 36...120
)
func fitting(_ width: Int) {
  var table = Table([.init("path", elision: .path), .init("values", .right)])
  table.add(["features.denseblock4.denselayer16.norm2.running_mean", "1,024"])
  table.add([Text("重み.重み.重み.重み.重み.重み.重み.重み.重み"), "1"])
  #expect(table.lines(in: Style(), width: width).filter { displayWidth($0) > width } == [])
}

@Test(
  "A path gives up parts before its end, a sentence its end, other text its middle",
  arguments: [
    ("layer1.0.conv1.weight", Table.Elision.path, 20, "…0.conv1.weight"),
    (
      "features.denseblock4.denselayer16.norm2.running_mean", .path, 40,
      "features…denselayer16.norm2.running_mean"
    ),
    ("averyveryverylongnamewithoutparts", .path, 13, "…withoutparts"),
    ("short.weight", .path, 12, "short.weight"),
    ("a sentence that is too long", .end, 14, "a sentence th…"),
    ("beginning and end", .middle, 9, "begi… end"),
    ("重み重み重み", .end, 6, "重み…"),
    ("abc", .path, 1, "a"),
  ] as [(String, Table.Elision, Int, String)])
func elision(_ text: String, _ elision: Table.Elision, _ columns: Int, _ expected: String) {
  let line = StyledLine(Text(text), in: Style()).elided(to: columns, elision, in: Style())
  #expect(line.rendered(in: Style()) == expected)
  #expect(line.width <= columns)
}

@Test("Decimal points stand below each other, and text without one ends where they stand")
func decimals() {
  var table = Table([.init("", .decimal)], indent: 0)
  for value in ["1.5", "−10.25", "7", "–", "0.125"] { table.add([Text(value)]) }
  #expect(table.lines(in: Style()) == ["  1.5", "−10.25", "  7", "  –", "  0.125"])
}

@Test("Missing cells are blank and surplus cells are left out")
func unevenRows() {
  var table = Table([.init("a"), .init("b")], indent: 0)
  table.add(["1"])
  table.add(["1", "2", "3"])
  #expect(table.lines(in: Style()) == ["a  b", "─  ─", "1", "1  2"])
}
