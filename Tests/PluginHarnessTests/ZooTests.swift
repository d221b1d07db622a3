import Diagnostics
import Foundation
import PluginHarness
import PluginHost
import Testing

@Suite("The zoo of broken plugins")
struct ZooTests {
  @Test("Each plugin yields exactly the code of its own fault, and good ones none")
  func exact() throws {
    // What a plugin reaches for is found where the kernel can be asked.
    let beasts = Zoo.beasts.filter { $0.code != "R0929" || Confinement.offered.isWatched }
    let reports = try Zoo.run(beasts)
    var (lines, found): ([String], [String]) = ([], [])
    for beast in beasts {
      let report = try #require(reports[beast.name], "\(beast.name) was not tested")
      #expect(
        report.codes == beast.code,
        "\(beast.name), which \(beast.fault): \(report.findings.map { "\($0.id) \($0.finding.map { "\($0)" } ?? "")" })"
      )
      let milliseconds = Int(report.wall / .milliseconds(1))
      found.append(([beast.name] + report.findings.map(\.id)).joined(separator: " "))
      lines.append("\(beast.name)\t\(beast.fault)\t\(beast.code)\t\(report.codes)\t\(milliseconds) ms")
    }
    if Zoo.isWhole, ProcessInfo.processInfo.environment["REINIT_GOLDEN"] == "write" {
      let path = "\(Zoo.root)/Tests/PluginHarnessTests/Golden/found.txt"
      try (found.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    // Fault, expected code, found code, time: for whoever wants to read it.
    try? (lines.joined(separator: "\n") + "\n").write(
      toFile: Zoo.products + "/zoo-report.tsv", atomically: true, encoding: .utf8)
  }

  @Test("There are 250 faults and more, in all languages, with a control in each")
  func population() {
    #expect(Zoo.beasts.count { !$0.code.isEmpty } >= 250)
    for language in ["c", "cxx", "rust", "swift"] {
      #expect(Zoo.beasts.contains { $0.language == language && $0.code.isEmpty })
      #expect(Zoo.beasts.count { $0.language == language && !$0.code.isEmpty } >= 8)
    }
    #expect(Set(Zoo.beasts.map(\.name)).count == Zoo.beasts.count)
  }

  @Test("The list of faults is the one that is kept: every code of a finding is in it")
  func census() throws {
    let path = "\(Zoo.root)/Tests/PluginHarnessTests/Golden/zoo.txt"
    let lines = Zoo.beasts.map { "\($0.code.isEmpty ? "none " : $0.code) \($0.language) \($0.name): \($0.fault)" }
    if ProcessInfo.processInfo.environment["REINIT_GOLDEN"] == "write" {
      try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init) == lines)
    let found = Set(Zoo.beasts.map(\.code))
    for code in ErrorCode.allCases where code.id.hasPrefix("R09") {
      #expect(found.contains(code.id), "\(code.id) is no beast's")
    }
  }

  @Test("A plugin that hangs in every call ends within the limits of its tests")
  func hangs() throws {
    let report = try PluginHarness.run(try Zoo.options("hangs-in-every-call"))
    #expect(report.codes == "R0903")
    // One for the initializer, one for the layer: all else stands on those.
    #expect(report.findings.map(\.id) == ["init.fill:zoo", "layer.create:Zoo"])
  }
}
