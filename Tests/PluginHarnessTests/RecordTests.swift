import Diagnostics
import JSONText
import PluginHost
import Testing

@testable import PluginHarness

@Suite("Records, orders and boards")
struct RecordTests {
  @Test("Only a whole record with the nonce is an answer")
  func answers() throws {
    let good = "begin 5a\nstep one\nanswer {\"skipped\":\"why\",\"nonce\":\"5a\"}\n"
    #expect(try TestRecord(good).answer(nonce: "5a")?.skipped == "why")
    #expect(try TestRecord(good).answer(nonce: "5b") == nil)
    #expect(try TestRecord(String(good.dropLast())).answer(nonce: "5a") == nil)
    #expect(try TestRecord(good + "step two\n").answer(nonce: "5a") == nil)
    #expect(try TestRecord("").answer(nonce: "5a") == nil)
    #expect(throws: Diagnostic.self) { try TestRecord("answer {\n").answer(nonce: "5a") }
    #expect(TestRecord(good).isBegun(nonce: "5a") && !TestRecord(good).isBegun(nonce: "5"))
    #expect(!TestRecord("").isBegun(nonce: ""))
  }

  @Test("Steps, guarded addresses and cases are the last ones that were said")
  func marks() {
    let record = TestRecord("begin x\nstep one\nguard 4096 8192 before the range\ncase 17/2 5\nstep two three\n")
    #expect(record.lastStep == "two three")
    #expect(record.guarded(4096) == "before the range" && record.guarded(8192) == nil && record.guarded(0) == nil)
    #expect(record.lastCase?.path == "17/2" && record.lastCase?.simplifications == 5)
    let lent = TestRecord("begin x\nlent 4096 8192 of scratch,\nguard 0 4096 before the range\n")
    #expect(lent.lent(4096) == "of scratch," && lent.lent(8192) == nil && lent.guarded(4096) == nil)
    #expect(TestRecord("").lastStep == nil && TestRecord("case 1\n").lastCase == nil)
  }

  @Test("An order and an answer survive being written")
  func roundTrips() throws {
    var order = TestOrder(plugin: "/a b/c.so", test: "init.shards", subject: "gabor")
    (order.seed, order.fuzzCase, order.reference) = (.max, "17/2", "abc")
    (order.others, order.examples, order.inputs) = (["d.so"], ["Gate(size: 8)"], ["Gate": [[2, 8], []]])
    #expect(try TestOrder(json: JSONValue(parsing: order.json.compact)) == order)
    var answer = TestAnswer(finding: Diagnostic(.findingShards, "message", at: "place", notes: ["a", "b"]))
    (answer.result, answer.fuzzCase) = ("r", "3/1")
    #expect(try TestAnswer(json: JSONValue(parsing: JSONValue.object(answer.json).compact)) == answer)
  }

  @Test("Every test stands on tests that there are, of its own tier or below, without a circle")
  func prerequisites() throws {
    for test in PluginTest.all {
      for id in test.requires + [test.reference].compactMap(\.self) {
        let other = try #require(PluginTest.named(id), "\(test.id) stands on \(id)")
        #expect(other.tier <= test.tier, "\(test.id) stands on \(id)")
        #expect(other.target == test.target || other.target == .plugin)
      }
      var above: Set<String> = []
      var next = test.requires
      while let id = next.popLast() {
        if above.insert(id).inserted { next += PluginTest.named(id)?.requires ?? [] }
      }
      #expect(!above.contains(test.id))
    }
    #expect(Set(PluginTest.all.map(\.id)).count == PluginTest.all.count)
  }

  @Test("Every test has a code of a finding, with a page and the cure in four languages")
  func advice() {
    for test in PluginTest.all where test.code.id.hasPrefix("R09") {
      let advice = test.code.advice
      #expect([advice?.c, advice?.cxx, advice?.rust, advice?.swift].allSatisfy { ($0 ?? "").count > 8 }, "\(test.id)")
      #expect(test.code.exit == .no)
    }
    for code in ErrorCode.allCases where code.id.hasPrefix("R09") { #expect(code.advice != nil, "\(code.id)") }
  }
}
