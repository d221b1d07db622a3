import Diagnostics
import PluginHarness
import Reinit

/// The report as CI systems read it: a suite for each tier, a case for each test.
struct PluginTestJUnit {
  private let report: HarnessReport

  init(_ report: HarnessReport) { self.report = report }

  var lines: [String] {
    let name = report.description?.id ?? report.plugin
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
    lines.append(
      "<testsuites \(attributes([("name", name)] + counts(report.tests) + [("time", seconds(report.wall))]))>")
    for tier in Tier.allCases {
      let tests = report.tests.filter { $0.test.tier == tier }
      if !tests.isEmpty { lines += suite(tier, tests, name) }
    }
    return lines + ["</testsuites>"]
  }

  private func suite(_ tier: Tier, _ tests: [TestResult], _ name: String) -> [String] {
    let wall = tests.reduce(Duration.zero) { $0 + $1.wall }
    let title = [("name", "tier \(tier.rawValue) \(tier.name)")]
    var lines = ["  <testsuite \(attributes(title + counts(tests) + [("time", seconds(wall))]))>"]
    lines += [
      "    <properties>", "      <property \(attributes([("name", "seed"), ("value", "\(report.seed)")]))/>",
      "      <property \(attributes([("name", "plugin"), ("value", report.plugin)]))/>", "    </properties>",
    ]
    for test in tests { lines += testCase(test, name) }
    return lines + ["  </testsuite>"]
  }

  private func testCase(_ result: TestResult, _ name: String) -> [String] {
    let start =
      "    <testcase "
      + attributes([
        ("classname", "\(name).\(result.test.target.rawValue)"), ("name", result.id), ("time", seconds(result.wall)),
      ])
    guard let body = body(of: result) else { return [start + "/>"] }
    return [start + ">", "      " + body, "    </testcase>"]
  }

  private func body(of result: TestResult) -> String? {
    switch result.outcome {
    case .passed: return nil
    case .skipped: return "<skipped \(attributes([("message", result.reason ?? "")]))/>"
    case .expected:
      let text = "expected \(result.finding?.code.id ?? ""): \(result.reason ?? "")"
      return "<skipped \(attributes([("message", text)]))/>"
    case .failed:
      guard let finding = result.finding else { return nil }
      let text = "\(finding)\n  again: \(result.reproduction)\n  more: reinit explain \(finding.code.id)"
      return
        "<failure \(attributes([("type", finding.code.id), ("message", finding.message)]))>\(escaped(text))</failure>"
    }
  }

  private func counts(_ tests: [TestResult]) -> [(String, String)] {
    let skipped = tests.count { $0.outcome == .skipped || $0.outcome == .expected }
    return [
      ("tests", "\(tests.count)"), ("failures", "\(tests.count { $0.outcome == .failed })"), ("errors", "0"),
      ("skipped", "\(skipped)"),
    ]
  }

  private func attributes(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: " ")
  }

  /// Thousandths.
  private func seconds(_ wall: Duration) -> String {
    let milliseconds = Int(wall / .milliseconds(1))
    let rest = "\(1000 + milliseconds % 1000)".dropFirst()
    return "\(milliseconds / 1000).\(rest)"
  }

  /// Text that XML 1.0 can hold: what it cannot hold becomes U+FFFD.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
