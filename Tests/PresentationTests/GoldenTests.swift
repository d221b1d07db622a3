import Glibc
import Testing

@testable import Presentation

private let looks: [(name: String, style: Style)] = [
  ("plain", Style()),
  ("color", Style(usesColor: true)),
  ("ascii", Style(showsUnicode: false)),
]

/// A picture in every look at both widths; escape codes are made visible.
private func gallery(_ picture: Picture) -> String {
  var result = ""
  for width in [80, 120] {
    for look in looks {
      result += "== \(look.name), \(width) columns\n"
      result += picture.lines(look.style, width).map { $0 + "\n" }.joined()
    }
  }
  return String(result.map { $0 == "\u{1B}" ? "␛" : $0 })
}

/// The lines that are in only one of two texts, around their common subsequence.
private func difference(from old: String, to new: String) -> String {
  let before = old.split(separator: "\n", omittingEmptySubsequences: false)
  let after = new.split(separator: "\n", omittingEmptySubsequences: false)
  return after.difference(from: before).map { change in
    switch change {
    case .remove(let line, let text, _): "\(line + 1) - \(text)"
    case .insert(let line, let text, _): "\(line + 1) + \(text)"
    }
  }.joined(separator: "\n")
}

@Test("Every picture is the one that was approved", arguments: Picture.allCases)
func golden(_ picture: Picture) {
  let path = goldenFolder + picture.rawValue + ".txt"
  let shown = gallery(picture)
  if getenv("REINIT_GOLDEN").map({ String(cString: $0) }) == "write" {
    #expect(writeText(shown, to: path))
  }
  let approved = readText(path) ?? ""
  #expect(shown == approved, "\(difference(from: approved, to: shown))")
}

@Test("Without color a picture holds no control character", arguments: Picture.allCases)
func plainPictures(_ picture: Picture) {
  let lines = looks.filter { !$0.style.usesColor }.flatMap { picture.lines($0.style, 80) }
  #expect(
    !lines.isEmpty
      && lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } })
}

@Test("In ASCII a picture holds nothing else", arguments: Picture.allCases)
func asciiPictures(_ picture: Picture) {
  let lines = picture.lines(Style(showsUnicode: false), 80)
  #expect(lines.filter { !$0.utf8.allSatisfy { $0 < 0x7F } } == [])
}

@Test("A picture without its escape codes is the plain picture", arguments: Picture.allCases)
func coloredPictures(_ picture: Picture) {
  let colored = picture.lines(Style(usesColor: true), 120)
  #expect(colored.map(withoutEscapeCodes) == picture.lines(Style(), 120))
}

@Test("A picture made for 80 columns fits into them", arguments: Picture.allCases, [true, false])
func narrowPictures(_ picture: Picture, _ showsUnicode: Bool) {
  #expect(picture.lines(Style(showsUnicode: showsUnicode), 80).filter { displayWidth($0) > 80 } == [])
}
