import Foundation
import Testing

/// Holds the map of the sources against the sources: files, functions and links that the pages name.
@Suite("The map of the sources")
struct MapTests {
  private static let pages = ["architecture.md", "walkthrough.md"]

  private func text(_ path: String) throws -> String {
    try String(contentsOf: CodeTests.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// What stands between single backticks.
  private func quoted(_ page: String) throws -> [String] {
    try text("docs/\(page)").matches(of: /`([^`\n]+)`/).map { String($0.1) }
  }

  private func exists(_ path: String) -> Bool {
    ["Sources/", ""].contains { below in
      var found = glob_t()
      defer { globfree(&found) }
      return glob(CodeTests.root.path + "/" + below + path, 0, nil, &found) == 0
    }
  }

  @Test("Every file and folder that is named exists", arguments: pages)
  func files(_ page: String) throws {
    let paths = try quoted(page).filter { $0.contains("/") && !$0.contains(" ") && !$0.hasPrefix("org.") }
    #expect(paths.count > 50)
    #expect(paths.filter { !exists($0) } == [])
  }

  @Test("Every link leads somewhere", arguments: pages)
  func links(_ page: String) throws {
    let links = try text("docs/\(page)").matches(of: /\]\(([^)#:]+)[)#]/).map { "docs/" + String($0.1) }
    #expect(!links.isEmpty && links.filter { !exists($0) } == [])
  }

  @Test("Every function of the walks is declared in a file that its step names")
  func functions() throws {
    // A step begins with its number, or with a headline.
    let steps = try text("docs/walkthrough.md").split(separator: /\n(?=\d+\. \*\*|#)/)
    var count = 0
    for step in steps {
      let named = step.matches(of: /`([A-Za-z]+\/[\w+\/]+\.swift)`/).map { "Sources/" + String($0.1) }
      let sources = try named.map(text).joined()
      for match in step.matches(of: /`(?:\w+\.)+(\w+)\([\w:]*\)`/) {
        count += 1
        let isDeclared =
          match.1 == "init" || sources.contains("func \(match.1)(") || sources.contains("func \(match.1)<")
        #expect(isDeclared, "\(match.0) is in none of \(named)")
      }
    }
    #expect(count > 60)
  }
}
