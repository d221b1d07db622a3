import Diagnostics
import Reinitialization
import Testing

@Suite("Rules as text")
struct RuleTextTests {
  private static let rules: [(text: String, selector: String, initializer: String?)] = [
    ("fc=zeros", "fc", "zeros"), (" fc = zeros ", "fc", "zeros"),
    ("Conv.weight=kaiming_normal(mode: fan_out)", "Conv.weight", "kaiming_normal(mode: fan_out)"),
    ("layer5.**?=zeros", "layer5.**?", "zeros"), ("layer5.**? = zeros", "layer5.**?", "zeros"),
    (#""a=b".weight=zeros"#, #""a=b".weight"#, "zeros"), (#""a\"=b"=ones"#, #""a\"=b""#, "ones"),
    ("a=b=c", "a", "b=c"), ("keep fc", "fc", nil), ("keep\tfc > bias?", "fc > bias?", nil),
    ("keep \"a=b\"", "\"a=b\"", nil), ("keep=zeros", "keep", "zeros"), ("keep.fc=zeros", "keep.fc", "zeros"),
    (".keep fc=zeros", ".keep fc", "zeros"), ("keeper fc=zeros", "keeper fc", "zeros"),
    ("layer4 @bias=constant(0.5)", "layer4 @bias", "constant(0.5)"), ("@bias=zeros", "@bias", "zeros"),
  ]

  @Test("A rule divides at the first '=' outside of quotes; keep has none", arguments: rules.indices)
  func parts(index: Int) throws {
    let (text, selector, initializer) = RuleTextTests.rules[index]
    let rule = try RuleText(parsing: text)
    #expect(rule.selector.description == selector)
    #expect(rule.action == initializer.map { .fill($0) } ?? .keep)
    #expect(try RuleText(parsing: rule.description) == rule)
  }

  @Test("The options' values are read as rules")
  func options() throws {
    #expect(try RuleText(.fill("fc=zeros")) == RuleText(parsing: "fc=zeros"))
    #expect(try RuleText(.keep("fc > bias")) == RuleText(parsing: "keep fc > bias"))
  }

  @Test(
    "An assertion is a selector and a claim, and reads back what it prints",
    arguments: [
      ("assert Dense.weight finite", "Dense.weight", "finite"),
      ("assert '**' untouched except layer4", "**", "untouched except layer4"),
      ("assert layer4 Conv.weight untouched", "layer4 Conv.weight", "untouched"),
      ("assert a > b[2:7, ::2]? untouched except c d, 'e'[mask \"x, y\"]", nil, nil),
      (
        "assert a > b[2:7, ::2]? untouched except c d, e[mask \"x, y\"]", "a > b[2:7, ::2]?",
        "untouched except c d, e[mask \"x, y\"]"
      ),
      ("assert embed.weight shape [*, 768]", "embed.weight", "shape [*, 768]"), ("assert x shape []", "x", "shape []"),
      ("assert\tfinite finite", "finite", "finite"), ("assert untouched untouched", "untouched", "untouched"),
      ("assert \"a finite\" finite", "\"a finite\"", "finite"),
      ("assert x", nil, nil), ("assert finite", nil, nil), ("assert x shape [a]", nil, nil),
      ("assert x shape 3", nil, nil),
      ("assert x untouched but y", nil, nil), ("assert x untouched except", nil, nil), ("assert x=zeros", nil, nil),
      ("assert x shape [-1]", nil, nil), ("assert x..y finite", nil, nil),
    ] as [(String, String?, String?)])
  func assertions(_ text: String, _ selector: String?, _ claim: String?) throws {
    guard let selector else {
      let error = #expect(throws: Diagnostic.self) { try RuleText(parsing: text) }
      #expect(error?.code == .ruleSyntax || error?.code == .selectorSyntax)
      return
    }
    let rule = try RuleText(parsing: text)
    guard case .assert(let found) = rule.action else {
      Issue.record("no assertion")
      return
    }
    #expect(rule.selector.description == selector && found.description == claim)
    #expect(try RuleText(parsing: rule.description) == rule)
    #expect(try RuleText(.assert(String(text.dropFirst(7)))) == rule)
  }

  private static let errors: [(text: String, error: String)] = [
    (
      "fc",
      "error[R0201]: the rule has no '='\n      at 'fc'\n"
        + "      expected SELECTOR=INITIALIZER, such as 'fc=zeros'"
    ),
    (
      "=zeros",
      "error[R0201]: nothing stands before '='\n      at '=zeros'\n"
        + "      expected a selector, such as 'Conv.weight'"
    ),
    (
      "fc=",
      "error[R0201]: nothing follows '='\n      at 'fc='\n      expected an initializer, such as 'zeros'"
    ),
    (
      "keep fc=zeros",
      """
      error[R0201]: a rule fills or keeps, not both
            at 'keep fc=zeros'
            expected 'keep SELECTOR', or 'SELECTOR=INITIALIZER'
        hint: a branch named keep is '.keep'
      """
    ),
    (
      "a..b=zeros",
      """
      error[R0202]: a part of the path is empty
            at byte 2 of 'a..b'
            expected a name, '*' or '**'
        hint: an empty name is '""'
      """
    ),
    (
      "\"fc=zeros",
      "error[R0201]: the rule has no '='\n      at '\"fc=zeros'\n"
        + "      expected SELECTOR=INITIALIZER, such as 'fc=zeros'"
    ),
  ]

  @Test("An error of a rule reads so", arguments: errors.indices)
  func errorText(index: Int) {
    let (text, expected) = RuleTextTests.errors[index]
    let error = #expect(throws: Diagnostic.self) { try RuleText(parsing: text) }
    #expect(error?.description == expected)
  }

  @Test("A fill that is a keep names the other option")
  func keepAsFill() {
    let error = #expect(throws: Diagnostic.self) { try RuleText(.fill("keep fc")) }
    #expect(error?.hints == ["to leave something alone: --keep 'fc'"])
    #expect(throws: Diagnostic.self) { try RuleText(.fill("keep fc=zeros")) }
    #expect(throws: Diagnostic.self) { try RuleText(.keep("fc=zeros")) }
  }

  @Test("A recipe is one rule a line; comments, empty lines, CR LF and a byte order mark are no rules")
  func recipe() throws {
    let text =
      "\u{FEFF}# begins\r\n\r\nConv.weight = kaiming_normal # convolutions\r\n\tkeep fc\n\"a#b\"=zeros#\n"
    let rules = try RuleText.parse(recipe: text, named: "r.txt")
    #expect(rules.map(\.description) == ["Conv.weight=kaiming_normal", "keep fc", "\"a#b\"=zeros"])
    #expect(rules.map(\.line) == [3, 4, 5])
  }

  @Test(
    "An error in a recipe names file, line and byte",
    arguments: [
      ("fc=zeros\n\nbn?.x=ones\n", "r.txt:3, byte 2 of 'bn?.x'"), ("fc", "r.txt:1, 'fc'"),
      ("# none\n", "r.txt"),
      ("", "r.txt"), ("keep\n", "r.txt:1, 'keep'"), ("keep a=b", "r.txt:1, 'keep a=b'"),
      ("fc=zeros\rx=ones\n\u{2028}=a", "r.txt:2, byte 0 of '\\u{2028}'"),
    ])
  func recipeError(text: String, place: String) {
    let error = #expect(throws: Diagnostic.self) { try RuleText.parse(recipe: text, named: "r.txt") }
    #expect(error?.code == .recipeSyntax)
    #expect(error?.place == place)
  }

  @Test("Any text gives a rule or an error")
  func anyText() {
    var numbers = Numbers(state: 3)
    let alphabet = Array("a.*@> ?\"\\=#\n\rkeep(é")
    var wrong: [String] = []
    for _ in 0..<20_000 {
      let text = String((0..<16).map { _ in alphabet.randomElement(using: &numbers) ?? "a" })
      _ = try? RuleText.parse(recipe: text, named: "r")
      if let rule = try? RuleText(parsing: text), (try? RuleText(parsing: rule.description)) != rule {
        wrong.append(text)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }
}
