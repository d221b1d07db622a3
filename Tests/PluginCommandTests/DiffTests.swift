import Foundation
import JSONText
import Testing

/// The example's initializer with something changed, against itself.
@Suite("reinit plugin diff")
struct DiffTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// What is replaced in the source, and by what.
    let changes: [(String, String)]
    /// What must be among the changes: `subject|kind|what`, and whether a user notices any of them.
    let expected: [String]
    var isNoticed = true
    var testDescription: String { name }
  }

  private static let version = ("\"gate\", 1,", "\"gate\", 2,")

  static let cases: [Case] = [
    Case(name: "nothing", changes: [], expected: [], isNoticed: false),
    Case(
      name: "an initializer renamed",
      changes: [("HEAD(\"gate\"", "HEAD(\"gates\""), ("\\\"gate\\\"", "\\\"gates\\\"")],
      expected: ["initializer gate|removed|", "initializer gates|added|"]),
    Case(
      name: "values",
      changes: [("const float std = (float)deviation(range);", "const float std = (float)deviation(range) * 2;")],
      expected: ["initializer gate|changed|values of weight [24, 10]"]),
    Case(
      name: "values under a new version",
      changes: [
        ("const float std = (float)deviation(range);", "const float std = (float)deviation(range) * 2;"), version,
      ],
      expected: ["initializer gate|changed|values of weight [24, 10]", "initializer gate|changed|algorithm version"],
      isNoticed: false),
    Case(
      name: "an older version", changes: [("\"gate\", 1,", "\"gate\", 0x7fffffff,")],
      expected: ["initializer gate|changed|algorithm version"], isNoticed: false),
    Case(
      name: "a parameter renamed", changes: [("\"gain\"", "\"scale\"")],
      expected: ["initializer gate|removed|parameter gain", "initializer gate|added|parameter scale"]),
    Case(
      name: "a default", changes: [("\"gain\", 1, 0", "\"gain\", 2, 0")],
      expected: ["initializer gate|changed|default of gain", "initializer gate|changed|values of weight [24, 10]"]),
    Case(
      name: "a bound that is narrower", changes: [("1, 0, 1e6", "1, 0.5, 1e6")],
      expected: ["initializer gate|changed|minimum of gain"]),
    Case(
      name: "a bound that is wider", changes: [("1, 0, 1e6", "1, -1, 1e6")],
      expected: ["initializer gate|changed|minimum of gain"], isNoticed: false),
    Case(
      name: "another type",
      changes: [
        ("RI_REAL_PARAM_IN(\"gain\", 1, 0, 1e6, ", "RI_INT_PARAM(\"gain\", 1, 0, "),
        ("params[GAIN].u.f64", "params[GAIN].u.i64"),
      ], expected: ["initializer gate|changed|type of gain"]),
    Case(
      name: "license and summary", changes: [("MIT", "GPL-3.0-only"), ("an initializer", "one initializer")],
      expected: ["plugin|changed|license", "plugin|changed|summary"]),
    Case(
      name: "a symbol",
      changes: [
        (
          "static double deviation",
          "RI_EXPORT int helper(void); int helper(void) { return 1; }\nstatic double deviation"
        )
      ],
      expected: ["file|added|symbol helper"], isNoticed: false),
  ]

  @Test("Each change is told, and whether a user notices it is the exit code", arguments: cases)
  func changes(_ value: Case) throws {
    let room = try Room()
    try room.gate("old.so")
    var source = try Room.gateSource()
    for (before, after) in value.changes {
      #expect(source.contains(before))
      source = source.replacing(before, with: after)
    }
    try room.compile(source, "new.so")
    let run = try room.reinit("plugin", "diff", "old.so", "new.so", "--format", "json")
    #expect(run.status == (value.isNoticed ? 1 : 0), "\(run.errors)")
    let json = try run.json(keys: ["schema", "before", "after", "noticed", "changes"])
    #expect(json["noticed"] == .bool(value.isNoticed))
    let found = (json["changes"]?.array ?? []).map { change in
      ["subject", "kind", "what"].map { change[$0]?.string ?? "?" }.joined(separator: "|")
    }
    #expect(value.expected.allSatisfy(found.contains), "\(found)")
    #expect(found.isEmpty == value.expected.isEmpty, "\(found)")
  }

  @Test("A plugin that does not load is an error, not a difference")
  func crash() throws {
    let room = try Room()
    try room.gate("old.so")
    let source = try #require(Sources.examples["c-initializer"]?["my_plugin.c"])
    try room.compile(InspectTests.trap + "\n" + source, "new.so")
    let run = try room.reinit("plugin", "diff", "old.so", "new.so")
    #expect(run.status == 69 && run.errors.contains("error[R0353]"), "\(run.errors)")
  }
}
