import CallText
import Testing

@Suite("Expressions of numbers and names")
struct ExpressionTests {
  private let names = ["n": 6.0, "block.size": 4, "zero": 0]

  @Test(
    "Values are those of arithmetic",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("8 / 4 / 2", 1), ("7 - 2 - 1", 4), ("-n + 1", -5), ("2 * -3", -6),
      ("--n", 6), ("1e-3 * 1000", 1), ("2.5E+1", 25), ("sqrt(n * n)", 6), ("exp(log(n))", 6), ("block.size * n", 24),
      ("0.02 / sqrt(2 * 8)", 0.005), ("-log((1 - 0.5) / 0.5)", 0),
    ])
  func values(text: String, value: Double) throws {
    let found = try Expression(text).evaluated { names[$0] }
    #expect(abs(found - value) < 1e-12)
  }

  @Test(
    "What is no expression, and what has no value, says why",
    arguments: [
      ("", "a number, a name or '(' is expected at the end"), ("1 +", "expected at the end"),
      ("1 2", "an operator or the end"),
      ("(1", "')' is expected"), ("a b", "an operator or the end is expected at 'b'"), ("1 / zero", "is inf"),
      ("log(-1)", "is nan"), ("m", "'m' is no number here"), ("é", "a number, a name or '('"),
    ])
  func failures(text: String, says: String) {
    let failure = #expect(throws: Expression.Failure.self) { try Expression(text).evaluated { names[$0] } }
    let problem = failure?.problem.replacing("-nan", with: "nan") ?? ""
    #expect(problem.contains(says))
  }

  @Test("Nesting has a limit, and long chains have none")
  func depth() throws {
    let deep = String(repeating: "(", count: 70) + "1" + String(repeating: ")", count: 70)
    #expect(throws: Expression.Failure.self) { try Expression(deep) }
    let long = "1" + String(repeating: " + 1", count: 999)
    let sum = try Expression(long).evaluated { _ in nil }
    #expect(sum == 1000)
  }
}
