import Diagnostics
import Foundation
import Testing

/// Holds the list of codes against sources, tests and the pages of `reinit explain`.
@Suite("Error codes")
struct CodeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Files of those kinds below a folder.
  private static func files(_ folder: String, _ kinds: Set<String> = ["swift"]) -> [URL] {
    let all = FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { kinds.contains($0.pathExtension) }
  }

  /// Each code's Swift name and id, read from its declaration.
  private static func declared() throws -> [(name: String, id: String)] {
    try files("Sources/Diagnostics").flatMap { url -> [(name: String, id: String)] in
      let text = try String(contentsOf: url, encoding: .utf8)
      return text.matches(of: /static let (\w+) = Code\(\s*"(R\d{4})"/).map { (String($0.1), String($0.2)) }
    }
  }

  @Test("Every code is declared once, listed, and has a page that says something")
  func listed() throws {
    let declared = try Self.declared()
    #expect(Set(declared.map(\.id)).count == declared.count)
    #expect(Set(Code.all.map(\.id)) == Set(declared.map(\.id)))
    #expect(Code.all.allSatisfy { $0.title.count > 8 && $0.cause.count > 20 && $0.fix.count > 10 })
  }

  @Test("Every code is raised somewhere in the sources, and provoked by a test")
  func provoked() throws {
    let sources = try Self.files("Sources", ["swift", "c"]).filter { !$0.path.contains("/Diagnostics/") }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let tests = try Self.files("Tests", ["swift", "txt"]).filter { !$0.path.hasSuffix("CodeTests.swift") }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    // An internal error is what no input can cause; no test can provoke it.
    for (name, id) in try Self.declared() where name != "internalError" {
      // In C, where a plugin's crash is reported, a code is its id.
      #expect(sources.contains(".\(name)") || sources.contains("\"\(id)\", "), "\(id) \(name) is never raised")
      #expect(tests.contains(".\(name)") || tests.contains(id), "\(id) \(name) is provoked by no test")
    }
  }
}
