import Diagnostics
import Foundation
import Testing

@testable import PluginHarness

@Suite("Expected findings")
struct ExpectationTests {
  @Test("Lines have a code, a test, perhaps a day, and a reason")
  func parsing() throws {
    let text = """
      # a comment

      R0938 init.parameters:gabor until 2027-06-30: sigma has no effect: on one-tap kernels
      r0935 init.shards: known
      """
    let entries = try Expectations(parsing: text, source: "known.txt").entries
    #expect(entries.map(\.code) == ["R0938", "R0935"] && entries.map(\.line) == [3, 4])
    #expect(entries[0].reason == "sigma has no effect: on one-tap kernels" && entries[0].until == "2027-06-30")
    #expect(entries[1].test == "init.shards" && entries[1].until == nil)
  }

  @Test(
    "What is no such line is refused, with its place",
    arguments: [
      "R0938 init.parameters", "R0938 init.parameters:", "R0938 init.parameters: ", "R0938: why",
      "R0000 init.shards: why",
      "R0935 init.shard: why", "R0935 init.shards until tomorrow: why", "R0935 init.shards until 2027-13-01: why",
      "R0935 init.shards by 2027-01-01: why", "R0935 init.shards until: why",
    ])
  func malformed(_ line: String) throws {
    let error = #expect(throws: Diagnostic.self) { try Expectations(parsing: "\n" + line, source: "known.txt") }
    #expect(error?.code == .malformedExpectation && error?.place == "known.txt, line 2")
  }

  @Test("An expected finding is none, until its day; one that is not found is told")
  func effect() throws {
    func report(_ text: String) throws -> HarnessReport {
      var options = try Zoo.options("ignores-offset")
      options.expectations = try Expectations(parsing: text, source: "known.txt")
      return try PluginHarness.run(options)
    }
    let expected = try report("R0935 init.shards:zoo until 2999-01-01: a known fault\nR0938 init.parameters: another")
    #expect(expected.result("init.shards:zoo")?.outcome == .expected)
    #expect(expected.result("init.shards:zoo")?.reason == "a known fault")
    #expect(expected.unmetExpectations.map(\.line) == [2])
    // What stands on it would find its consequences.
    #expect(expected.isPassed && expected.result("init.threads:zoo")?.reason == "not run after init.shards:zoo")
    for text in [
      "R0935 init.shards:zoo until 2020-01-01: over", "R0936 init.shards: another code", "R0935 init.fill: there",
    ] {
      let report = try report(text)
      #expect(report.codes == "R0935" && report.unmetExpectations.count == 1)
    }
  }
}
