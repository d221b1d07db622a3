import Diagnostics
import Functors
import JSONText
import Reinitialization
import Testing

/// What a selector means, as Reference/make_cases.py says without parsing one.
struct Case: Sendable {
  let tree: String
  let selector: String
  let what: String
  let names: Set<String>?
  let code: String?

  static let all: [Case] = ((try? json("Reference/cases.json"))?.array ?? []).compactMap { row in
    guard let tree = row["tree"]?.string, let selector = row["selector"]?.string,
      let what = row["what"]?.string
    else { return nil }
    let names = row["expected"]?.array.map { Set($0.compactMap(\.string)) }
    return Case(tree: tree, selector: selector, what: what, names: names, code: row["expected"]?.string)
  }

  /// The names found, in place of those expected.
  func found(in inventory: Inventory) throws -> [String] {
    try leaves(in: inventory).map { inventory.path(ofLeaf: $0).description }
  }

  private func leaves(in inventory: Inventory) throws -> [Int] {
    let selector = try what == "at" ? Selector(path: selector) : Selector(parsing: selector)
    let match = try inventory.match(selector)
    let isKeep = what == "keep" || what == "at"
    let leaves =
      try isKeep
      ? match.keepTargets(in: inventory) : match.fillTargets(in: inventory, everyRole: what == "every")
    guard !leaves.isEmpty || selector.allowsNoMatch else {
      throw what == "at"
        ? inventory.nothingMatches(selector, option: "--at") : inventory.nothingMatches(selector)
    }
    return leaves
  }
}

@Suite("Selectors on four real trees")
struct CaseTests {
  @Test("The table of cases is there: more than 500, on each of the four trees")
  func tableIsThere() {
    #expect(Case.all.count > 500)
    #expect(Set(Case.all.map(\.tree)) == Set(Trees.names))
  }

  @Test(
    "A selector reaches the tensors, or ends in the error, that regular expressions say",
    arguments: Trees.names)
  func meaning(tree: String) throws {
    let inventory = try #require(Trees.all[tree])
    let wrong = Case.all.filter { $0.tree == tree }.compactMap { problem($0, inventory) }
    #expect(wrong.isEmpty, "\(wrong.count) wrong:\n\(wrong.joined(separator: "\n"))")
  }

  private func problem(_ item: Case, _ inventory: Inventory) -> String? {
    let label = "\(item.what) '\(item.selector.prefix(80))'"
    do {
      let found = try item.found(in: inventory)
      guard let names = item.names else {
        return "\(label): expected \(item.code ?? "?"), found \(found.count) names"
      }
      guard Set(found).count == found.count else { return "\(label): a tensor is listed twice" }
      let (missing, extra) = (names.subtracting(found), Set(found).subtracting(names))
      return missing.isEmpty && extra.isEmpty
        ? nil : "\(label): missing \(missing.sorted().prefix(3)), besides \(extra.sorted().prefix(3))"
    } catch let error as Diagnostic {
      return error.code.id == item.code ? nil : "\(label): expected \(item.code ?? "names"), found \(error)"
    } catch { return "\(label): \(error)" }
  }
}
