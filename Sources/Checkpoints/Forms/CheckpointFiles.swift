import Diagnostics
import Files
import Formats

/// A checkpoint open for reading, whatever it is stored in: a safetensors file, a PyTorch file, or shards of either; safe
/// to use from any thread.
///
/// Its tensors have one namespace and one header, as if the data of all files stood one behind the other.
public final class CheckpointFiles: Sendable {
  /// The path as given.
  public var path: String { place.path }
  /// The names, types and shapes of all tensors; ranges are counted from the beginning of the data of all files.
  public let header: SafeTensorsHeader

  let place: CheckpointPlace
  let shards: [ShardFile]
  /// Where each shard's data begin.
  let starts: [Int]

  /// Opens a file, a folder, or the index of shards.
  ///
  /// As long as it is open, no run changes it in place.
  /// - Parameter stateDict: which dictionary of a PyTorch file is meant; nil for the one that is recognized as the model.
  /// - Throws: R0450 to R0454 for a folder or an index that does not tell; all that can be wrong with a file; R0407 where
  ///   two shards have a tensor of one name; R0620 and R0630 to R0634 as for a file.
  public convenience init(_ path: String, stateDict: String? = nil) throws(Diagnostic) {
    try self.init(CheckpointPlace(path), stateDict: stateDict)
  }

  init(_ place: CheckpointPlace, _ shards: [ShardFile], _ header: SafeTensorsHeader, _ starts: [Int]) {
    (self.place, self.shards, self.header, self.starts) = (place, shards, header, starts)
  }

  init(_ place: CheckpointPlace, stateDict: String? = nil) throws(Diagnostic) {
    self.place = place
    shards = try place.files.map { (path) throws(Diagnostic) in
      do throws(Diagnostic) { return try ShardFile(path, branch: stateDict) } catch {
        guard error.code == .noSuchFile, let index = place.index else { throw error }
        throw Diagnostic(
          .shardMissing, "a shard is missing", at: path, expected: "the file, which '\(index.path)' names",
          found: error.found, hints: ["fetch the shard again, or the whole checkpoint"])
      }
    }
    (header, starts) = try CheckpointFiles.joined(shards.map(\.header), place)
  }

  /// An open safetensors file alone.
  init(_ file: SafeTensorsFile) {
    place = CheckpointPlace(file: file.path)
    (shards, header, starts) = ([.safetensors(file)], file.header, [0])
  }

  /// One header over those of all files, and where the data of each begin.
  static func joined(
    _ headers: [SafeTensorsHeader], _ place: CheckpointPlace
  ) throws(Diagnostic) -> (SafeTensorsHeader, starts: [Int]) {
    try place.index?.check(headers)
    var starts: [Int] = []
    var end = 0
    for header in headers {
      starts.append(end)
      end += header.dataSize
    }
    guard headers.count > 1 else { return (headers[0], starts) }
    do throws(Diagnostic) { return (try SafeTensorsHeader(joining: headers), starts) } catch {
      throw error.at(place.path)
    }
  }

  /// The number of the shard that a place in the data lies in.
  func shard(at offset: Int) -> Int { starts.shard(at: offset) }

  /// Reads a part of a tensor: as many bytes as the buffer has.
  ///
  /// - Parameter offset: Where to begin, in bytes from the tensor's first.
  /// - Throws: R0607 where a file became shorter, R0606 where the system fails, R0425 outside the tensor.
  public func read(
    _ entry: SafeTensorsHeader.Entry, from offset: Int = 0, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    guard offset >= 0, offset <= entry.byteCount, buffer.count <= entry.byteCount - offset else {
      throw Diagnostic(
        .outsideTensor, "a range outside of a tensor was read", at: entry.name,
        expected: "bytes below \(entry.byteCount)", found: "\(buffer.count) bytes from \(offset) on")
    }
    guard !buffer.isEmpty else { return }
    let number = shard(at: entry.range.lowerBound)
    try shards[number].read(entry.name, at: entry.range.lowerBound - starts[number], from: offset, into: buffer)
  }

  /// Whether a path names this checkpoint, or a file of it, directly or by a link.
  public func isSame(as path: String) -> Bool {
    if shards.contains(where: { $0.isSame(as: path) }) { return true }
    guard let folder = place.folder, let other = FileHandle.status(of: path).0, other.isFolder else { return false }
    return FileHandle.status(of: folder).0?.isSame(as: other) ?? false
  }
}

extension [Int] {
  /// The number of the shard that a place in the data of all lies in, of the places where they begin.
  func shard(at offset: Int) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if self[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
