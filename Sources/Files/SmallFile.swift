import Diagnostics
import Glibc

/// Small text files beside a checkpoint: read whole, written under a temporary name and renamed.
public enum SmallFile {
  /// What is read at most: as much as the longest header that could hold the same text.
  public static let sizeLimit = 100_000_000

  /// The text of a file; nil if there is none.
  /// - Throws: reading's codes; ``Diagnostics/ErrorCode/notText`` if it is not UTF-8, or too large.
  public static func text(at path: String, limit sizeLimit: Int = sizeLimit) throws(Diagnostic) -> String? {
    var info = stat()
    if lstat(path, &info) != 0, [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return nil }
    let handle = try FileHandle.open(path)
    guard handle.status.size <= sizeLimit else {
      throw Diagnostic(
        .notText, "the file is too large to be text of ours", at: path, expected: "at most \(sizeLimit) bytes",
        found: "\(handle.status.size) bytes")
    }
    let bytes = try handle.bytes(0..<handle.status.size)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.notText, "the file is not UTF-8 text", at: path)
    }
    return text
  }

  /// Writes a file, replacing one that is there.
  /// - Throws: writing's codes; a file that was there is then as it was.
  public static func write(_ text: String, to path: String, sync: Bool = false) throws(Diagnostic) {
    let file = try TemporaryFile(beside: path)
    try file.handle.write(Array(text.utf8), at: 0)
    try file.publish(replacing: true, sync: sync)
  }
}
