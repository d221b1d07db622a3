import Diagnostics
import JSONText
import PluginHarness
import Presentation
import Reinit

/// What `plugin test` prints: a line for each test, a box for each finding, the verdict.
struct PluginTestReport {
  let report: HarnessReport

  init(_ report: HarnessReport) { self.report = report }

  func lines(_ console: Console) -> [String] {
    let style = console.style
    var lines = [style(header), ""]
    for tier in Tier.allCases {
      let tests = report.tests.filter { $0.test.tier == tier }
      guard !tests.isEmpty else { continue }
      lines.append(style(Text("tier \(tier.rawValue), \(tier.name)").styled(.secondary)))
      lines += tests.map { style(line(for: $0, style)) }
    }
    for result in report.findings {
      lines.append("")
      lines += FindingBox(result, language: .of(report.description)).lines(in: style, width: console.tableWidth ?? 100)
    }
    lines.append("")
    lines += report.unmetExpectations.map { entry in
      style(
        "\(Text("warning:"), .changed) expected and not found, in line \(entry.line): \(entry.code) \(entry.test)")
    }
    return lines + [style(verdict)] + (reach.map { [style($0)] } ?? [])
  }

  /// What the plugin could have done while it was tested.
  private var reach: Text? {
    let open = report.reach
    return open.isEmpty
      ? nil
      : "\(Text("note:"), .changed) this kernel cannot keep a plugin from \(Text(open.joined(separator: " and "))); reinit doctor"
  }

  private var header: Text {
    guard let description = report.description else { return "\(report.plugin)" }
    return "\(description.id, .total) \(description.version)  \(report.plugin, .secondary)"
  }

  private func line(for result: TestResult, _ style: Style) -> Text {
    let subject: Text = result.subject.map { " \(Text($0), .initializer)" } ?? ""
    switch result.outcome {
    case .passed:
      return "  \(Text(style.symbols.passed), .passed) \(result.test.id)\(subject)\(time(result))"
    case .failed:
      let code = result.finding?.code.id ?? ""
      return "  \(Text(style.symbols.failed), .failed) \(result.test.id)\(subject)  \(Text(code), .failed) "
        + Text(result.finding?.message ?? "")
    case .expected:
      let code = result.finding?.code.id ?? ""
      return
        "  \(Text(style.symbols.skipped), .changed) \(result.test.id)\(subject)  \(code), expected: \(result.reason ?? "")"
    case .skipped:
      return Text("  ")
        + ("\(Text(style.symbols.skipped)) \(result.test.id)\(subject)  \(result.reason ?? "")" as Text).styled(
          .secondary)
    }
  }

  /// Only what took long has a time.
  private func time(_ result: TestResult) -> Text {
    let milliseconds = Int(result.wall / .milliseconds(1))
    return milliseconds < 200 ? "" : "  \(Text("\(milliseconds) ms"), .secondary)"
  }

  private var verdict: Text {
    let counts = ["passed", "skipped", "expected"].map { word in
      (word, report.tests.count { $0.outcome.rawValue == word })
    }.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    let tenths = Int((report.wall / .milliseconds(100)).rounded())
    let seconds = "\(tenths / 10).\(tenths % 10)"
    let findings = report.findings.count
    guard findings > 0 else {
      let what: Text = report.isPartial ? "passes" : "passes tier \(report.tier.rawValue), \(report.tier.name)"
      return "\(what, .passed): \(counts), in \(seconds) s"
    }
    let codes = Set(report.findings.compactMap(\.finding?.code.id)).sorted().joined(separator: ", ")
    let word = findings == 1 ? "1 finding" : "\(findings) findings"
    let reached: Text = report.reached.map { "it reaches tier \($0.rawValue), \($0.name)" } ?? "it reaches no tier"
    let tier: Text = report.isPartial ? "" : "; \(reached)"
    let others = counts.isEmpty ? "" : ", \(counts)"
    return "\(Text(word), .failed) (\(codes))\(others), in \(seconds) s\(tier)"
  }

  /// Schema `reinit.plugin-test/1`.
  var json: JSONValue {
    var object: JSONObject = ["schema": "reinit.plugin-test/1", "plugin": .string(report.plugin)]
    object.append("id", report.description.map { .string($0.id) } ?? .null)
    object.append("version", report.description.map { .string($0.version) } ?? .null)
    object.append("tier", .integer(Int64(report.tier.rawValue)))
    object.append("reached", report.reached.map { .integer(Int64($0.rawValue)) } ?? .null)
    object.append("partial", .bool(report.isPartial))
    object.append("seed", .string("\(report.seed)"))
    object.append("passed", .bool(report.isPassed))
    object.append("reach", .array(report.reach.map { .string($0) }))
    object.append("tests", .array(report.tests.map(json)))
    object.append(
      "unmet",
      .array(
        report.unmetExpectations.map {
          ["code": .string($0.code), "test": .string($0.test), "line": .integer(Int64($0.line))]
        }))
    return .object(object)
  }

  private func json(_ result: TestResult) -> JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    let finding = result.finding
    return [
      "id": .string(result.id), "tier": .integer(Int64(result.test.tier.rawValue)), "subject": text(result.subject),
      "outcome": .string(result.outcome.rawValue), "code": text(finding?.code.id), "message": text(finding?.message),
      "place": text(finding?.place), "expected": text(finding?.expected), "found": text(finding?.found),
      "notes": .array((finding?.notes ?? []).map { .string($0) }), "reason": text(result.reason),
      "reproduce": .string(result.reproduction), "milliseconds": .integer(Int64(result.wall / .milliseconds(1))),
    ]
  }
}

/// What `plugin test --list` prints.
enum PluginTestList {
  static func lines(_ console: Console) -> [String] {
    var table = Table([.init("test"), .init("tier"), .init("code"), .init("a pass proves that", elision: .end)])
    for test in PluginTest.all {
      table.add([Text(test.id), Text("\(test.tier.rawValue) \(test.tier.name)"), Text(test.code.id), Text(test.proves)])
    }
    return table.lines(in: console.style, width: console.tableWidth)
  }
}
