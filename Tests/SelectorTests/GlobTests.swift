import Functors
import Reinitialization
import Testing

/// Whether a text is of a pattern's form, by trying every length for every star.
private func fits(_ text: Substring, _ pattern: Substring) -> Bool {
  guard let first = pattern.first else { return text.isEmpty }
  if first != "*" { return text.first == first && fits(text.dropFirst(), pattern.dropFirst()) }
  return (0...text.count).contains { fits(text.dropFirst($0), pattern.dropFirst()) }
}

@Suite("Stars within a name")
struct GlobTests {
  private static func word(_ letters: String, _ length: Int, _ numbers: inout Numbers) -> String {
    String((0..<length).map { _ in letters.randomElement(using: &numbers) ?? "a" })
  }

  @Test("A star stands for any text, none included: what is found is what trying every length finds")
  func stars() throws {
    var numbers = Numbers(state: 4)
    let names = Set(["aabaaabaaac"] + (0..<800).map { GlobTests.word("aab", 1 + $0 % 20, &numbers) }).sorted()
    let inventory = try Inventory(of: SkippedBranch(names.map { parameter(.name($0), .weight) }))
    // Words between two stars overlap themselves, as the first does in the first name.
    let patterns =
      ["*aabaaac*"] + (0..<200).map { "*\(GlobTests.word("aab", 3 + $0 % 5, &numbers))*" }
      + (0..<300).map { GlobTests.word("aabb*", 1 + $0 % 9, &numbers) }.filter { !$0.contains("**") }
    let wrong = try patterns.filter { pattern in
      let found = try inventory.match(Selector(parsing: pattern)).entries.map {
        inventory.path(of: $0).description
      }
      return found != names.filter { fits($0[...], pattern[...]) }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }
}
