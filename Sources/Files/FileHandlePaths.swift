import Diagnostics
import Glibc

/// A path cut into its folder and its last part.
package struct FilePath {
  /// What stands before the last slash; `.` where there is none.
  package let folder: String
  /// What stands behind it.
  package let name: String

  /// - Throws: R0609 for a path without a name.
  package init(_ path: String) throws(Diagnostic) {
    try FileHandle.check(path: path)
    let slash = path.utf8.lastIndex(of: 0x2F)
    name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    if name.isEmpty || name == "." || name == ".." {
      throw Diagnostic(.badPath, "the path names a folder, not a file", at: path)
    }
  }

  /// A path in the same folder.
  package func sibling(_ name: String) -> String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

  /// The names of everything in the folder; none where it cannot be read.
  var namesInFolder: [String] { (try? FolderListing(folder))?.names ?? [] }

  /// The path with all links followed, or the path itself where it does not exist.
  package static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      if let text = String(validatingCString: real) { return text }
    }
    return followed(path)
  }

  /// The path with the links of its last part followed, which is all that tells one file from another: where a
  /// folder above may not be looked into, or has a name that is no text.
  private static func followed(_ path: String) -> String {
    var path = path
    // As many as the system follows.
    for _ in 0..<40 {
      guard let target = target(ofLink: path) else { return path }
      path = target.hasPrefix("/") ? target : (try? FilePath(path).sibling(target)) ?? target
    }
    return path
  }

  /// What a link points at; nil for what is none.
  static func target(ofLink path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlink(path, start, buffer.count)
      return count > 0 ? String(validating: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self) : nil
    }
  }

  /// The path from the root on, or the path itself where the current folder's is no text.
  package static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(validatingCString: folder).map { "\($0)/\(path)" } ?? path
  }

  /// The path as a shell takes it: in single quotes where it holds more than plain characters.
  package static func pasteable(_ path: String) -> String {
    let plain = path.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "/._-+:,@%".utf8.contains(byte)
    }
    let text = path.hasPrefix("-") ? "./\(path)" : path
    if plain { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }

  /// Forces a folder's entries to the disk.
  package func syncFolder() throws(Diagnostic) {
    let descriptor = Descriptor.open(folder, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw FileFault.syncing(folder, errno) }
    defer { close(descriptor) }
    // Some network file systems cannot sync a folder, and say so by EINVAL.
    guard retrying({ Int(fsync(descriptor)) }) == 0 || errno == EINVAL else {
      throw FileFault.syncing(folder, errno)
    }
  }
}
