import Checkpoints
import Diagnostics
import Files
import Formats
import Glibc
import Testing

/// New files: complete or not there at all.
@Suite("Checkpoint writer") struct WriterTests {
  static func code(_ body: () throws(Diagnostic) -> Void) -> ErrorCode? { Checkpoint.code(body) }

  @Test("Bytes outside of the changed ranges are those of the source", arguments: [0, 1, 4096, 700_000])
  func copies(padding: Int) throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [
      ("a", "U8", [300_001]), ("b", "U8", [100 + padding]), ("c", "F32", [9]),
    ])
    let data = (0..<header.dataSize).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
    let source = try SafeTensorsFile(folder.write(header.encoded(room: padding % 4099) + data, "in"))
    let changed = try #require(source.header["b"]?.range)
    let writer = try CheckpointWriter(folder["out"], header: source.header, room: 500, like: source)
    try writer.copy(allBut: [changed], from: source)
    try [UInt8](repeating: 0xEE, count: changed.count).withUnsafeBytes {
      try writer.write($0, at: changed.lowerBound)
    }
    try writer.commit(sync: true)
    var expected = data
    for index in changed { expected[index] = 0xEE }
    let written = try SafeTensorsFile(folder["out"])
    #expect(folder.read("out").map { Array($0[written.header.dataStart...]) } == expected)
    #expect(Array(written.header.entries) == Array(source.header.entries))
    #expect(folder.names == ["in", "out"])
  }

  @Test("A source on another file system is copied as well")
  func copiesAcross() throws {
    let (here, there) = (try Folder(), try Folder(in: "/dev/shm"))
    let bytes = try Checkpoint.sample()
    let source = try SafeTensorsFile(there.write(bytes, "in"))
    let writer = try CheckpointWriter(here["out"], header: source.header, like: source)
    try writer.copy(allBut: [3..<5, 4..<7], from: source)
    try writer.commit()
    let start = source.header.dataStart
    let expected = bytes[start...].enumerated().map { (3..<7).contains($0.offset) ? 0 : $0.element }
    #expect(here.read("out").map { Array($0[writer.dataStart...]) } == expected)
  }

  @Test("Chunks may be written from many threads in any order")
  func threads() async throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [1000 * 257])])
    let writer = try CheckpointWriter(folder["out"], header: header)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for chunk in (0..<1000).reversed() {
        group.addTask {
          try [UInt8](repeating: UInt8(truncatingIfNeeded: chunk), count: 257).withUnsafeBytes {
            try writer.write($0, at: chunk * 257)
          }
        }
      }
      try await group.waitForAll()
    }
    try writer.commit()
    let bytes = try SafeTensorsFile(folder["out"])
    let all = try bytes.bytes(of: bytes.header.entry(named: "a"))
    #expect(all.indices.allSatisfy { all[$0] == UInt8(truncatingIfNeeded: $0 / 257) })
  }

  @Test("A file that is aborted, dropped or refused leaves nothing behind")
  func leavesNothing() throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    let writer = try CheckpointWriter(folder["out"], header: header)
    #expect(folder.names.count == 1 && folder.names[0].hasPrefix(".out.reinit-"))
    writer.abort()
    #expect(folder.names == [])
    _ = try CheckpointWriter(folder["out"], header: header)
    #expect(folder.names == [])
    let huge = try SafeTensorsHeader(layingOut: [("a", "U8", [1 << 59])])
    #expect(
      Self.code { () throws(Diagnostic) in _ = try CheckpointWriter(folder["out"], header: huge) }
        == .diskFull)
    #expect(folder.names == [])
    #expect(Self.code { () throws(Diagnostic) in try writer.commit() } == .writerFinished)
    #expect(
      Self.code { () throws(Diagnostic) in
        try [1].withUnsafeBytes { b in Result { () throws(Diagnostic) in try writer.write(b, at: 0) } }.get()
      } == .writerFinished)
  }

  @Test("An existing file is kept unless it may be replaced, also where it appears at the last moment")
  func noOverwrite() throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    let early = try CheckpointWriter(folder["out"], header: header)
    try folder.write([1, 2, 3], "out")
    #expect(
      Self.code { () throws(Diagnostic) in _ = try CheckpointWriter(folder["out"], header: header) }
        == .outputExists)
    #expect(Self.code { () throws(Diagnostic) in try early.commit() } == .outputExists)
    #expect(folder.read("out") == [1, 2, 3] && folder.names == ["out"])
    try CheckpointWriter(folder["out"], header: header, force: true).commit()
    #expect(try SafeTensorsFile(folder["out"]).header.entries.count == 1)
    #expect(folder.names == ["out"])
  }

  @Test("Of many writers of one name, one wins and the others are told")
  func race() async throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    let codes = try await withThrowingTaskGroup(of: ErrorCode?.self) { group in
      for _ in 0..<16 {
        let writer = try CheckpointWriter(folder["out"], header: header)
        group.addTask { Checkpoint.code { () throws(Diagnostic) in try writer.commit() } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(codes.count { $0 == nil } == 1 && codes.count { $0 == .outputExists } == 15)
    #expect(folder.names == ["out"])
  }

  @Test("Places where no file can be made are refused with their codes")
  func places() throws {
    let folder = try Folder()
    let source = try SafeTensorsFile(folder.write(Checkpoint.sample(), "in"))
    mkdir(folder["folder"], 0o700)
    mkfifo(folder["pipe"], 0o600)
    link(folder["in"], folder["hard"])
    symlink("in", folder["soft"])
    let cases: [(String, ErrorCode)] = [
      (folder["none/out"], .folderMissing), (folder["in/out"], .folderMissing),
      (folder["folder"], .cannotCreate),
      (folder["folder/"], .badPath), (folder["pipe"], .cannotCreate), ("/dev/null", .cannotCreate),
      ("", .badPath),
      (folder["in"], .outputIsInput), (folder["hard"], .outputIsInput), (folder["soft"], .outputIsInput),
      ("/proc/self/none/out", .folderMissing), ("/sys/out", .folderNotWritable), (folder[".."], .badPath),
    ]
    for (path, code) in cases {
      let found = Self.code { () throws(Diagnostic) in
        _ = try CheckpointWriter(path, header: source.header, like: source, force: true)
      }
      #expect(found == code, "\(path)")
    }
    #expect(folder.read("in") == (try Checkpoint.sample()))
  }

  @Test("A new file has the source's permissions, or those of any new file; one that is replaced keeps its own")
  func permissions() throws {
    let folder = try Folder()
    let source = try SafeTensorsFile(folder.write(Checkpoint.sample(), "in"))
    for mode: mode_t in [0o600, 0o644, 0o666, 0o640] {
      chmod(folder["in"], mode)
      let source = try SafeTensorsFile(folder["in"])
      try CheckpointWriter(folder["out-\(mode)"], header: source.header, like: source).commit()
      #expect(Self.mode(folder["out-\(mode)"]) == mode)
      try folder.write([1], "old")
      chmod(folder["old"], mode)
      try CheckpointWriter(folder["old"], header: source.header, like: source, force: true).commit()
      #expect(Self.mode(folder["old"]) == mode)
    }
    try CheckpointWriter(folder["new"], header: source.header).commit()
    try folder.write([], "plain")
    #expect(Self.mode(folder["new"]) == Self.mode(folder["plain"]))
  }

  @Test("A replaced file's owner and attributes are kept", .enabled(if: geteuid() == 0, "root may give files away"))
  func owner() throws {
    let folder = try Folder()
    let path = try folder.write([1], "out")
    chown(path, 12345, 54321)
    chmod(path, 0o640)
    let mayHaveAttributes = system("setfattr -n user.note -v kept '\(path)' 2> /dev/null") == 0
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    let writer = try CheckpointWriter(path, header: header, force: true)
    #expect(writer.warnings == [])
    try writer.commit()
    var info = stat()
    #expect(stat(path, &info) == 0 && info.st_uid == 12345 && info.st_gid == 54321 && info.st_mode & 0o777 == 0o640)
    #expect(!mayHaveAttributes || system("getfattr -n user.note '\(path)' | grep -q kept") == 0)
  }

  @Test("An owner that cannot be kept is told", .enabled(if: geteuid() == 0, "root may become somebody else"))
  func lostOwner() async throws {
    let folder = try Folder()
    chmod(folder.path, 0o777)
    chmod(try folder.write([1], "out"), 0o666)
    setenv("REINIT_TEST_FILE", folder["out"], 1)
    await #expect(processExitsWith: .exitCode(0)) {
      let path = try #require(getenv("REINIT_TEST_FILE").map { String(cString: $0) })
      guard seteuid(65534) == 0 else { _exit(9) }
      let writer = try CheckpointWriter(
        path, header: SafeTensorsHeader(layingOut: [("a", "U8", [10])]), force: true)
      try writer.commit()
      _exit(writer.warnings.count == 1 && writer.warnings[0].contains("without its owner 0:0") ? 0 : 1)
    }
  }

  private static func mode(_ path: String) -> mode_t {
    var info = stat()
    return stat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
  }

  @Test("A replaced link keeps pointing at the file that is replaced")
  func links() throws {
    let folder = try Folder()
    try folder.write([1], "real")
    symlink("real", folder["link"])
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    try CheckpointWriter(folder["link"], header: header, force: true).commit()
    #expect(try SafeTensorsFile(folder["real"]).header.entries.count == 1)
    var info = stat()
    #expect(lstat(folder["link"], &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
  }

  @Test("Metadata may be replaced before the commit where it fits")
  func metadata() throws {
    let folder = try Folder()
    let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
    let writer = try CheckpointWriter(folder["out"], header: header, room: 100)
    #expect(
      Self.code { () throws(Diagnostic) in
        try writer.replaceMetadata(["k": String(repeating: "v", count: 200)])
      } == .headerDoesNotFit)
    try writer.replaceMetadata(["k": "v"])
    try writer.commit()
    let file = try SafeTensorsFile(folder["out"])
    #expect(file.header.metadata == ["k": "v"] && file.header.dataStart == writer.dataStart)
  }

  @Test("Writes outside of the data are refused")
  func bounds() throws {
    let folder = try Folder()
    let writer = try CheckpointWriter(
      folder["out"], header: SafeTensorsHeader(layingOut: [("a", "U8", [10])]))
    for offset in [-1, 9, 11, Int.max, Int.min] {
      let error = #expect(throws: Diagnostic.self) {
        try [UInt8](repeating: 0, count: 2).withUnsafeBytes { try writer.write($0, at: offset) }
      }
      #expect(error?.code == .outsideTensor)
    }
  }

  @Test("A source that became shorter is an error")
  func shrunkSource() throws {
    let folder = try Folder()
    let source = try SafeTensorsFile(folder.write(Checkpoint.sample(), "in"))
    let writer = try CheckpointWriter(folder["out"], header: source.header, like: source)
    truncate(folder["in"], off_t(source.header.dataStart + 50))
    #expect(Self.code { () throws(Diagnostic) in try writer.copy(allBut: [], from: source) } == .fileShrank)
  }

  @Test("An interrupted process leaves no unfinished file")
  func interrupted() async throws {
    await #expect(processExitsWith: .exitCode(30)) {
      let folder = try Folder()
      let header = try SafeTensorsHeader(layingOut: [("a", "U8", [10])])
      let writers = try (0..<5).map { try CheckpointWriter(folder["out\($0)"], header: header) }
      signal(SIGINT) { _ in TemporaryFiles.removeAllFromSignalHandler() }
      let before = folder.names.count
      // The test runner may have blocked the signal for its children.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      raise(SIGINT)
      let after = folder.names.count
      folder.remove()
      withExtendedLifetime(writers) { _exit(Int32(before * 6 + after)) }
    }
  }
}
