import Diagnostics
import Glibc

/// A new folder for one process, gone with this object and whatever is in it by then.
final class EmptyFolder {
  let path: String

  /// - Throws: ``Diagnostics/ErrorCode/harnessFailed``.
  init() throws(Diagnostic) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/reinit-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Diagnostic(
        .harnessFailed, "no folder could be made for a test", at: parent, found: String(cString: strerror(errno)),
        hints: ["TMPDIR=DIR names another place"])
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What is in it.
  var names: [String] { Folders.names(in: path).sorted() }

  deinit { EmptyFolder.remove(path) }

  /// Links are removed, not followed.
  private static func remove(_ path: String) {
    for name in Folders.names(in: path) {
      let inner = "\(path)/\(name)"
      if unlink(inner) != 0 { remove(inner) }
    }
    rmdir(path)
  }
}
