import Checkpoints
import Diagnostics
import Reinit
import Testing

/// A process of two whose other one fails, or gives bits of its own.
private struct Half: Team {
  let rank: Int
  let count = 2
  var others: UInt64 = 0

  func share(_ bytes: [UInt8]) -> [UInt8] { bytes }
  func combine(_ words: [UInt64]) -> [UInt64] { words.map { $0 | others } }
  func willEnd() {}
}

@Suite("Processes that work together") struct TeamTests {
  @Test("Of those that fail, the first says why; all others end")
  func failures() throws {
    let own = Diagnostic(.diskFull, "no space")
    func outcome(_ team: Half, fails: Bool) -> ErrorCode? {
      code { try team.together { () throws(Diagnostic) in if fails { throw own } } }
    }
    #expect(outcome(Half(rank: 0), fails: false) == nil)
    #expect(outcome(Half(rank: 0), fails: true) == .diskFull)
    #expect(outcome(Half(rank: 0, others: 2), fails: false) == .rankFailed)
    #expect(outcome(Half(rank: 0, others: 2), fails: true) == .diskFull)
    #expect(outcome(Half(rank: 1, others: 1), fails: true) == .rankFailed)
  }

  @Test("Shares are all of a list, each element once", arguments: [0, 1, 2, 5, 64])
  func shares(count: Int) {
    let list = Array(0..<count)
    #expect((0..<2).flatMap { Half(rank: $0).share(of: list) } == list)
  }
}
