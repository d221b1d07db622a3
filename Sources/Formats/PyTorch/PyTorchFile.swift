import Diagnostics
import Files
import Synchronization

/// A file that `torch.save` wrote (a zip archive: `.pt`, `.pth`, `.bin`, `.ckpt`), opened for reading; safe to use from any
/// thread.
///
/// Of its pickle only data are read: nothing is executed, and every name of Python that is not one of tensors and plain
/// values is an error (docs/pytorch.md). What is read of a file is one part of it, a dictionary that holds tensors.
public final class PyTorchFile: Sendable {
  /// A part of the file that holds tensors.
  public struct Branch: Sendable, Equatable {
    /// Its keys from the outermost dictionary on, joined by dots.
    public let name: String
    /// The tensors in it.
    public let tensorCount: Int
  }

  /// The path as given.
  public let path: String
  /// The part that is read; empty where that is the whole file.
  public let branch: String
  /// The parts that hold tensors, outermost first.
  public let branches: [Branch]
  /// The tensors of the part that is read, in the order of the file.
  public let entries: [Entry]

  package let handle: FileHandle
  private let numbers: [ByteName: Int]
  private let mapping = Mutex<MappedFile?>(nil)

  /// Opens a file, and checks its archive, its pickle and the place of each tensor.
  ///
  /// - Parameter branch: The part to read; nil takes the one that is recognized as the model.
  /// - Throws: R0601 to R0609 where it cannot be opened or read; R0430, R0431 and R0442 for what is another format; R0440,
  ///   R0441 and R0443 to R0447 for what breaks this one; R0448 where no part is named and several could be meant, R0449 for
  ///   one that is not there; R0407 and R0428 for names.
  public convenience init(_ path: String, branch: String? = nil) throws(Diagnostic) {
    try self.init(FileHandle.open(path), branch: branch)
  }

  package init(_ handle: FileHandle, branch: String? = nil) throws(Diagnostic) {
    path = handle.path
    self.handle = handle
    let archive = try PyTorchArchive(handle)
    let contents = try PickleMachine.run(archive.pickle(), place: archive.place)
    let storages = try archive.storages(of: contents)
    let tree = try PyTorchTree(contents, place: archive.place)
    let finder = PyTorchBranches(tree: tree)
    branches = finder.all
    let chosen = try finder.chosen(branch)
    self.branch = chosen.name
    entries = try tree.named(in: chosen.value).map {
      Entry(name: $0.name, contents.tensors[$0.tensor], contents, storages)
    }
    numbers = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (ByteName($1.name), $0) })
  }

  /// Whether a file is a zip archive, by its first bytes: what `torch.save` writes, or nothing that this type reads.
  package static func isLikely(_ handle: FileHandle) throws(Diagnostic) -> Bool {
    try handle.bytes(0..<min(4, handle.status.size)) == [0x50, 0x4B, 3, 4]
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> Entry? { numbers[ByteName(name)].map { entries[$0] } }

  /// The tensor of a name.
  ///
  /// - Throws: R0424, with similar names.
  public func entry(named name: String) throws(Diagnostic) -> Entry {
    if let entry = self[name] { return entry }
    throw Diagnostic(
      .unknownTensor, "there is no tensor \(SafeTensorsParser.quoted(name))", at: path,
      hints: Suggestion.hint(for: name, in: entries.lazy.map(\.name)))
  }

  /// Reads a part of a tensor, in C order and without the holes of a view: as many bytes as the buffer has.
  ///
  /// - Parameter offset: Where to begin, in bytes from the tensor's first.
  /// - Throws: R0607 where the file became shorter, R0606 and R0608 where the system fails, R0425 outside the tensor.
  public func read(
    _ entry: Entry, from offset: Int = 0, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    guard offset >= 0, offset <= entry.byteCount, buffer.count <= entry.byteCount - offset else {
      throw Diagnostic(
        .outsideTensor,
        "a range outside of tensor \(SafeTensorsParser.quoted(entry.name)) was read", at: path,
        expected: "bytes below \(entry.byteCount)", found: "\(buffer.count) bytes from \(offset) on"
      )
    }
    if entry.isContiguous { return try handle.read(into: buffer, at: entry.start + offset) }
    let file = try mapped()
    StridedBytes(entry).copy(
      from: UnsafeRawBufferPointer(rebasing: file.bytes[entry.start...]), offset, into: buffer)
    try file.validate()
  }

  /// All bytes of a tensor, in C order.
  ///
  /// - Throws: As ``read(_:from:into:)``.
  public func bytes(of entry: Entry) throws(Diagnostic) -> [UInt8] {
    var fault: Diagnostic?
    let bytes = [UInt8](unsafeUninitializedCapacity: entry.byteCount) { buffer, count in
      let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: entry.byteCount)
      do throws(Diagnostic) {
        try read(entry, into: whole)
        count = entry.byteCount
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return bytes
  }

  /// Whether a path names this very file, directly or by a link.
  public func isSame(as path: String) -> Bool {
    FileHandle.status(of: path).0?.isSame(as: handle.status) ?? false
  }

  /// The file in memory, mapped when a view first needs it: its elements stand apart.
  private func mapped() throws(Diagnostic) -> MappedFile {
    let result = mapping.withLock { mapping -> Result<MappedFile, Diagnostic> in
      if let mapping { return .success(mapping) }
      let result = Result { () throws(Diagnostic) -> MappedFile in try MappedFile(handle) }
      mapping = try? result.get()
      return result
    }
    return try result.get()
  }
}
