import CGuard
import Diagnostics
import Glibc

/// Copies what is in a folder to another.
package struct FolderCopy {
  /// Whether files get a second name in the new folder where they can, and are not copied.
  private let links: Bool
  /// Whether to wait until what is copied is on the disk.
  private let syncs: Bool

  /// A way of copying.
  package init(links: Bool, syncs: Bool) { (self.links, self.syncs) = (links, syncs) }

  /// Copies all but some names, folders with all that is in them.
  ///
  /// Links to files are followed, as in a cache whose files lie elsewhere; a link that leads nowhere, and one to a folder,
  /// is copied as the link that it is.
  /// - Throws: reading's and writing's codes.
  package func copy(from source: String, to target: String, allBut left: Set<String>) throws(Diagnostic) {
    for name in try FolderListing(source).names where !left.contains(name) {
      try copy("\(source)/\(name)", to: "\(target)/\(name)")
    }
  }

  /// Copies a file, or links to it.
  package func copyFile(_ source: String, to target: String) throws(Diagnostic) {
    if links, link(FilePath.resolved(source), target) == 0 { return }
    let file = try FileHandle.open(source)
    let descriptor = Descriptor.open(target, O_RDWR | O_CREAT | O_EXCL, mode: file.status.permissions)
    guard descriptor >= 0 else { throw FileFault.creating(target, errno) }
    let copied = try TemporaryFile.adopt(descriptor, at: target, for: target)
    _ = fchmod(descriptor, file.status.permissions)
    var copy = FileCopy(source: file, target: copied, from: 0, to: 0, count: file.status.size)
    try copy.run()
    if syncs { try copied.sync() }
  }

  private func copy(_ source: String, to target: String) throws(Diagnostic) {
    var info = stat()
    guard lstat(source, &info) == 0 else { throw FileFault.opening(source, errno) }
    let isLink = info.st_mode & S_IFMT == S_IFLNK
    let status = FileHandle.status(of: source).0
    if status?.isRegular ?? false { return try copyFile(source, to: target) }
    if isLink { return try copyLink(source, to: target) }
    guard status?.isFolder ?? false else {
      throw Diagnostic(
        .notRegularFile, "the folder holds what is no file", at: source, expected: "files and folders",
        found: "a pipe, socket or device")
    }
    guard mkdir(target, 0o777) == 0 else { throw FileFault.creating(target, errno) }
    try copy(from: source, to: target, allBut: [])
  }

  private func copyLink(_ source: String, to target: String) throws(Diagnostic) {
    guard let text = FilePath.target(ofLink: source), symlink(text, target) == 0 else {
      throw FileFault.creating(target, errno)
    }
  }
}
