import CallText
import Foundation
import Testing

private let values: [String: Double] = [
  "fan_in": 96, "blocks": 12, "block": 5, "d_model": 768, "config.initializer_range": 0.02, "config.depths[1]": 6,
]

@Test("Expressions have the values that Python gives them")
func pythonsValues() throws {
  let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Reference/expressions.txt")
  let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
  #expect(lines.count == 600)
  for line in lines {
    let parts = line.split(separator: "\t").map(String.init)
    let expected = try #require(Double(parts[1]))
    let value = try Expression(parts[0]).evaluated { values[$0] }
    // The system's pow, exp and log may differ in the last place from the one that Python was built with.
    #expect(abs(value - expected) <= 1e-14 * abs(expected), "\(parts[0])")
    if !parts[0].contains(where: { "lexw^".contains($0) }) { #expect(value == expected, "\(parts[0])") }
  }
}

@Test(
  "Signs, powers and alternatives bind as documented",
  arguments: [
    ("-2^2", -4), ("2^3^2", 512), ("2^-1", 0.5), ("(-2)^2", 4), ("6/3/2", 1), ("1-2-3", -4), ("--3", 3),
    ("absent ?? 4", 4), ("(absent ?? 2) * 3", 6), ("blocks ?? 4", 12), ("(absent ?? (other ?? 5))", 5),
    ("1 + (sqrt(absent) ?? 1)", 2), ("min(3, 1, 2)", 1), ("max(1, 3)", 3), ("floor(-1.5)", -2), ("sqrt", 7),
  ] as [(String, Double)])
func binding(_ text: String, _ expected: Double) throws {
  #expect(try Expression(text).evaluated { $0 == "sqrt" ? 7 : values[$0] } == expected)
}

@Test(
  "What is no expression is refused at its byte",
  arguments: [
    ("", 0), ("1 +", 3), ("1 2", 2), ("(1", 2), ("1)", 1), ("sqrt()", 5), ("sqrt(1, 2)", 0), ("min(1)", 0),
    ("pow(1)", 0), ("2 ** 3", 3), ("a ? b", 2), ("1 + .5", 4), ("3 + 0x", 4), ("x[1", 1), ("x[a]", 1), ("a ?? ", 5),
    ("a ?? b ?? c", 7), ("%", 0), ("é", 0),
  ])
func noExpression(_ text: String, _ offset: Int) {
  let failure = #expect(throws: Expression.Failure.self) { try Expression(text) }
  #expect(failure?.offset == offset, "\(failure?.problem ?? "")")
}

@Test("Neither depth nor length exhausts the stack")
func hugeExpressions() {
  for text in [
    String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "1",
    "1" + String(repeating: "^1", count: 100_000), "1" + String(repeating: "+1", count: 100_000),
    String(repeating: "sqrt(", count: 100_000),
  ] { #expect(throws: Expression.Failure.self) { try Expression(text) } }
}

@Test("A value that is no finite number is a failure", arguments: ["1/0", "log(0)", "sqrt(-1)", "exp(1000)", "absent"])
func noValue(_ text: String) {
  #expect(throws: Expression.Failure.self) { try Expression(text).evaluated { _ in nil } }
}
