import Diagnostics
import Files
import Formats
import Reinitialization

/// The files of an output, in the process that made them and gives them their names.
struct OutputFinish {
  let layout: OutputLayout
  private let source: CheckpointFiles
  private let writers: [CheckpointWriter?]
  private let folder: NewFolder?
  private let target: ReceiptTarget
  private let options: ApplyOptions

  /// The data of each file; nil for a copy of a shard.
  var parts: [DataFile?] { writers.map { $0?.data } }

  init(
    _ path: String, of source: CheckpointFiles, filling ranges: [Range<Int>], receipt: Receipt, _ options: ApplyOptions
  ) throws(Diagnostic) {
    (self.source, self.options) = (source, options)
    try source.requireStorable()
    folder = try source.place.isFolderTo(path) ? NewFolder(path, of: source, options) : nil
    let isSharded = folder != nil && source.place.isSharded
    let first = folder?.path(ofShard: 0) ?? path
    target =
      if isSharded, let folder { ReceiptTarget(beside: folder.receipt, source.header) } else {
        try ReceiptTarget(receipt, for: source.header, at: first, limit: options.headerLimit)
      }
    if isSharded, let folder {
      writers = try source.shards.enumerated().map { (number, shard) throws(Diagnostic) in
        try OutputFinish.writer(of: shard, at: source.starts[number], to: folder.path(ofShard: number), ranges)
      }
    } else {
      writers = [
        try CheckpointWriter(
          first, header: target.header, room: Checkpoint.room, beside: source.shards[0].handle,
          force: folder == nil && options.force)
      ]
    }
    for writer in writers { writer?.warnings.forEach(options.warning) }
    let paths = isSharded ? source.shards.indices.map { [folder] in folder?.path(ofShard: $0) ?? path } : [first]
    layout = OutputLayout(
      parts: zip(writers, paths).map { writer, path in
        OutputLayout.Part(
          path: FilePath.absolute(path), unfinished: writer.map { FilePath.absolute($0.unfinishedPath) },
          dataStart: writer?.dataStart ?? 0, dataSize: writer?.header.dataSize ?? 0)
      }, starts: isSharded ? source.starts : [0])
  }

  /// What writes a shard; nil where a copy of it is what is wanted: nothing is filled in it, and it is a safetensors file
  /// without an older receipt of its own.
  private static func writer(
    of shard: ShardFile, at start: Int, to path: String, _ ranges: [Range<Int>]
  ) throws(Diagnostic) -> CheckpointWriter? {
    var header = shard.header
    let own = start..<start + header.dataSize
    if case .safetensors = shard, header.metadata[CheckpointReceipt.key] == nil,
      !ranges.contains(where: { !$0.isEmpty && own.contains($0.lowerBound) })
    {
      return nil
    }
    header.metadata = CheckpointReceipt.metadataWithout(header)
    return try CheckpointWriter(path, header: header, room: 0, beside: shard.handle)
  }

  /// Gives everything its name.
  func commit(_ receipt: Receipt) throws(Diagnostic) {
    let writers = writers.compactMap { $0 }
    if let folder, source.place.isSharded {
      for writer in writers { try writer.commit(sync: options.sync) }
      try target.write(receipt, sync: options.sync)
      return try folder.commit()
    }
    for writer in writers { try target.commit(receipt, with: writer, sync: options.sync) }
    try folder?.commit()
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
