import Diagnostics
import JSONText
import Testing

/// Hostile nesting.
@Suite("JSON depth") struct DepthTests {
  static func nested(_ open: String, _ close: String, _ count: Int, in middle: String = "") -> [UInt8] {
    Array((String(repeating: open, count: count) + middle + String(repeating: close, count: count)).utf8)
  }

  @Test("Nesting up to the limit is accepted and one level more is refused", arguments: [1, 127, 256, 512])
  func limits(depth: Int) throws {
    let value = try JSONValue(parsing: Self.nested("[", "]", depth), depth: depth)
    #expect(value.compact.utf8.count == 2 * depth)
    #expect(throws: Diagnostic.self) {
      try JSONValue(parsing: Self.nested("[", "]", depth + 1), depth: depth)
    }
  }

  @Test(
    "A million levels are refused with a code, inside of a task too",
    arguments: [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")])
  func bombs(open: String, close: String) async throws {
    let bytes = Self.nested(open, close, 1_000_000, in: "1")
    let code = await Task { AcceptanceTests.code(bytes) }.value
    #expect(code == .jsonTooDeep)
    let unclosed = Array(bytes[..<(bytes.count / 2)])
    #expect(AcceptanceTests.code(unclosed) == .jsonTooDeep)
  }

  @Test("No limit can be asked for that a task's stack does not bear")
  func deepestIsSafe() async throws {
    let bytes = Self.nested("[{\"a\":", "}]", 256, in: "1")
    let depth = try await Task { try JSONValue(parsing: bytes, depth: .max).compact.utf8.count }.value
    #expect(depth == bytes.count)
    #expect(throws: Diagnostic.self) { try JSONValue(parsing: Self.nested("[", "]", 513), depth: .max) }
  }

  @Test("Skipping a value ends where parsing it ends", arguments: AcceptanceTests.accepted)
  func skipAgrees(text: String) throws {
    let bytes = Array((text + " ,").utf8)
    let end = try bytes.withUnsafeBytes { buffer in
      var scanner = JSONScanner(buffer)
      try scanner.skipValue(depth: 10)
      _ = scanner.next()
      return scanner.offset
    }
    #expect(end == bytes.count - 1)
  }

  @Test(
    "What is refused when parsed is refused when skipped, duplicate keys excepted",
    arguments: AcceptanceTests.refused)
  func skipRefuses(text: String) {
    #expect(throws: Diagnostic.self) {
      try Array(text.utf8).withUnsafeBytes { buffer in
        var scanner = JSONScanner(buffer)
        try scanner.skipValue(depth: 10)
        try scanner.expectEnd()
      }
    }
  }
}
