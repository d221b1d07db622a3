import Diagnostics
import Glibc

/// The names of everything in a folder.
package struct FolderListing {
  /// Sorted by their bytes; those that are no text are left out.
  package let names: [String]

  /// - Throws: R0601, R0602 and R0605 where the folder cannot be read.
  package init(_ path: String) throws(Diagnostic) {
    try FileHandle.check(path: path)
    let descriptor = Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw FileFault.opening(path, errno) }
    guard let stream = fdopendir(descriptor) else {
      let reason = errno
      close(descriptor)
      throw FileFault.opening(path, reason)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
      }
      if let name, name != ".", name != ".." { names.append(name) }
    }
    self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
