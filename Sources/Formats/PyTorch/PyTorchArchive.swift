import Diagnostics
import Files

/// The members of an archive of `torch.save`: `NAME/data.pkl`, `NAME/data/KEY` for each storage, and remarks.
struct PyTorchArchive {
  private let handle: FileHandle
  private let archive: ZipArchive
  private let main: ZipArchive.Member
  /// The folder of everything, its slash included.
  private let folder: String

  /// The file and the pickle's member, for errors.
  var place: String { "\(handle.path), \(main.name)" }

  /// Finds the pickle.
  ///
  /// - Throws: R0430, R0431, R0442 for what is no zip archive, R0440 for a broken one, R0441 for one of something else, R0447
  ///   where the bytes of numbers stand in the other order.
  init(_ handle: FileHandle) throws(Diagnostic) {
    self.handle = handle
    guard try PyTorchFile.isLikely(handle) else { throw try Self.foreign(handle) }
    archive = try ZipArchive(handle)
    let roots = archive.members.filter { member in
      member.name.hasSuffix("/data.pkl") && member.name.utf8.count { $0 == 0x2F } == 1
    }
    guard roots.count == 1 else { throw try Self.notTorch(handle, archive, roots.count) }
    main = roots[0]
    folder = String(main.name.dropLast("data.pkl".count))
    // A program has constants and code beside the pickle.
    if archive["\(folder)constants.pkl"] != nil || archive["\(folder)archive_format"] != nil {
      throw Diagnostic(
        .notTorchArchive, "this is a program (TorchScript), not tensors alone", at: handle.path,
        hints: ["save the tensors: torch.save(torch.jit.load('in.pt').state_dict(), 'out.pt')"])
    }
    try requireLittleEndian()
  }

  private static func foreign(_ handle: FileHandle) throws(Diagnostic) -> Diagnostic {
    if let fault = try ForeignFormat.fault(handle, reading: .torchArchive) { return fault }
    return Diagnostic(
      .notTorchArchive, "this is no file of torch.save", at: handle.path, expected: "a zip archive",
      found: handle.status.size == 0 ? "an empty file" : "no format that is known")
  }

  private static func notTorch(
    _ handle: FileHandle, _ archive: ZipArchive, _ count: Int
  ) throws(Diagnostic) -> Diagnostic {
    let names = archive.members.prefix(3).map { "'\($0.name.prefix(60))'" }.joined(separator: ", ")
    let found = names.isEmpty ? "an empty archive" : "\(archive.members.count) members: \(names)"
    if let fault = try ForeignFormat.fault(handle, reading: .torchArchive) { return fault }
    return Diagnostic(
      .notTorchArchive, "the zip archive is not one of torch.save", at: handle.path,
      expected: "one data.pkl in a folder", found: count > 1 ? "\(count) of them" : found)
  }

  private func requireLittleEndian() throws(Diagnostic) {
    guard let member = archive["\(folder)byteorder"] else { return }
    try archive.requireStored(member)
    let order = try handle.bytes(member.range.prefix(16))
    guard order.elementsEqual("little".utf8) else {
      throw Diagnostic(
        .tensorMalformed, "the numbers of the file are not little-endian",
        at: "\(handle.path), \(member.name)",
        expected: "little", found: String(decoding: order, as: UTF8.self))
    }
  }

  /// The bytes of the pickle.
  func pickle() throws(Diagnostic) -> [UInt8] {
    try archive.requireStored(main)
    guard main.range.count <= PickleMachine.sizeLimit else {
      throw Diagnostic(
        .pickleLimit, "the pickle is too long", at: place,
        expected: "at most \(PickleMachine.sizeLimit) bytes",
        found: "\(main.range.count) bytes")
    }
    return try handle.bytes(main.range)
  }

  /// Where each storage of a pickle stands in the file; a member has the size that the pickle says.
  func storages(of contents: PickleContents) throws(Diagnostic) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(contents.storages.count)
    for storage in contents.storages {
      guard let member = archive["\(folder)data/\(storage.key)"] else {
        throw Diagnostic(
          .storageMismatch, "storage '\(storage.key.prefix(100))' is missing", at: place,
          expected: "a member \(folder)data/\(storage.key.prefix(100))")
      }
      try archive.requireStored(member)
      guard member.range.count == storage.size else {
        throw Diagnostic(
          .storageMismatch,
          "storage '\(storage.key.prefix(100))' has another size than the pickle says",
          at: "\(handle.path), \(member.name)", expected: "\(storage.size) bytes",
          found: "\(member.range.count) bytes")
      }
      ranges.append(member.range)
    }
    return ranges
  }
}

extension Range<Int> {
  /// The same beginning, and at most that many.
  fileprivate func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<Swift.min(upperBound, lowerBound + count)
  }
}
