import Diagnostics
import Formats
import Glibc
import JSONText
import Testing

@testable import Checkpoints

/// Runs in place, interrupted at every point.
@Suite("In place") struct JournalTests {
  static func code(_ body: () throws(Diagnostic) -> Void) -> ErrorCode? { Checkpoint.code(body) }

  static func sample(_ folder: Folder) throws -> String {
    try folder.write(Checkpoint.sample(room: 400), "my model.safetensors")
  }

  static func fill(_ file: InPlaceCheckpoint, _ value: UInt8) throws {
    let entry = try file.header.entry(named: "b")
    try [UInt8](repeating: value, count: entry.range.count).withUnsafeBytes {
      try file.write($0, at: entry.range.lowerBound)
    }
  }

  @Test("A run in place changes its ranges and metadata and nothing else")
  func run() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let before = try #require(Checkpoint.read(path))
    do {
      let file = try InPlaceCheckpoint(path)
      let journal = try Journal.begin(file, changing: [128..<228], payload: ["seed": 7], sync: true)
      try Self.fill(file, 0x55)
      var metadata = file.header.metadata
      metadata["reinit.receipt"] = "{}"
      try file.replaceMetadata(metadata, journal: journal, sync: true)
      try file.sync()
      try journal.finish(sync: true)
    }
    #expect(folder.names == ["my model.safetensors"])
    let after = try SafeTensorsFile(path)
    var expected = before
    let start = after.header.dataStart
    for index in start + 128..<start + 228 { expected[index] = 0x55 }
    let now = try #require(Checkpoint.read(path))
    #expect(now[start...] == expected[start...] && now.count == before.count)
    #expect(after.header.metadata == ["format": "pt", "k": "v \"q\" é", "reinit.receipt": "{}"])
  }

  @Test("A run that is done leaves neither journal nor spool")
  func finished() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let journal = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: nil)
    try folder.write([1], "my model.safetensors.reinit-spool")
    try journal.finish(sync: true)
    #expect(folder.names == ["my model.safetensors"])
  }

  @Test("A file that another run has locked is refused with its code, until it is free")
  func locked() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    do {
      let file = try InPlaceCheckpoint(path)
      let error = #expect(throws: Diagnostic.self) { try InPlaceCheckpoint(path) }
      #expect(error?.code == .fileLocked && error?.hints == ["fuser -v '\(path)'"])
      _ = try Journal.begin(file, changing: [], payload: nil)
      #expect(Self.code { () throws(Diagnostic) in try Journal.refuseIfPending(path) } == .fileLocked)
      unlink(Journal.path(for: path))
      #expect(file.pending == nil)
    }
    _ = try InPlaceCheckpoint(path)
  }

  @Test(
    "An interrupted run refuses readers with a hint to paste, through links too, and is found by the next run"
  )
  func pending() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    symlink(path, folder["link"])
    try Journal.refuseIfPending(path)
    #expect(try Journal.pending(for: path) == nil)
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: ["rules": ["a", 1.5]])
    for name in [path, folder["link"]] {
      let error = #expect(throws: Diagnostic.self) { try Journal.refuseIfPending(name) }
      #expect(error?.code == .journalPending && error?.code.exit == .badData)
      #expect(error?.message == "an interrupted in-place run on '\(name)' is not finished")
      #expect(error?.hints.first?.hasPrefix("finish the run: reinit recover ") == true)
      #expect(try Journal.pending(for: name)?.payload == ["rules": ["a", 1.5]])
    }
    let error = #expect(throws: Diagnostic.self) { try Journal.refuseIfPending(path) }
    #expect(
      error?.hints == [
        "finish the run: reinit recover '\(path)'",
        "if the file was put back from a copy, or replaced: reinit recover --abandon '\(path)'",
      ])
    let file = try InPlaceCheckpoint(folder["link"])
    #expect(file.pending?.payload == ["rules": ["a", 1.5]])
    try file.pending?.finish()
    try Journal.refuseIfPending(path)
  }

  @Test("A header torn at any byte is recognized and put back by the next run")
  func tornHeader() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let old = try #require(Checkpoint.read(path))
    do {
      let file = try InPlaceCheckpoint(path)
      let journal = try Journal.begin(file, changing: [], payload: nil)
      try file.replaceMetadata(
        ["format": "pt", "receipt": String(repeating: "r", count: 300)], journal: journal)
    }
    let new = try #require(Checkpoint.read(path))
    let dataStart = try InPlaceCheckpoint(path).header.dataStart
    var wrong: [Int] = []
    for cut in 0...dataStart {
      try folder.write(Array(new[..<cut] + old[cut...]), "my model.safetensors")
      let file = try InPlaceCheckpoint(path)
      let isLeftAlone = Checkpoint.read(path) == Array(new[..<cut] + old[cut...])
      try file.pending?.restoreHeaders(of: file.files.map(\.handle))
      if file.pending == nil || !isLeftAlone || Checkpoint.read(path) != old || file.header.metadata["k"] == nil {
        wrong.append(cut)
      }
    }
    #expect(wrong == [])
    #expect(folder.names == ["my model.safetensors", "my model.safetensors.reinit-journal"])
  }

  @Test("A header that does not fit is refused and changes nothing")
  func doesNotFit() throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    let file = try InPlaceCheckpoint(path)
    let large: SafeTensorsMetadata = ["receipt": String(repeating: "r", count: 1000)]
    #expect(!file.fits(large) && file.fits(file.header.metadata))
    #expect(
      Self.code { () throws(Diagnostic) in try file.replaceMetadata(large, journal: nil) }
        == .headerDoesNotFit)
    #expect(Checkpoint.read(path) == (try Checkpoint.sample()))
  }

  @Test("Half-written journals are ignored by readers and cleared away by the next run")
  func unfinished() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    try folder.write([1, 2], ".my model.safetensors.reinit-journal.reinit-a1B2c3")
    try folder.write([1, 2], ".my model.safetensors.reinit-journal.reinit-notours")
    try folder.write([1, 2], ".other.safetensors.reinit-journal.reinit-a1B2c3")
    try Journal.refuseIfPending(path)
    _ = try InPlaceCheckpoint(path)
    #expect(
      folder.names == [
        ".my model.safetensors.reinit-journal.reinit-notours",
        ".other.safetensors.reinit-journal.reinit-a1B2c3",
        "my model.safetensors",
      ])
  }

  @Test("A journal that is damaged anywhere is refused, and file and journal stay as they were")
  func corruption() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let before = try #require(Checkpoint.read(path))
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: ["seed": 7])
    let journal = try #require(Checkpoint.read(Journal.path(for: path)))
    let name = "my model.safetensors.reinit-journal"
    let damaged =
      journal.indices.map { index in
        var bytes = journal
        bytes[index] ^= 1
        return bytes
      } + journal.indices.map { Array(journal[..<$0]) } + [
        journal + [0x0A], [], [UInt8](repeating: 0, count: 5000),
      ]
    var wrong = 0
    for bytes in damaged {
      try folder.write(bytes, name)
      let codes = [
        Self.code { () throws(Diagnostic) in _ = try Journal.pending(for: path) },
        Self.code { () throws(Diagnostic) in try Journal.refuseIfPending(path) },
        Self.code { () throws(Diagnostic) in _ = try InPlaceCheckpoint(path) },
      ]
      if codes != Array(repeating: .journalCorrupt, count: 3) || folder.read(name) != bytes { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(Checkpoint.read(path) == before)
  }

  @Test("A journal of another file, of a newer release, or that cannot be read has its own code")
  func foreign() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: ["seed": 7])
    let journal = try #require(Checkpoint.read(Journal.path(for: path)))
    let code = { Self.code { () throws(Diagnostic) in _ = try InPlaceCheckpoint(path) } }
    try folder.write(Checkpoint.sample(room: 408), "my model.safetensors")
    #expect(code() == .journalForeign)
    try folder.write(
      Checkpoint.sample(room: 400, metadata: ["format": "tf", "k": "v \"q\" é"]), "my model.safetensors")
    #expect(code() == .journalForeign)
    #expect(Self.code { () throws(Diagnostic) in try Journal.refuseIfPending(path) } == .journalForeign)
    _ = try Self.sample(folder)
    #expect(code() == nil)
    unlink(Journal.path(for: path))
    mkdir(Journal.path(for: path), 0o700)
    #expect(code() == .journalUnreadable)
    rmdir(Journal.path(for: path))
    mkfifo(Journal.path(for: path), 0o600)
    #expect(code() == .journalUnreadable)
    unlink(Journal.path(for: path))
    // The checksum of the first two lines as the xxhash package for Python gives it.
    let newer = Array("reinit-journal 2\n{}\nxxh64 773a2678b7ed480d\n".utf8)
    try folder.write(newer, "my model.safetensors.reinit-journal")
    #expect(code() == .journalVersion)
    #expect(journal.starts(with: Array("reinit-journal 1\n{".utf8)))
  }

  @Test("A journal knows its file by what it left alone: another of the same header and size is refused")
  func otherContents() throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let before = try #require(Checkpoint.read(path))
    let changing = 128..<228
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [changing], payload: nil)
    let start = try InPlaceCheckpoint(path).header.dataStart
    var missed: [Int] = []
    for byte in 0..<before.count - start {
      var other = before
      other[start + byte] ^= 1
      try folder.write(other, "my model.safetensors")
      let expected: ErrorCode = changing.contains(byte) ? .journalPending : .journalForeign
      let code = Self.code { () throws(Diagnostic) in try Journal.refuseIfPending(path) }
      if code != expected || folder.read("my model.safetensors") != other { missed.append(byte) }
    }
    #expect(missed == [])
    try folder.write(before, "my model.safetensors")
    let error = #expect(throws: Diagnostic.self) { try SafeTensorsFile(path) }
    #expect(error?.code == .journalPending && error?.hints.contains { $0.contains("put back from a copy") } == true)
  }

  @Test("A killed run is finished by the next one")
  func killed() async throws {
    let folder = try Folder()
    let path = try Self.sample(folder)
    let before = try #require(Checkpoint.read(path))
    setenv("REINIT_TEST_FILE", path, 1)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let path = try #require(getenv("REINIT_TEST_FILE").map { String(cString: $0) })
      let file = try InPlaceCheckpoint(path)
      _ = try Journal.begin(file, changing: [128..<228], payload: ["value": 9])
      try [UInt8](repeating: 9, count: 50).withUnsafeBytes { try file.write($0, at: 128) }
      kill(getpid(), SIGKILL)
    }
    #expect(Self.code { () throws(Diagnostic) in try Journal.refuseIfPending(path) } == .journalPending)
    let file = try InPlaceCheckpoint(path)
    #expect(file.pending?.payload == ["value": 9])
    try Self.fill(file, 9)
    try file.pending?.finish()
    let after = try #require(Checkpoint.read(path))
    let start = file.header.dataStart
    #expect(
      after[..<(start + 128)] == before[..<(start + 128)]
        && after[(start + 228)...] == before[(start + 228)...])
    #expect(after[(start + 128)..<(start + 228)].allSatisfy { $0 == 9 })
    #expect(folder.names == ["my model.safetensors"])
  }
}
