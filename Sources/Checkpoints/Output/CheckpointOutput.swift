import Diagnostics
import Files
import Formats
import Reinitialization

/// What a run writes: a new file, or a new folder with a file for each shard.
struct CheckpointOutput {
  /// A file that is being written, and where its data begin in the data of all.
  private struct Part {
    let writer: CheckpointWriter
    let start: Int
  }

  private let source: CheckpointFiles
  private let parts: [Part?]
  private let starts: [Int]
  private let folder: NewFolder?
  private let target: ReceiptTarget
  private let options: ApplyOptions

  /// Lays out what will be written, so that a full disk and all that can be known to fail is found out now.
  ///
  /// - Parameters:
  ///   - path: a new file where it ends in `.safetensors` or the source is a file; else a new folder.
  ///   - ranges: what will be filled, counted from the beginning of the data of all files, in order.
  ///   - receipt: as long as the final one is.
  /// - Throws: R0427 for elements that safetensors do not have; R0609 to R0616, R0620, R0456; nothing is left behind.
  init(
    _ path: String, of source: CheckpointFiles, filling ranges: [Range<Int>], receipt: Receipt, _ options: ApplyOptions
  ) throws(Diagnostic) {
    self.source = source
    self.options = options
    try source.requireStorable()
    guard source.place.isFolderTo(path) else {
      (folder, starts) = (nil, [0])
      target = try ReceiptTarget(receipt, for: source.header, at: path, limit: options.headerLimit)
      let writer = try CheckpointWriter(
        path, header: target.header, room: Checkpoint.room, beside: source.shards[0].handle, force: options.force)
      writer.warnings.forEach(options.warning)
      parts = [Part(writer: writer, start: 0)]
      return
    }
    let folder = try NewFolder(path, of: source, options)
    self.folder = folder
    starts = source.starts
    let isSharded = source.place.isSharded
    target =
      isSharded
      ? ReceiptTarget(beside: folder.receipt, source.header)
      : try ReceiptTarget(receipt, for: source.header, at: folder.path(ofShard: 0), limit: options.headerLimit)
    var parts: [Part?] = []
    for (number, shard) in source.shards.enumerated() {
      let own = starts[number]..<starts[number] + shard.header.dataSize
      let isTouched = ranges.contains { !$0.isEmpty && own.contains($0.lowerBound) }
      if isSharded, !isTouched, shard.isCopiedAsItIs {
        try folder.copyShard(number)
        parts.append(nil)
        continue
      }
      var header = isSharded ? shard.header : target.header
      if isSharded { header.metadata = CheckpointReceipt.metadataWithout(header) }
      let writer = try CheckpointWriter(
        folder.path(ofShard: number), header: header, room: isSharded ? 0 : Checkpoint.room, beside: shard.handle)
      parts.append(Part(writer: writer, start: starts[number]))
    }
    self.parts = parts
  }

  /// Copies all that will not be filled.
  func copyRest(_ ranges: [Range<Int>]) throws(Diagnostic) {
    for (number, shard) in source.shards.enumerated() {
      guard let part = parts.count == 1 ? parts[0] : parts[number] else { continue }
      let start = source.starts[number]
      let own = ranges.filter { $0.lowerBound >= start && $0.upperBound <= start + shard.header.dataSize }
        .map { $0.lowerBound - start..<$0.upperBound - start }
      try shard.copy(allBut: own, to: part.writer, at: start - part.start)
    }
  }

  /// Writes bytes of the data, counted from the beginning of that of all files; from any thread.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    guard let part = parts[starts.shard(at: offset)] else { return }
    try part.writer.write(bytes, at: offset - part.start)
  }

  /// Gives everything its name.
  func commit(_ receipt: Receipt) throws(Diagnostic) {
    guard let folder else {
      if let part = parts[0] { try target.commit(receipt, with: part.writer, sync: options.sync) }
      return
    }
    let writers = parts.compactMap { $0?.writer }
    if source.place.isSharded {
      for writer in writers { try writer.commit(sync: options.sync) }
      try target.write(receipt, sync: options.sync)
    } else if let writer = writers.first {
      try target.commit(receipt, with: writer, sync: options.sync)
    }
    try folder.commit()
  }
}

extension CheckpointFiles {
  /// Refuses what a PyTorch file can have and a safetensors file cannot.
  fileprivate func requireStorable() throws(Diagnostic) {
    for case .pytorch(let file, _) in shards {
      for entry in file.entries where SafeTensorsDType.bits(entry.dtype) == nil {
        throw Diagnostic(
          .unknownSize, "safetensors files have no elements of this type", at: entry.name, found: entry.dtype)
      }
    }
  }
}

extension ShardFile {
  /// Whether a copy of the file is what is wanted of it: it is a safetensors file without an older receipt of its own.
  fileprivate var isCopiedAsItIs: Bool {
    guard case .safetensors(let file) = self else { return false }
    return file.header.metadata[CheckpointReceipt.key] == nil
  }
}
