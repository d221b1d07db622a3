import Testing

@testable import Presentation

private let utf8 = ["LANG": "en_US.UTF-8", "TERM": "xterm"]

@Test(
  "NO_COLOR counts more than CLICOLOR_FORCE, that more than the terminal, and a wish in words more than all",
  arguments: [
    (Style.Mode.auto, true, [:], true),
    (.auto, false, [:], false),
    (.auto, true, ["NO_COLOR": "1"], false),
    (.auto, true, ["NO_COLOR": ""], true),
    (.auto, false, ["CLICOLOR_FORCE": "1"], true),
    (.auto, false, ["CLICOLOR_FORCE": "0"], false),
    (.auto, true, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
    (.auto, true, ["TERM": "dumb"], false),
    (.always, false, ["NO_COLOR": "1", "TERM": "dumb"], true),
    (.never, true, ["CLICOLOR_FORCE": "1"], false),
  ] as [(Style.Mode, Bool, [String: String], Bool)])
func colorPrecedence(_ mode: Style.Mode, _ isTerminal: Bool, _ extra: [String: String], _ expected: Bool) {
  let environment = utf8.merging(extra) { $1 }
  #expect(Style(mode: mode, isTerminal: isTerminal, environment: environment).usesColor == expected)
}

@Test(
  "The first locale variable that is set decides whether signs are Unicode",
  arguments: [
    ([:], false),
    (["LANG": "C"], false),
    (["LANG": "C.UTF-8"], true),
    (["LANG": "de_DE.utf8"], true),
    (["LANG": "de_DE.ISO-8859-1"], false),
    (["LANG": "en_US.UTF-8", "LC_CTYPE": "C"], false),
    (["LANG": "C", "LC_CTYPE": "en_US.UTF-8"], true),
    (["LC_CTYPE": "en_US.UTF-8", "LC_ALL": "POSIX"], false),
    (["LANG": "en_US.UTF-8", "LC_ALL": ""], true),
  ] as [([String: String], Bool)])
func localePrecedence(_ environment: [String: String], _ expected: Bool) {
  let style = Style(mode: .auto, isTerminal: true, environment: environment)
  #expect(style.showsUnicode == expected && style.symbols.isASCII == !expected)
}

@Test("A dumb terminal gets ASCII signs and the names as they are")
func dumbTerminal() {
  let style = Style(mode: .auto, isTerminal: true, environment: ["LANG": "C.UTF-8", "TERM": "dumb"])
  #expect(style("\("重み") × 2 → \("a×b")") == "重み x 2 -> a×b")
}

@Test("Each role has one color, and no other text has any")
func roleCodes() {
  let style = Style(usesColor: true)
  let shown = Style.Role.allCases.map { style(Text("x").styled($0)) }
  let codes = ["36", "32", "32", "33", "31", "2", "1"]
  #expect(shown == codes.map { "\u{1B}[\($0)mx\u{1B}[0m" })
  #expect(style("x") == "x")
}

@Test("A role given to a text leaves the pieces that have one alone")
func nestedRoles() {
  let text: Text = "a \("b", .layer)"
  #expect(text.styled(.failed).spans.map(\.role) == [.failed, .layer])
}

@Test("All ASCII signs are ASCII and printable")
func asciiSymbols() {
  let strings = Mirror(reflecting: Symbols.ascii).children.flatMap { child -> [String] in
    (child.value as? String).map { [$0] } ?? child.value as? [String] ?? []
  }
  #expect(strings.count > 30)
  #expect(strings.filter { !$0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } } == [])
}
