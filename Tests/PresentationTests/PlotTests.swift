import Testing

@testable import Presentation

@Test(
  "A bar is exact to an eighth, and shows at least a line of what is not nothing",
  arguments: [
    (0.0, "    "), (1e-9, "▏   "), (0.5, "██  "), (0.71875, "██▉ "), (1, "████"), (7, "████"), (-1, "    "),
    (.nan, "    "), (.infinity, "████"),
  ])
func bars(_ share: Double, _ expected: String) {
  // A bar is cut at its end by the style, so a sign is set behind it.
  #expect(Style()(Bar(share, width: 4).text(in: Style()) + "|") == expected + "|")
}

@Test("A sparkline has one column a value and survives any value")
func sparklines() {
  let style = Style()
  #expect(style(Sparkline([1, 2, 4, 8]).text(in: style)) == "▁▂▄█")
  #expect(style(Sparkline([.nan, -1, 0, 1, .infinity]).text(in: style)) == "   ██")
  #expect(style(Sparkline([4], maximum: 8).text(in: style)) == "▄")
  #expect(style(Sparkline([]).text(in: style)) == "")
}

@Test("A histogram counts every value once, and joining intervals loses none")
func conserved() {
  var random = Random(state: 6)
  let special: [Double] = [
    .nan, .infinity, -.infinity, -1, 1, 0, -1.0000001, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
  ]
  let values = special + (0..<5000).map { _ in Double.random(in: -1.2...1.2, using: &random) }
  let histogram = Histogram(values, bins: 97, from: -1, to: 1)
  #expect(histogram.total == values.count)
  #expect(histogram.notNumbers == 1)
  #expect(histogram.below == values.count { $0 < -1 } && histogram.above == values.count { $0 > 1 })
  let wrong = (1...120).filter { bins in
    let joined = histogram.joined(to: bins)
    return joined.total != values.count || joined.counts.count > bins
  }
  #expect(wrong == [])
}

@Test("A value at an inner boundary belongs to the interval that begins there")
func boundaries() {
  #expect(Histogram([0, 0.25, 0.5, 0.75, 1], bins: 4, from: 0, to: 1).counts == [1, 1, 1, 2])
  #expect(Histogram([3, 3], bins: 2, from: 3, to: 3).total == 2)
  let huge = Double.greatestFiniteMagnitude
  #expect(Histogram([-huge, 0, huge], bins: 2, from: -huge, to: huge).counts == [1, 2])
}

@Test("A plot has the height asked for and stays within its width", arguments: [20, 40, 80], [1, 5])
func plots(_ width: Int, _ height: Int) {
  let histogram = Histogram(lower: -1, upper: 1, counts: (0..<300).map { $0 % 17 * 1000 })
  let lines = histogram.plot(in: Style(), height: height, width: width)
  #expect(lines.count == height + 2)
  #expect(lines.filter { displayWidth($0) > width } == [])
}

@Test("An empty histogram can be drawn")
func emptyPlots() {
  #expect(Histogram(lower: 0, upper: 0, counts: []).plot(in: Style(), height: 2).count == 4)
  #expect(Style()(Histogram(lower: 0, upper: 1, counts: [0, 0]).line(in: Style())) == "0 ┤  ├ 1")
}

@Test("Tree lines join siblings and nothing else")
func treeLines() {
  let style = Style()
  let lines = TreeLines(depths: [0, 1, 2, 2, 1, 3, 0, 1, -4], in: style).map { style($0 + "x") }
  #expect(lines == ["x", "├─ x", "│  ├─ x", "│  └─ x", "└─ x", "      └─ x", "x", "└─ x", "x"])
}

@Test("A chain 100,000 deep is drawn, and says how many levels are left out")
func deepTree() {
  let style = Style()
  let lines = TreeLines(depths: Array(0..<100_000), in: style, limit: 3).map { style($0 + "x") }
  #expect(lines.count == 100_000)
  #expect(lines.last == "…99,996       └─ x")
}

@Test("Random trees are drawn as a recursive definition draws them")
func treeModel() {
  var random = Random(state: 7)
  let style = Style()
  for _ in 0..<100 {
    var depths = [0]
    for _ in 0..<30 { depths.append(Int.random(in: 1...((depths.last ?? 0) + 1), using: &random)) }
    let expected = depths.indices.map { row in
      guard depths[row] > 0 else { return "x" }
      // A line runs on at a level if, below, that level is reached again before a shallower one.
      let isOpen = (1...depths[row]).map { level in
        depths[(row + 1)...].first { $0 <= level } == level
      }
      return isOpen.dropLast().map { $0 ? "│  " : "   " }.joined() + (isOpen.last == true ? "├─ x" : "└─ x")
    }
    #expect(TreeLines(depths: depths, in: style).map { style($0 + "x") } == expected)
  }
}
