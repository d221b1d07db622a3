import Diagnostics
import Reinitialization
import Testing

/// A generator whose numbers are the same in every run (SplitMix64).
struct Numbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Texts of selectors, made by the grammar in docs/selectors.md.
struct RandomSelectors {
  var numbers: Numbers

  private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &numbers) ?? "" }
  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &numbers) < percent }

  private mutating func name() -> String {
    pick(["layer4", "0", "weight", "conv1", "Dense", "Mixed_5b", "é", "a-b", "x:0", "keep", #""[1]""#])
  }

  private mutating func part() -> String {
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0: pick(["*", "**", "la*", "*r*", "*_1"])
    case 1:
      pick([
        #""""#, #""a b""#, #""a.b""#, #""*""#, #""?""#, #""\"\\""#, #""\u{27}""#, #""Dense""#, #""plain""#,
        "\"=@>\"",
      ])
    default: name()
    }
  }

  private mutating func parts() -> String {
    (0...Int.random(in: 0..<4, using: &numbers)).map { _ in part() }.joined(separator: ".")
  }

  private mutating func step() -> String {
    switch Int.random(in: 0..<6, using: &numbers) {
    case 0: "@" + pick(["weight", "bias", "scale", "buffer"])
    case 1: "." + parts()
    case 2: pick(["org.example.se/Gate", "org.example.se/*", "*/X"]) + (chance(50) ? "." + parts() : "")
    case 3: pick(["Conv", "Conv2d", "B*", "Ärger"]) + (chance(50) ? "." + parts() : "")
    default: parts()
    }
  }

  mutating func next() -> String {
    var text = chance(10) ? " " : ""
    text += step()
    while chance(40) { text += pick([" ", " > ", ">", "  ", "\t", " >"]) + step() }
    if chance(20) { text += pick(["", " "]) + "[\(tensorPart())]" }
    return text + pick(["", "", "?", " ?", " "])
  }

  private mutating func tensorPart() -> String {
    let slices = (0...Int.random(in: 0..<3, using: &numbers)).map { _ in
      pick(["1", "-1", ":", "2:", ":-3", "1:9", "::2", "4:-1:3", " 5 : 6 "])
    }
    return pick([
      slices.joined(separator: pick([",", ", "])), "...", "..., 3", "forget", " expert 3 ", "part 2", "rows where zero",
      "rows where nan", "rows where norm<1e-6", "rows where norm >= 2.5",
      "mask dead.safetensors", "mask /a b/c.safetensors",
      #"mask "a]\u{27}b\"[""#, "mask", "rows",
    ])
  }
}

@Suite("The grammar of selectors")
struct ParserTests {
  @Test("What is printed reads as the same selector, and is printed the same again")
  func roundTrip() throws {
    var texts = RandomSelectors(numbers: Numbers(state: 1))
    var wrong: [String] = []
    for _ in 0..<20_000 {
      let text = texts.next()
      guard let selector = try? Selector(parsing: text) else {
        wrong.append("unreadable: \(text)")
        continue
      }
      let again = try? Selector(parsing: selector.description)
      if again != selector || again?.description != selector.description { wrong.append(text) }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }

  @Test("A selector written plainly is printed as it was written")
  func plain() throws {
    let texts = [
      "Conv", "Conv.weight", "layer4.**.bn3.weight", "@bias", "encoder.layer.5 Dense.weight",
      "LayerNorm Scale",
      "layer4 > 0 > Conv", ".Mixed_5b.branch1x1", "layer5.**?", "org.example.se/*",
      "org.example.se/Gate.weight",
      #"a."b c".weight"#, "*.bias", ".*.bias", "**", "embed.weight[2:7, ::2]?", "Conv[rows where norm < 0.5]",
      "@bias[forget]", "a > Dense.weight[mask dead.safetensors]", "x[..., -1]",
    ]
    for text in texts { #expect(try Selector(parsing: text).description == text) }
  }

  @Test("Any text gives a selector or an error that names a byte of it")
  func anyText() {
    var numbers = Numbers(state: 2)
    let alphabet = Array("aA0.*@>[]: ?\"\\=/#()é\u{301}\u{202e}\n\t{}u🙂'bias")
    var wrong: [String] = []
    for _ in 0..<50_000 {
      let count = Int.random(in: 0..<24, using: &numbers)
      let text = String((0..<count).map { _ in alphabet.randomElement(using: &numbers) ?? "a" })
      if let problem = problem(of: text) { wrong.append(problem) }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }

  private func problem(of text: String) -> String? {
    do {
      let selector = try Selector(parsing: text)
      return (try? Selector(parsing: selector.description)) == selector ? nil : "not printed well: \(text)"
    } catch {
      let byte = error.place.flatMap { Int($0.dropFirst("byte ".count).prefix { $0.isNumber }) } ?? -1
      return [.selectorSyntax, .partSyntax].contains(error.code) && (0...text.utf8.count).contains(byte)
        ? nil : "\(text): \(error)"
    }
  }

  private static let errors: [(text: String, error: String)] = [
    ("", "the selector is empty|byte 0 of ''|a type, a path or a role|"),
    ("> a", "the selector begins with '>'|byte 0 of '> a'|a type, a path or a role|"),
    ("a >", "nothing follows '>'|byte 3 of 'a >'|a type, a path or a role|"),
    (
      "bn?.weight",
      "'?' stands at the end only|byte 2 of 'bn?.weight'|the end after '?'|"
        + "'*' stands for any text within a name: 'bn*.weight'"
    ),
    ("a..b", "a part of the path is empty|byte 2 of 'a..b'|a name, '*' or '**'|an empty name is '\"\"'"),
    (
      "@wieght",
      "'@wieght' is not a role|byte 1 of '@wieght'|@weight, @bias, @scale, @buffer, @other or @residual_out|"
        + "a similar name exists: @weight"
    ),
    ("a***b", "'**' is not a part of its own|byte 1 of 'a***b'|'**' alone between dots, or one '*'|"),
    ("x \"abc", "the quotes are not closed|byte 2 of 'x \"abc'|'\"' at the end of the name|"),
    (#""a"b"#, #"text follows the quotes|byte 3 of '"a"b'|'.', a space or the end|"#),
    (
      #""a\x""#,
      #"an escape is not known|byte 2 of '"a\x"'|\", \\ or a character's number as in \u{e9}|"#
    ),
    (
      "é@x",
      "'@' stands in a name without quotes|byte 2 of 'é@x'||"
        + #"names with odd characters stand in double quotes: a."b c".weight"#
    ),
    (
      "x\u{202e}y",
      "'\\u{202e}' stands in a name without quotes|byte 1 of 'x\\u{202e}y'||"
        + #"names with odd characters stand in double quotes: a."b c".weight"#
    ),
    ("/x", "no plugin is named before '/'|byte 0 of '/x'|a plugin's identifier|"),
    (
      "a" + String(repeating: ".*", count: 60),
      "the selector is too long|byte 121 of '…" + String(repeating: ".*", count: 20)
        + "'|at most 60 parts in all steps|"
    ),
  ]

  @Test(
    "An error says what is wrong, at which byte, what is expected and what to do", arguments: errors.indices)
  func errorText(index: Int) {
    let (text, expected) = ParserTests.errors[index]
    let error = #expect(throws: Diagnostic.self) { try Selector(parsing: text) }
    let parts = [error?.message, error?.place, error?.expected ?? "", error?.hints.joined(separator: ";")]
    #expect(parts.compactMap(\.self).joined(separator: "|") == expected)
  }

  @Test("Names that differ in bytes are different names, though Unicode calls them equal")
  func bytes() throws {
    #expect(try Selector(parsing: "\u{e9}") != Selector(parsing: "e\u{301}"))
    #expect(try Selector(parsing: "*\u{e9}") != Selector(parsing: "*e\u{301}"))
  }
}
