import Checkpoints
import Diagnostics
import Files
import Foundation
import JSONText
import Reinit
import Testing

/// An in-place run on shards has one journal: old, new, or a journal that the next run finishes.
@Suite("Journals of shards") struct ShardJournalTests {
  /// A folder of shards with a run that was interrupted after some of its bytes, and the values that it was to write.
  private func interrupted(_ seed: Int, share: Int) throws -> (Folder, expected: [String: [UInt8]], old: [String: Data])
  {
    var generator = Seeded(state: UInt64(seed))
    let folder = try Folder()
    let sample = Sample.random(&generator)
    try sample.writeShards(3, in: folder, "in", using: &generator)
    let old = try folder.contents("in")
    let (checkpoint, plan) = try fill(folder["in"])
    try checkpoint.apply(plan, writing: folder["out"])
    let expected = try values(folder["out"])
    let file = try InPlaceCheckpoint(folder["in"])
    let targets = plan.steps.map { checkpoint.entry(ofLeaf: $0.leaf) }
    let receipt = Receipt(of: plan)
    _ = try Journal.begin(file, changing: targets.map(\.range), payload: ["receipt": receipt.json])
    for (number, target) in targets.enumerated() where number % 3 < share {
      let bytes = try #require(expected[target.name])
      try bytes.withUnsafeBytes { try file.write($0, at: target.range.lowerBound) }
    }
    return (folder, expected, old)
  }

  @Test("An interrupted run is refused by the folder, the index and each shard, and finished", arguments: 0..<12)
  func finished(seed: Int) throws {
    let (folder, expected, _) = try interrupted(seed, share: seed % 4)
    let shards = try FileManager.default.contentsOfDirectory(atPath: folder["in"]).filter {
      $0.hasSuffix(".safetensors")
    }
    for name in ["in", "in/model.safetensors.index.json"] + shards.map({ "in/" + $0 }) {
      let error = fault { _ = try Checkpoint(opening: folder[name]) }
      #expect(error?.code == .journalPending, "\(name)")
      #expect(
        error?.hints.first?.hasPrefix("finish the run: reinit recover \(folder["in"])") ?? false,
        "\(error?.hints ?? [])")
    }
    #expect(code { _ = try InPlaceCheckpoint(folder["in/" + shards[0]]) } == .journalPending)
    try Sample.write([], to: folder["in/other.safetensors"])
    _ = try SafeTensorsFile(folder["in/other.safetensors"])
    let receipt = try #require(try Checkpoint.finishInPlace(folder["in"]))
    #expect(try values(folder["in"]) == expected)
    #expect(receipt.runs.first?.tensors.allSatisfy { $0.hash != nil } ?? false)
    #expect(try Checkpoint(opening: folder["in"]).verify().allSatisfy { $0.outcome == .identical })
    #expect(!FileManager.default.fileExists(atPath: folder["in/reinit-journal"]))
    #expect(try Checkpoint.finishInPlace(folder["in"]) == nil)
  }

  @Test("A run that is given up leaves the headers, and says which tensors are mixed")
  func abandoned() throws {
    let (folder, _, old) = try interrupted(2, share: 2)
    let run = try #require(try Checkpoint.abandonInPlace(folder["in"]))
    #expect(run.state == .mixed && !run.tensors.isEmpty)
    _ = try Checkpoint(opening: folder["in"])
    #expect(try Set(folder.contents("in").keys) == Set(old.keys))
  }

  @Test("A journal whose shards were replaced, renamed or taken away is another's, and no byte is changed")
  func foreign() throws {
    for way in 0..<3 {
      let (folder, _, _) = try interrupted(5, share: 1)
      let shards = try FileManager.default.contentsOfDirectory(atPath: folder["in"])
        .filter { $0.hasSuffix(".safetensors") }.sorted()
      try #require(shards.count > 1)
      let (first, second) = (folder["in/" + shards[0]], folder["in/" + shards[1]])
      let old = try Data(contentsOf: URL(fileURLWithPath: first))
      if way == 0 {
        var bytes = old
        for index in bytes.count / 2..<bytes.count { bytes[index] ^= 0x11 }
        try bytes.write(to: URL(fileURLWithPath: first))
      } else if way == 1 {
        rename(first, folder["kept"])
        rename(second, first)
        rename(folder["kept"], second)
      } else {
        truncate(second, off_t(old.count / 2))
      }
      let before = try folder.contents("in")
      let error = fault { _ = try Checkpoint.finishInPlace(folder["in"]) }
      #expect(error?.code == .journalForeign || error?.code == .indexMismatch, "\(way) \(String(describing: error))")
      #expect(try folder.contents("in") == before)
    }
  }

  @Test("Two runs on one folder: the second is refused while the first holds any shard")
  func locked() throws {
    let folder = try Folder()
    var generator = Seeded(state: 7)
    try Sample.random(&generator).writeShards(2, in: folder, "in", using: &generator)
    try withExtendedLifetime(InPlaceCheckpoint(folder["in"])) {
      #expect(code { _ = try InPlaceCheckpoint(folder["in"]) } == .fileLocked)
      #expect(code { _ = try Checkpoint(opening: folder["in"]) } == .fileLocked)
    }
    let shard = try FileManager.default.contentsOfDirectory(atPath: folder["in"]).filter {
      $0.hasSuffix(".safetensors")
    }
    try withExtendedLifetime(SafeTensorsFile(folder["in/" + shard[0]])) {
      #expect(code { _ = try InPlaceCheckpoint(folder["in"]) } == .fileLocked)
    }
    _ = try InPlaceCheckpoint(folder["in"])
  }
}
