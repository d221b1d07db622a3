import Diagnostics
import Files
import Formats
import JSONText
import Reinitialization

/// What a run writes: a new file, or a new folder with a file for each shard.
///
/// The first of several processes makes the files and gives them their names; all write into them.
struct CheckpointOutput {
  private let source: CheckpointFiles
  private let layout: OutputLayout
  private let parts: [DataFile?]
  /// What the process that made the files has to finish them; nil in others.
  private let finish: OutputFinish?
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
    let team = options.team
    (self.source, self.options) = (source, options)
    finish = try team.together { () throws(Diagnostic) in
      guard team.isFirst else { return nil }
      return try OutputFinish(path, of: source, filling: ranges, receipt: receipt, options)
    }
    let text = try team.share(Array((finish?.layout.json.compact ?? "").utf8))
    guard let finish else {
      let layout = try team.together { () throws(Diagnostic) in try OutputLayout(json: JSONValue(parsing: text)) }
      self.layout = layout
      parts = try team.together { () throws(Diagnostic) in try layout.opened() }
      return
    }
    (layout, parts) = (finish.layout, finish.parts)
    // The others read the layout, and open the files.
    for _ in 0..<2 { try team.together { () throws(Diagnostic) in } }
  }

  /// Copies this process's share of all that will not be filled.
  func copyRest(_ ranges: [Range<Int>]) throws(Diagnostic) {
    var pieces: [(shard: Int, piece: ShardFile.Piece)] = []
    var whole: [Int] = []
    for (number, shard) in source.shards.enumerated() {
      guard parts[layout.part(ofShard: number)] != nil else {
        whole.append(number)
        continue
      }
      let start = source.starts[number]
      let own = ranges.filter { $0.lowerBound >= start && $0.upperBound <= start + shard.header.dataSize }
        .map { $0.lowerBound - start..<$0.upperBound - start }
      pieces += shard.pieces(allBut: own).map { (number, $0) }
    }
    let copy = FolderCopy(links: options.link, syncs: options.sync)
    for number in options.team.share(of: whole) {
      try copy.copyFile(source.place.files[number], to: layout.parts[number].path)
    }
    for (number, piece) in options.team.share(of: pieces) {
      let part = layout.part(ofShard: number)
      guard let data = parts[part] else { continue }
      try source.shards[number].copy(piece, to: data, at: source.starts[number] - layout.starts[part])
    }
  }

  /// Reads bytes that were written or copied, counted in the same way; from any thread.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    let part = layout.starts.shard(at: offset)
    try parts[part]?.read(into: buffer, at: offset - layout.starts[part])
  }

  /// Writes bytes of the data, counted from the beginning of that of all files; from any thread.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    let part = layout.starts.shard(at: offset)
    try parts[part]?.write(bytes, at: offset - layout.starts[part])
  }

  /// Gives everything its name, when all have written their share.
  func commit(_ receipt: Receipt) throws(Diagnostic) {
    if options.sync, finish == nil { for part in parts { try part?.handle.sync() } }
    try options.team.together { () throws(Diagnostic) in }
    try options.team.together { () throws(Diagnostic) in try finish?.commit(receipt) }
  }
}
