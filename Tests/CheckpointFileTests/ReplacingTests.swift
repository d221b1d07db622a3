import Diagnostics
import Formats
import Glibc
import JSONText
import Testing

@testable import Checkpoints
@testable import Files

/// What stands beside a file: journals of what is replaced, and left-overs of processes that have ended.
@Suite("Beside a file") struct ReplacingTests {
  private static func code(_ body: () throws(Diagnostic) -> Void) -> ErrorCode? { Checkpoint.code(body) }

  private static func header() throws -> SafeTensorsHeader { try SafeTensorsHeader(layingOut: [("a", "U8", [10])]) }

  private static func write(_ path: String, force: Bool) throws(Diagnostic) {
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    try CheckpointWriter(path, header: header, force: force).commit()
  }

  @Test("A new file removes journal and spool of the file that it replaces, and may be read at once")
  func journal() throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: nil)
    try folder.write([1], "f.reinit-spool")
    #expect(Self.code { () throws(Diagnostic) in try Self.write(path, force: false) } == .outputExists)
    try Self.write(path, force: true)
    #expect(try SafeTensorsFile(path).header.entries.count == 1)
    #expect(folder.names == ["f"])
  }

  @Test("The journal of a file that was moved away is not removed unless that is asked for")
  func movedAway() throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    _ = try Journal.begin(InPlaceCheckpoint(path), changing: [], payload: nil)
    rename(path, folder["g"])
    #expect(Self.code { () throws(Diagnostic) in try Self.write(path, force: false) } == .outputExists)
    #expect(folder.names == ["f.reinit-journal", "g"])
    try Self.write(path, force: true)
    #expect(folder.names == ["f", "g"])
  }

  @Test("A file that a run changes in place is not replaced, and one that is being replaced is not changed in place")
  func locks() throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    do {
      let atWork = try InPlaceCheckpoint(path)
      #expect(Self.code { () throws(Diagnostic) in try Self.write(path, force: true) } == .fileLocked)
      withExtendedLifetime(atWork) {}
    }
    let writer = try CheckpointWriter(path, header: Self.header(), force: true)
    #expect(Self.code { () throws(Diagnostic) in _ = try InPlaceCheckpoint(path) } == .fileLocked)
    try writer.commit()
    _ = try InPlaceCheckpoint(path)
    #expect(folder.names == ["f"])
  }

  static let leftOvers = [
    ".f.reinit-a1B2c3", ".f.reinit-spool.reinit-a1B2c3", ".f.reinit-journal.reinit-a1B2c3",
    ".f.receipt.json.reinit-a1B2c3",
  ]

  @Test("Left-overs of processes that have ended go, those of living ones and of other files stay", arguments: [0, 1])
  func leftOvers(_ way: Int) throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    let others = [".f.reinit-notours", ".f.reinit-a1B2c", ".f.reinit-a1B2c.", ".g.reinit-a1B2c3"]
    for name in Self.leftOvers + others { try folder.write([1], name) }
    let living = try TemporaryFile(beside: path)
    if way == 0 { _ = try InPlaceCheckpoint(path) } else { try Self.write(path, force: true) }
    #expect(Set(folder.names) == Set(others + ["f", String(living.path.split(separator: "/").last ?? "")]))
    living.discard()
  }

  @Test("A new file of which the system says nothing is an error with its reason, and does not stay")
  func unknownStatus() throws {
    let folder = try Folder()
    let path = try folder.write([], "temporary")
    let error = #expect(throws: Diagnostic.self) { try TemporaryFile.adopt(-1, at: path, for: "out") }
    #expect(error?.code == .cannotCreate && error?.found?.hasSuffix("(errno \(EBADF))") == true)
    #expect(folder.names == [])
  }

  @Test("No file has the descriptor of standard input, output or errors")
  func descriptors() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      let folder = try Folder()
      let path = try folder.write(Checkpoint.sample(), "f")
      for number in 0...2 as ClosedRange<Int32> { close(number) }
      let handles = [
        try FileHandle.open(path).descriptor, try TemporaryFile(beside: path).handle.descriptor,
        try InPlaceCheckpoint(path).files[0].handle.descriptor, try SafeTensorsFile(path).handle.descriptor,
      ]
      // Another thread of this process may have opened something since: no file of ours has those numbers.
      var own = stat()
      stat(path, &own)
      let isFree = (0...2 as ClosedRange<Int32>).allSatisfy { number in
        var info = stat()
        return fstat(number, &info) != 0 || info.st_ino != own.st_ino || info.st_dev != own.st_dev
      }
      folder.remove()
      _exit(handles.allSatisfy { $0 > 2 } && isFree ? 0 : 1)
    }
  }
}
