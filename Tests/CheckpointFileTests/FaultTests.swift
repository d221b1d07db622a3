import Diagnostics
import Files
import Glibc
import Testing

@testable import Checkpoints

/// Which code and exit status a reason of the system's gets.
@Suite("System errors") struct FaultTests {
  typealias Case = (
    make: @Sendable (String, Int32) -> Diagnostic, reason: Int32, code: ErrorCode, exit: Diagnostics.ExitStatus
  )

  static let cases: [Case] = [
    (FileFault.opening, ENOENT, .noSuchFile, .noInput), (FileFault.opening, EACCES, .notPermitted, .noInput),
    (FileFault.opening, EROFS, .readOnlyFileSystem, .cannotCreate),
    (FileFault.opening, EMFILE, .cannotOpen, .io),
    (FileFault.reading, EIO, .readFailed, .io),
    (FileFault.creating, EACCES, .folderNotWritable, .cannotCreate),
    (FileFault.creating, EROFS, .readOnlyFileSystem, .cannotCreate),
    (FileFault.creating, ENOENT, .folderMissing, .cannotCreate), (FileFault.creating, ENOSPC, .diskFull, .io),
    (FileFault.creating, ENAMETOOLONG, .cannotCreate, .cannotCreate),
    (FileFault.creating, EEXIST, .outputExists, .cannotCreate), (FileFault.writing, ENOSPC, .diskFull, .io),
    (FileFault.writing, EDQUOT, .diskFull, .io), (FileFault.writing, EIO, .writeFailed, .io),
    (FileFault.publishing, EEXIST, .outputExists, .cannotCreate),
    (FileFault.publishing, EISDIR, .cannotPublish, .io),
    (FileFault.syncing, EIO, .syncFailed, .io),
  ]

  @Test(
    "Each reason has its code, its exit status, the path and the system's words", arguments: cases.indices)
  func mapping(index: Int) {
    let given = Self.cases[index]
    let error = given.make("dir/f", given.reason)
    #expect(error.code == given.code && error.code.exit == given.exit && error.place == "dir/f")
    #expect(error.found?.hasSuffix("(errno \(given.reason))") == true)
  }

  @Test("A full device is found out by writing")
  func fullDevice() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    let status = try #require(FileHandle.status(of: descriptor))
    let handle = FileHandle(path: "out", descriptor: descriptor, status: status)
    let error = #expect(throws: Diagnostic.self) { try handle.write([1, 2, 3], at: 0) }
    #expect(error?.code == .diskFull)
  }

  static let paths: [(String, String)] = [
    ("a/b-c_1.safetensors", "a/b-c_1.safetensors"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("-x", "./-x"),
    ("$(rm)", "'$(rm)'"), ("é", "'é'"), ("~x", "'~x'"), ("a*", "'a*'"),
  ]

  @Test("A path in a hint is the path that a shell reads", arguments: paths)
  func pasteable(path: String, expected: String) throws {
    #expect(FilePath.pasteable(path) == expected)
    let folder = try Folder()
    _ = system("printf %s \(FilePath.pasteable(path)) > \(folder["out"])")
    let read = folder.read("out").map { String(decoding: $0, as: UTF8.self) }
    #expect(read == path || read == "./\(path)")
  }
}
