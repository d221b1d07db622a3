import Diagnostics
import Files
import Formats
import LayerVocabulary
import Tensors

/// A checkpoint whose tensors are views of its bytes, which are read when they are looked at.
///
/// It keeps the file's lock: as long as it is held, no other run changes the file in place.
final class MappedCheckpoint: Sendable {
  /// The files.
  let files: CheckpointFiles
  /// The bytes of each safetensors file; nil for others, whose tensors are copied.
  private let storages: [Storage?]

  /// - Throws: R0608.
  init(_ files: CheckpointFiles) throws(Diagnostic) {
    self.files = files
    storages = try files.shards.map { (shard) throws(Diagnostic) in
      guard case .safetensors(let file) = shard else { return nil }
      let map = try MappedFile(file)
      return Storage(borrowing: map.bytes, owner: map)
    }
  }

  /// A tensor by its name.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` if there is none, or none that can be read.
  func tensor(_ name: String) throws(Diagnostic) -> Tensor {
    let (entry, shape, dtype) = try files.header.readable(name, at: files.path)
    let number = files.shard(at: entry.range.lowerBound)
    let start = files.shards[number].header.dataStart + entry.range.lowerBound - files.starts[number]
    // Elements that begin at no multiple of their size cannot be viewed.
    guard let storage = storages[number], dtype.size > 0, start % dtype.size == 0 else {
      return try copy(entry, shape, dtype)
    }
    return try Tensor(viewing: storage, at: start, shape: shape, dtype: dtype)
  }

  private func copy(
    _ entry: SafeTensorsHeader.Entry, _ shape: Shape, _ dtype: DType
  ) throws(Diagnostic) -> Tensor {
    var tensor = try Tensor(allocating: shape, dtype: dtype)
    try tensor.withMutableBytes { (bytes) throws(Diagnostic) in try files.read(entry, into: bytes) }
    return tensor
  }
}

extension SafeTensorsHeader {
  /// An entry whose elements are numbers.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing`` if there is none of that name, or of another type.
  func readable(_ name: String, at path: String) throws(Diagnostic) -> (entry: Entry, shape: Shape, dtype: DType) {
    guard let entry = self[name] else {
      throw Diagnostic.sourceMissing(
        name, at: path, expected: "a tensor of the file", hints: Suggestion.hint(for: name, in: entries.map(\.name)))
    }
    guard let shape = Shape(checking: entry.shape), let dtype = entry.elementType else {
      throw Diagnostic.sourceMissing(name, at: path, expected: "a type that is read, and not \(entry.dtype)")
    }
    return (entry, shape, dtype)
  }
}
