import Diagnostics
import JSONText
import Testing

/// What values mean, how they are written, where errors are.
@Suite("JSON values") struct ValueTests {
  static let meanings: [(String, JSONValue)] = [
    ("0", .integer(0)), ("-0", .number(-0.0)), ("-7", .integer(-7)), ("1.0", .number(1)),
    ("1e2", .number(100)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1e-400", .number(0)),
    ("0.1", .number(0.1)), ("2.2250738585072011e-308", .number(Double(bitPattern: 0x000F_FFFF_FFFF_FFFF))),
    (#""\ud83d\ude00 \u0041\n\/""#, .string("😀 A\n/")), (#""\u0000""#, .string("\0")), ("[]", []),
    ("{}", [:]),
    (#"{"b":1,"a":[null,true]}"#, ["b": 1, "a": [nil, true]]),
  ]

  @Test("Text means the value that the grammar gives it", arguments: meanings)
  func means(text: String, value: JSONValue) throws {
    let parsed = try JSONValue(parsing: text)
    #expect(parsed == value)
    #expect(parsed.double?.sign == value.double?.sign)
  }

  @Test("What is written is read back, on one line and on many", arguments: AcceptanceTests.accepted)
  func roundTrips(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(try JSONValue(parsing: value.compact) == value)
    #expect(try JSONValue(parsing: value.indented) == value)
  }

  @Test("Doubles are written so that they are read back to the bit")
  func doubles() throws {
    var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
    var wrong = 0
    for _ in 0..<20_000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits)
      guard value.isFinite else { continue }
      if try JSONValue(parsing: JSONValue.number(value).compact).double?.bitPattern != bits { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(
      JSONValue.array([.number(.nan), .number(.infinity), .number(1e21)]).compact == "[null,null,1e+21]")
  }

  @Test("Every control character is escaped and read back")
  func controls() throws {
    let text = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar($0) }))
    let written = JSONValue.string(text).compact
    #expect(written.utf8.allSatisfy { $0 >= 0x20 })
    #expect(try JSONValue(parsing: written).string == text)
  }

  @Test("Objects keep the order of their members and tell keys apart by their bytes")
  func order() throws {
    var object = try #require(try JSONValue(parsing: "{\"z\":1,\"\u{E9}\":2,\"e\u{301}\":3}").object)
    #expect(object.keys.map { Array($0.utf8).count } == [1, 2, 3])
    #expect(object["e\u{301}"] == 3)
    object["z"] = 9
    object["\u{E9}"] = nil
    object["n"] = 4
    #expect(JSONValue.object(object).compact == "{\"z\":9,\"e\u{301}\":3,\"n\":4}")
  }

  @Test("Indented text has two spaces a level and empty brackets on one line")
  func indentation() {
    let value: JSONValue = ["a": [1, ["b": [:]]], "c": []]
    #expect(value.indented == "{\n  \"a\": [\n    1,\n    {\n      \"b\": {}\n    }\n  ],\n  \"c\": []\n}")
  }

  static let places: [(String, String)] = [
    ("[1,]", "byte 3 (line 1, column 4)"), ("{\"a\":\n 01}", "byte 7 (line 2, column 2)"),
    ("\"ab\\q\"", "byte 3 (line 1, column 4)"), ("[\n\n  1 2]", "byte 7 (line 3, column 5)"),
    ("", "byte 0 (line 1, column 1)"), ("{\"a\":1,\"a\":1}", "byte 7 (line 1, column 8)"),
    ("\"\\ud800\"", "byte 1 (line 1, column 2)"), ("\"abcdefghijk", "byte 12 (line 1, column 13)"),
  ]

  @Test("Errors name the byte, the line and the column", arguments: places)
  func place(text: String, place: String) {
    let error = #expect(throws: Diagnostic.self) { try JSONValue(parsing: text, source: "f") }
    #expect(error?.place == "f, \(place)")
  }

  @Test("A missing member and one of another kind are errors that say what is needed")
  func requirements() throws {
    let value: JSONValue = ["seed": "7"]
    let wrong = #expect(throws: Diagnostic.self) { try value.require("seed", "an integer", \.integer) }
    #expect(wrong?.code == .jsonShape && wrong?.expected == "an integer" && wrong?.found == "a string")
    #expect(throws: Diagnostic.self) { try value.require("rules", "an array", \.array) }
    #expect(try value.require("seed", "text", \.string) == "7")
  }
}
