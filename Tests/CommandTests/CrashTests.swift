import Foundation
import Reinit
import Testing

@Suite("An in-place run that is killed", .serialized)
struct CrashTests {
  static let rules = ["--fill", "Dense.weight=normal(std: 0.02)", "--fill", "Dense.bias=zeros", "--seed", "9"]

  /// The bytes of every tensor after an undisturbed run.
  private func undisturbed(_ folder: Folder) throws -> [String: [UInt8]] {
    try Encoder.write(to: folder.path("clean.safetensors"), scale: 2000)
    let (process, _, _) = Command.process(["apply", "clean.safetensors", "--in-place"] + Self.rules, in: folder.url)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try Encoder.contents(of: folder.path("clean.safetensors"))
  }

  @Test("Killed at 200 random moments: the old file or a journal, and the next run finishes it")
  func kill200() throws {
    let folder = try Folder()
    let wanted = try undisturbed(folder)
    let original = try Encoder.write(to: folder.path("original.safetensors"), scale: 2000)
    let old = try Encoder.contents(of: folder.path("original.safetensors"))
    var random = RandomStream(seed: 42, name: "kill")
    var outcomes = (untouched: 0, interrupted: 0, finished: 0)
    for _ in 0..<200 {
      try original.write(to: folder.url.appendingPathComponent("a.safetensors"))
      try killed(after: (random.next() as UInt32) % 14_000, in: folder)
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
    #expect(outcomes.interrupted > 0)
  }

  private func killed(after microseconds: UInt32, in folder: Folder) throws {
    let (process, _, _) = Command.process(["apply", "a.safetensors", "--in-place"] + Self.rules, in: folder.url)
    try process.run()
    usleep(microseconds)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func readersRefuse(_ folder: Folder) throws {
    let run = try Command.run("summary", folder.path("a.safetensors"))
    run.expectOrderly(65)
    #expect(run.errors.contains("--in-place"))
  }

  private func finish(_ folder: Folder) throws {
    try Command.run("apply", folder.path("a.safetensors"), "--in-place").expectOrderly(0)
    #expect(!folder.files.contains { $0.hasSuffix("journal") })
    try Command.run("verify", folder.path("a.safetensors")).expectOrderly(0)
  }
}
