import Checkpoints
import Diagnostics
import Files
import Formats
import Glibc
import Testing

/// Opening what is not a file, and files that change under a reader.
@Suite("Opening and mapping") struct OpeningTests {
  static let kinds: [(String, ErrorCode)] = [
    ("missing", .noSuchFile), ("file/within", .noSuchFile), ("folder", .isFolder), ("pipe", .notRegularFile),
    ("/dev/null", .notRegularFile), ("/dev/zero", .notRegularFile), ("socket", .notRegularFile),
    ("loop", .cannotOpen),
    ("dangling", .noSuchFile), ("", .badPath), ("a\0b", .badPath),
    (String(repeating: "x", count: 300), .cannotOpen),
  ]

  @Test(
    "What is not a readable file is refused at once, each kind with its code", .timeLimit(.minutes(20)),
    arguments: kinds)
  func refuses(name: String, code: ErrorCode) throws {
    let folder = try Folder()
    try folder.write([1], "file")
    mkdir(folder["folder"], 0o700)
    mkfifo(folder["pipe"], 0o600)
    mknod(folder["socket"], S_IFSOCK | 0o600, 0)
    symlink(folder["loop"], folder["loop"])
    symlink(folder["nowhere"], folder["dangling"])
    let path = name.isEmpty || name.hasPrefix("/") ? name : folder[name]
    #expect(Checkpoint.fault(path)?.code == code)
    #expect(Checkpoint.code { () throws(Diagnostic) in _ = try MappedFile(FileHandle.open(path)) } == code)
    #expect(
      Checkpoint.code { () throws(Diagnostic) in _ = try InPlaceCheckpoint(path) }
        == (code == .isFolder ? .noCheckpoint : code))
  }

  @Test(
    "A file without permission is refused with its code",
    .enabled(if: geteuid() != 0, "root may read everything"))
  func permission() throws {
    let folder = try Folder()
    let path = try folder.write(Checkpoint.sample(), "f")
    chmod(path, 0)
    #expect(Checkpoint.fault(path)?.code == .notPermitted)
  }

  @Test("Parts of a tensor are read, and nothing outside of it")
  func reads() throws {
    let folder = try Folder()
    let bytes = try Checkpoint.sample()
    let file = try SafeTensorsFile(folder.write(bytes, "f"))
    let entry = try file.header.entry(named: "b")
    let start = file.header.dataStart + entry.range.lowerBound
    #expect(try file.bytes(of: entry) == Array(bytes[start..<start + 100]))
    var part = [UInt8](repeating: 0, count: 10)
    try part.withUnsafeMutableBytes { try file.read(entry, from: 90, into: $0) }
    #expect(part == Array(bytes[start + 90..<start + 100]))
    for offset in [91, -1, 101, Int.max, Int.min] {
      let error = #expect(throws: Diagnostic.self) {
        try part.withUnsafeMutableBytes { try file.read(entry, from: offset, into: $0) }
      }
      #expect(error?.code == .outsideTensor)
    }
  }

  @Test("A file that becomes shorter while it is read is an error")
  func shrinksUnderReader() throws {
    let folder = try Folder()
    let file = try SafeTensorsFile(folder.write(Checkpoint.sample(), "f"))
    truncate(folder["f"], off_t(file.header.dataStart + 130))
    #expect(
      Checkpoint.code { () throws(Diagnostic) in _ = try file.bytes(of: file.header.entry(named: "b")) }
        == .fileShrank)
    #expect(try file.bytes(of: file.header.entry(named: "a")).count == 128)
  }

  @Test("A mapping has the file's bytes, and an empty file an empty one")
  func maps() throws {
    let folder = try Folder()
    let bytes = try Checkpoint.sample()
    let map = try MappedFile(FileHandle.open(folder.write(bytes, "f")))
    #expect(Array(map.bytes) == bytes)
    try map.validate()
    let empty = try MappedFile(FileHandle.open(folder.write([], "g")))
    #expect(empty.bytes.isEmpty)
    try empty.validate()
  }

  static let cuts: [(Int, Int)] = [
    (0, 0), (1, 0), (4096, 4096), (4097, 9000), (8191, 8192), (400_000, 999_999),
  ]

  @Test("A page that is gone reads zeros and is reported, not signaled", arguments: cuts)
  func truncatedMapping(size: Int, touched: Int) throws {
    let folder = try Folder()
    let path = try folder.write([UInt8](repeating: 7, count: 1_000_000), "f")
    let map = try MappedFile(FileHandle.open(path))
    let other = try MappedFile(FileHandle.open(folder.write([UInt8](repeating: 8, count: 1_000_000), "g")))
    #expect(map.bytes[touched] == 7)
    truncate(path, off_t(size))
    if touched >= (size + 4095) & ~4095 { #expect(map.bytes[touched] == 0) }
    #expect(map.bytes.reduce(0) { $0 + Int($1) } == 7 * size)
    #expect(Checkpoint.code { () throws(Diagnostic) in try map.validate() } == .fileShrank)
    #expect(other.bytes.allSatisfy { $0 == 8 })
    try other.validate()
  }

  @Test("A file that was cut and has grown again is reported where the cut was seen")
  func cutAndGrown() throws {
    let folder = try Folder()
    let path = try folder.write([UInt8](repeating: 7, count: 100_000), "f")
    let map = try MappedFile(FileHandle.open(path))
    truncate(path, 0)
    #expect(map.bytes[50_000] == 0)
    truncate(path, 100_000)
    #expect(Checkpoint.code { () throws(Diagnostic) in try map.validate() } == .fileShrank)
    try MappedFile(FileHandle.open(path)).validate()
  }

  @Test("Eight threads touch a cut mapping at once")
  func manyThreads() async throws {
    let folder = try Folder()
    let path = try folder.write([UInt8](repeating: 7, count: 4_000_000), "f")
    let map = try MappedFile(FileHandle.open(path))
    truncate(path, 5000)
    let sums = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { map.bytes.reduce(0) { $0 + Int($1) } } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 7 * 5000, count: 8))
    #expect(Checkpoint.code { () throws(Diagnostic) in try map.validate() } == .fileShrank)
  }

  @Test("A bus error elsewhere still ends the process")
  func foreignFault() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      let folder = try Folder()
      let path = try folder.write([UInt8](repeating: 7, count: 10_000), "f")
      _ = try MappedFile(FileHandle.open(path))
      let descriptor = open(path, O_RDWR)
      let foreign = mmap(nil, 10_000, PROT_READ, MAP_SHARED, descriptor, 0)
      folder.remove()
      ftruncate(descriptor, 0)
      print(foreign?.load(as: UInt8.self) ?? 0)
    }
  }

  @Test("A signal that was sent still ends the process")
  func sentSignal() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      let folder = try Folder()
      _ = try MappedFile(FileHandle.open(folder.write([1, 2, 3], "f")))
      folder.remove()
      kill(getpid(), SIGBUS)
    }
  }

  @Test("More files than can be guarded are an error, and closed ones make room again")
  func tooMany() async {
    // In a process of its own: other tests need mappings too.
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      let path = try folder.write([1], "f")
      let file = Checkpoint.code { () throws(Diagnostic) in
        var maps: [MappedFile] = []
        for _ in 0..<1100 { maps.append(try MappedFile(FileHandle.open(path))) }
      }
      #expect(file == .cannotMap || file == .cannotOpen)
      try MappedFile(FileHandle.open(path)).validate()
      folder.remove()
    }
  }
}
