import Diagnostics
import JSONText
import Testing

/// Which texts are JSON: cases after the idea of JSONTestSuite (y: to be accepted, n: to be refused).
@Suite("JSON acceptance") struct AcceptanceTests {
  static let accepted: [String] = [
    "null", "true", "false", "0", "-0", "-1", "10", "1.5", "1e5", "1E+5", "1e-5", "-0.0e0", "1e00", "0e+1",
    "1e308", "9223372036854775807", "-9223372036854775808",
    "100000000000000000000", "5e-324", "1e-400", "\"\"", "\" \"", "\"/\"", "\"\u{7F}\"", "\"\u{2028}\"",
    "\"é\"",
    "\"😀\"", "\"\u{10FFFF}\"", "\"\u{FFFF}\"", #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#,
    #""\ud83d\ude00""#, #""\uDBFF\uDFFF""#, #""\\u0000""#, #""a\u0022b""#, "[]", "[ ]", "[1,2]", "[[],[[]]]",
    "[null, 1, \"1\", {}]", "{}", "{ }", #"{"a":1}"#, #"{"":0}"#, #"{"a":{"a":1}}"#, #"{"a":1,"b":2}"#,
    #"{"é":1,"e\#u{301}":2}"#, " \t\r\n1\n", "[1\n,\t2\r]", #"{"a" : [ ] }"#, "[-0]", "[0.1e1]",
    "\"\u{FEFF}\"",
    "[123.456e78]", "[1E22]", "[false]", "[\"a\",\"a\"]",
  ]

  static let refused: [String] = [
    "", " ", "nul", "nulL", "True", "nan", "NaN", "Infinity", "-Infinity", "inf", "+1", "01", "-01", "00",
    "1.", ".5",
    "-", "--1", "-a", "1e", "1e+", "1E-", "1.e1", "1.5.", "0x1", "1_000", "1 2", "1,", "0e", "2.e3", "1eE2",
    "-.1", "1a",
    "\"", "\"a", "'a'", "\"\\\"", "\"\\", "\"a\\", "\"\\x41\"", "\"\\a\"", "\"\\'\"", "\"\\U0041\"",
    "\"\\u\"", "\"\\u12\"",
    "\"\\u12G4\"", "\"\\u 041\"", "\"\\uD800\"", "\"\\uD800a\"", "\"\\uD800\\n\"", "\"\\uD800\\uD800\"",
    "\"\\uDC00\"",
    "\"\\uDC00\\uD800\"", "\"\\uD83D\\u\"", "\"\\uD83D\\uDE0\"", "\"\n\"", "\"\t\"", "\"\u{0}\"",
    "\"\u{1F}\"", "\"1234567\u{1F}\"",
    "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "[\"a\" \"b\"]", "[1:2]", "[1]]",
    "[1]x", "[a]",
    "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}",
    "{\"a\",1}", "{a:1}", "{1:1}",
    "{'a':1}", "{null:1}", "{\"a\":1 \"b\":2}", "{\"a\":1}}", "{\"a\":1}#", "{\"a\"::1}", "{\"a\":1;}",
    "{\"a\":1,,\"b\":2}",
    "//\n1", "/**/1", "1//", "#", "\u{FEFF}1", "\u{A0}1", "\u{B}1", "\u{C}1", "1\u{0}", "[1,\u{0}2]",
    "\u{2003}1", "*", "<html>",
    "undefined", "truefalse", "nulll", "[\u{E9}]", "{\"a\":b}",
  ]

  static let notUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28],
    [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xF0, 0x9F, 0x98], [0xF0, 0x28, 0x8C, 0xBC], [0xFF], [0xFE],
  ]

  static func code(_ bytes: [UInt8]) -> ErrorCode? {
    do throws(Diagnostic) {
      _ = try JSONValue(parsing: bytes)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("What the grammar allows is accepted", arguments: accepted)
  func accepts(text: String) {
    #expect(Self.code(Array(text.utf8)) == nil, "\(text)")
  }

  @Test("What the grammar does not allow is refused with its code", arguments: refused)
  func refuses(text: String) {
    #expect(Self.code(Array(text.utf8)) == .jsonSyntax, "\(text)")
  }

  @Test("Bytes that are not UTF-8 are refused wherever they stand", arguments: notUTF8, [0, 3, 29, 64])
  func refusesNonUTF8(bytes: [UInt8], position: Int) {
    let text = [0x22] + [UInt8](repeating: 0x61, count: position) + bytes + [0x22]
    #expect(Self.code(text) == .jsonNotUTF8)
  }

  @Test("UTF-8 is judged as the standard library judges it, for all sequences of four bytes from a hard set")
  func agreesWithStandardLibrary() {
    let hard: [UInt8] = [
      0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xEE, 0xF0, 0xF1, 0xF4, 0xF5,
    ]
    var disagreements = 0
    for number in 0..<hard.count * hard.count * hard.count * hard.count {
      var rest = number
      let bytes = (0..<4).map { _ in
        defer { rest /= hard.count }
        return hard[rest % hard.count]
      }
      let ours = bytes.withUnsafeBytes { UTF8Check.firstFault(in: $0) } == nil
      if ours != (String(validating: bytes, as: UTF8.self) != nil) { disagreements += 1 }
    }
    #expect(disagreements == 0)
  }

  @Test(
    "A key given twice is refused, however it is written",
    arguments: [#"{"a":1,"a":2}"#, #"{"a":1,"\u0061":1}"#, #"[{"b":{"":1,"":1}}]"#])
  func refusesDuplicates(text: String) {
    #expect(Self.code(Array(text.utf8)) == .jsonDuplicateKey)
  }

  @Test("A number beyond a double is refused", arguments: ["1e309", "-1e400", "[1e99999999999999999999]"])
  func refusesHugeNumbers(text: String) {
    #expect(Self.code(Array(text.utf8)) == .jsonNumberRange)
  }

  @Test("An accepted text cut at any byte is an error or a value, never a crash", arguments: accepted)
  func survivesCuts(text: String) {
    let bytes = Array(text.utf8)
    for count in bytes.indices { _ = Self.code(Array(bytes[..<count])) }
    let whole = JSONValue.array([.string(text), ["k": .string(text)]]).compact
    let cut = Array(whole.utf8).dropLast()
    #expect(Self.code(Array(cut)) != nil)
  }
}
