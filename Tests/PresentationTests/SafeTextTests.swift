import Testing

@testable import Presentation

@Test(
  "What acts on a terminal or hides is escaped visibly",
  arguments: [
    ("\u{1B}[31m", "\\u{1B}[31m"), ("a\nb", "a\\u{A}b"), ("\r\n", "\\u{D}\\u{A}"), ("\t", "\\u{9}"),
    ("\u{0}", "\\u{0}"), ("\u{7F}", "\\u{7F}"), ("\u{9B}2J", "\\u{9B}2J"), ("\u{202E}", "\\u{202E}"),
    ("\u{2066}", "\\u{2066}"), ("\u{200B}", "\\u{200B}"), ("\u{FEFF}", "\\u{FEFF}"),
    ("\u{2028}", "\\u{2028}"),
    ("a\u{200D}b", "a\\u{200D}b"), ("\u{3164}", "\\u{3164}"), ("\u{E0041}", "\\u{E0041}"),
  ])
func escapes(_ hostile: String, _ shown: String) {
  #expect(Style()(Text(hostile)) == shown)
}

@Test("What belongs to a spelling is shown as it is", arguments: ["é", "e\u{301}", "👩‍👩‍👧", "क्‍ष", "नी", "重み", "❤️"])
func spellings(_ name: String) {
  #expect(Style()(Text(name)) == name)
}

@Test("Where Unicode is not shown, our wording is rewritten and names are escaped")
func asciiText() {
  let style = Style(showsUnicode: false)
  #expect(style("7×7 → \("7×7")") == "7x7 -> 7\\u{D7}7")
}

@Test("No control character survives from hostile text, in any style")
func hostileTexts() {
  var random = Random(state: 11)
  let styles = [Style(), Style(showsUnicode: false), Style(symbols: .ascii), Style(usesColor: true)]
  var survivors: [String] = []
  for index in 0..<2000 {
    let string = random.hostileString()
    let shown = withoutEscapeCodes(styles[index % 4](Text(string).styled(.layer)))
    let isBad = shown.unicodeScalars.contains {
      $0.value < 0x20 || (0x7F..<0xA0).contains($0.value)
        || [0x202E, 0x2028, 0x200B, 0xFEFF].contains($0.value)
    }
    if isBad { survivors.append(string) }
  }
  #expect(survivors == [])
}

@Test("Widths are those that the wcwidth package gives for Unicode 17")
func widths() {
  let rows = referenceRows("widths.tsv")
  let wrong = rows.filter { row in
    let scalars = row[0].split(separator: " ").compactMap {
      UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
    }
    return displayWidth(String(String.UnicodeScalarView(scalars))) != Int(row[1])
  }
  #expect(rows.count > 2000)
  #expect(wrong == [])
}
