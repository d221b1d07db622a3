import Foundation
import Reinit
import Testing

@Suite("An in-place run that is killed", .serialized)
struct CrashTests {
  static let rules = ["--fill", "Dense.weight=normal(std: 0.02)", "--fill", "Dense.bias=zeros", "--seed", "9"]

  /// The bytes of every tensor after an undisturbed run, and how many microseconds that took.
  private func undisturbed(_ folder: Folder) throws -> (tensors: [String: [UInt8]], time: UInt32) {
    try Encoder.write(to: folder.path("clean.safetensors"), scale: 2000)
    let (process, _, _) = Command.process(["apply", "clean.safetensors", "--in-place"] + Self.rules, in: folder.url)
    let start = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    let time = start.duration(to: .now).components
    #expect(process.terminationStatus == 0)
    return (
      try Encoder.contents(of: folder.path("clean.safetensors")),
      UInt32(time.seconds * 1_000_000 + time.attoseconds / 1_000_000_000_000)
    )
  }

  @Test("Killed at 200 random moments: the old file or a journal, and the next run finishes it")
  func kill200() throws {
    let folder = try Folder()
    let (wanted, time) = try undisturbed(folder)
    let original = try Encoder.write(to: folder.path("original.safetensors"), scale: 2000)
    let old = try Encoder.contents(of: folder.path("original.safetensors"))
    var random = RandomStream(seed: 42, name: "kill")
    var outcomes = (untouched: 0, interrupted: 0, finished: 0)
    for round in 0..<200 {
      try original.write(to: folder.url.appendingPathComponent("a.safetensors"))
      let moment = random.nextWord()
      // Half of the kills anywhere in the run, half soon after the journal has appeared.
      try killed(after: moment % (round % 2 == 0 ? time + time / 8 : 3000), atWork: round % 2 == 1, in: folder)
      let isPending = folder.files.contains("a.safetensors.reinit-journal")
      if isPending {
        outcomes.interrupted += 1
        try readersRefuse(folder)
        try finish(folder)
        #expect(try Encoder.contents(of: folder.path("a.safetensors")) == wanted)
      } else {
        let now = try Encoder.contents(of: folder.path("a.safetensors"))
        #expect(now == old || now == wanted)
        if now == old { outcomes.untouched += 1 } else { outcomes.finished += 1 }
      }
      try? FileManager.default.removeItem(atPath: folder.path("a.safetensors.reinit-journal"))
    }
    print("killed 200 times: \(outcomes)")
    #expect(outcomes.interrupted > 20 && outcomes.untouched > 0)
  }

  private func killed(after microseconds: UInt32, atWork: Bool, in folder: Folder) throws {
    let (process, _, _) = Command.process(["apply", "a.safetensors", "--in-place"] + Self.rules, in: folder.url)
    try process.run()
    while atWork, process.isRunning, access(folder.path("a.safetensors.reinit-journal"), F_OK) != 0 { usleep(50) }
    usleep(microseconds)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func readersRefuse(_ folder: Folder) throws {
    let run = try Command.run("summary", folder.path("a.safetensors"))
    run.expectOrderly(65)
    #expect(run.errors.contains("reinit recover"))
  }

  private func finish(_ folder: Folder) throws {
    try Command.run("apply", folder.path("a.safetensors"), "--in-place").expectOrderly(0)
    #expect(!folder.files.contains { $0.hasSuffix("journal") })
    try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0)
  }
}
