import Testing

@testable import Presentation

private let prose: Text = """
  Draws from a normal distribution whose width keeps the variance of a \("rectified", .layer) layer constant, \
  as “Delving Deep into Rectifiers” has it in equation 10.
  """

@Test("Wrapped text keeps its words in order and fits into any width", arguments: 16...90)
func wrapping(_ width: Int) {
  let lines = HelpText.wrap(prose, width: width, indent: 1, hanging: 3, in: Style())
  #expect(lines.filter { displayWidth($0) > width } == [])
  let words = lines.flatMap { $0.split(separator: " ") }
  #expect(words == Style()(prose).split(separator: " "))
  #expect(lines.first?.hasPrefix(" Draws") == true && lines.dropFirst().allSatisfy { $0.hasPrefix("   ") })
}

@Test("No line could have taken the next line's first word", arguments: 16...90)
func greedy(_ width: Int) {
  let lines = HelpText.wrap(prose, width: width, in: Style())
  let early = zip(lines, lines.dropFirst()).filter { line, next in
    displayWidth(line) + 1 + displayWidth(next.prefix { $0 != " " }) <= width
  }
  #expect(early.isEmpty)
}

@Test("A word longer than the line is left whole")
func longWords() {
  let path = "https://example.org/a/very/long/path"
  #expect(HelpText.wrap("see \(path) there", width: 12, in: Style()) == ["see", path, "there"])
}

@Test("Our line breaks begin paragraphs, those of data are escaped, examples stay as they are")
func paragraphs() {
  let text: Text = "one\n\n    a   b = c d e f g h\n\("x\ny")"
  #expect(HelpText.wrap(text, width: 10, in: Style()) == ["one", "", "    a   b = c d e f g h", "x\\u{A}y"])
}

@Test("Without a width nothing is broken")
func unbroken() {
  #expect(HelpText.wrap(prose, width: nil, in: Style()) == [Style()(prose)])
}
