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

  /// The ids of the pages in docs/codes, with the file that each stands in.
  private static func pages() throws -> [(id: String, file: String)] {
    try files("docs/codes", ["txt"]).flatMap { url in
      try String(contentsOf: url, encoding: .utf8).matches(of: /(?m)^(R\d{4})\b/)
        .map { (String($0.1), url.deletingPathExtension().lastPathComponent) }
    }
  }

  @Test("Every code has one page, in its family's file, and every page has a code")
  func listed() throws {
    let pages = try Self.pages()
    #expect(pages.map(\.id).sorted() == ErrorCode.allCases.map(\.id).sorted())
    for (id, file) in pages { #expect(id.hasPrefix(file), "\(id) stands in \(file).txt") }
  }

  @Test("Every page says something, and an exit status that is one", arguments: ErrorCode.allCases)
  func page(code: ErrorCode) {
    #expect(ErrorCode.named(code.id.lowercased()) == code)
    #expect(code.title.count > 8 && code.cause.count > 20 && code.fix.count > 10)
    let internalErrors: Set<ErrorCode> = [
      .outsideTensor, .writerFinished, .internalError, .harnessFailed, .outOfMemory, .libraryStarved,
    ]
    #expect((code.exit == .internal) == internalErrors.contains(code), "a page without exit is internal, too")
    guard code.id.hasPrefix("R09") else { return #expect(code.advice == nil) }
    let advice = code.advice.map { [$0.c, $0.cxx, $0.rust, $0.swift] } ?? []
    #expect(advice.count == 4 && advice.allSatisfy { $0.count > 5 })
  }

  @Test("A page is its lines in docs/codes, joined")
  func joined() {
    #expect(ErrorCode.fileShrank.title == "file became shorter while it was used")
    #expect(
      ErrorCode.fileShrank.fix
        == "Wait until the other program is done. Programs that write checkpoints should rename a finished file "
        + "into place.")
    #expect(ErrorCode.named("R0000") == nil && ErrorCode.named("R+601") == nil && ErrorCode.named("X0601") == nil)
  }

  @Test("Codes that sources name by their ids exist")
  func named() throws {
    for url in try Self.files("Sources", ["swift", "c", "h", "cpp"]) {
      for match in try String(contentsOf: url, encoding: .utf8).matches(of: /"(R\d{4})"/) {
        #expect(ErrorCode.named(String(match.1)) != nil, "\(match.1) in \(url.lastPathComponent)")
      }
    }
  }

  @Test("Every code is raised somewhere in the sources, and provoked by a test")
  func provoked() throws {
    let sources = try Self.files("Sources", ["swift", "c"]).filter { !$0.path.contains("/Diagnostics/") }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let tests = try Self.files("Tests", ["swift", "txt"]).filter { !$0.path.hasSuffix("CodeTests.swift") }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    // An internal error is what no input can cause; no test can provoke it.
    for code in ErrorCode.allCases where code != .internalError {
      let (name, id) = ("\(code)", code.id)
      // In C, where a plugin's crash is reported, a code is its id.
      #expect(sources.contains(".\(name)") || sources.contains("\"\(id)\", "), "\(id) \(name) is never raised")
      #expect(tests.contains(".\(name)") || tests.contains(id), "\(id) \(name) is provoked by no test")
    }
  }
}
