import Diagnostics
import Files
import Glibc

extension Journal {
  /// The files are not those that the interrupted run changed.
  func foreign(to handles: [FileHandle]) -> Diagnostic {
    let sizes = contents.files.map { "\($0.size)" }.joined(separator: ", ")
    return Diagnostic(
      .journalForeign, "the journal belongs to another file", at: side.journal,
      expected: "a file of \(sizes) bytes, with the header and the data that the journal speaks of",
      found: handles.map { "\($0.path), \($0.status.size) bytes" }.joined(separator: "; "),
      hints: [
        "if the file was replaced on purpose, remove the journal: reinit recover --abandon "
          + FilePath.pasteable(name)
      ])
  }

  /// Notes the header that is about to be written, so that a half-written one is recognized.
  func note(newHeader: [UInt8], mode: mode_t, sync: Bool) throws(Diagnostic) {
    var contents = contents
    contents.files[0].newHeader = newHeader
    try write(contents, mode: mode, sync: sync)
  }

  /// Puts old headers back where the interrupted run had begun to write new ones.
  func restoreHeaders(of handles: [FileHandle]) throws(Diagnostic) {
    for (file, handle) in zip(contents.files, handles)
    where try handle.bytes(0..<file.header.count) != file.header { try handle.write(file.header, at: 0) }
  }

  /// The samples of what the run writes that are not as they were, counted from the beginning of the data of all files:
  /// they have to be what it writes.
  func written(in checkpoint: InPlaceCheckpoint) throws(Diagnostic) -> [ContentSamples.Sample] {
    var written: [ContentSamples.Sample] = []
    for (number, file) in contents.files.enumerated() {
      let start = checkpoint.starts[number]
      for sample in try file.changed(file.samples.changing, in: checkpoint.files[number].handle) {
        let range = start + sample.range.lowerBound..<start + sample.range.upperBound
        written.append(ContentSamples.Sample(range: range, hash: sample.hash))
      }
    }
    return written
  }

  /// Whether files are those of the journal.
  func belongs(to handles: [FileHandle], areShards: Bool) throws(Diagnostic) -> Bool {
    guard handles.count == contents.files.count else { return false }
    for (file, handle) in zip(contents.files, handles) {
      // A single file may have been moved, its journal with it.
      if areShards, !ByteName.areSame(file.name, try FilePath(handle.path).name) { return false }
      guard try file.belongs(to: handle) else { return false }
    }
    return true
  }
}

extension JournalContents.File {
  /// Whether a file has the journal's size, header and the data that the run leaves alone; the header may be half
  /// old and half new.
  func belongs(to handle: FileHandle) throws(Diagnostic) -> Bool {
    guard handle.status.size == size, header.count <= size else { return false }
    let (old, new) = (header, newHeader ?? header)
    let now = try handle.bytes(0..<old.count)
    guard new.count == old.count, now.indices.allSatisfy({ now[$0] == old[$0] || now[$0] == new[$0] }) else {
      return false
    }
    return try changed(samples.kept, in: handle).isEmpty
  }

  /// The samples that are not as they were.
  func changed(
    _ samples: [ContentSamples.Sample], in handle: FileHandle
  ) throws(Diagnostic) -> [ContentSamples.Sample] {
    var changed: [ContentSamples.Sample] = []
    for sample in samples where try !sample.isUnchanged(in: handle, dataStart: header.count) { changed.append(sample) }
    return changed
  }
}
