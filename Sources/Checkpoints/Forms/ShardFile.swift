import Diagnostics
import Files
import Formats

/// One file of a checkpoint, open for reading.
enum ShardFile: Sendable {
  case safetensors(SafeTensorsFile)
  case pytorch(PyTorchFile, SafeTensorsHeader)

  /// Opens a file of either format.
  /// - Parameter branch: which dictionary of a PyTorch file is meant; nil for the one that is recognized as the model.
  /// - Throws: as ``Formats/SafeTensorsFile/init(_:)`` and ``Formats/PyTorchFile/init(_:branch:)``; R0407 where two
  ///   tensors have one name.
  init(_ path: String, branch: String?) throws(Diagnostic) {
    let handle = try FileHandle.open(path)
    guard try PyTorchFile.isLikely(handle) else {
      try Journal.requireSettled(handle)
      self = .safetensors(try SafeTensorsFile(handle))
      return
    }
    let file = try PyTorchFile(handle, branch: branch)
    let tensors = file.entries.map {
      (name: $0.name, dtype: $0.dtype, shape: $0.shape, elementSize: $0.elementSize, byteCount: $0.byteCount)
    }
    do throws(Diagnostic) {
      self = .pytorch(file, try SafeTensorsHeader(placing: tensors, metadata: ["format": "pt"]))
    } catch { throw error.at(path) }
  }

  var path: String { handle.path }

  var handle: FileHandle {
    switch self {
    case .safetensors(let file): file.handle
    case .pytorch(let file, _): file.handle
    }
  }

  /// What is in the file; of a PyTorch file, as it would be in safetensors, one tensor after the other.
  var header: SafeTensorsHeader {
    switch self {
    case .safetensors(let file): file.header
    case .pytorch(_, let header): header
    }
  }

  /// Whether a path names this very file, directly or by a link.
  func isSame(as path: String) -> Bool { FileHandle.status(of: path).0?.isSame(as: handle.status) ?? false }

  /// Reads a part of a tensor that the file has.
  func read(
    _ name: String, at place: Int, from offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    switch self {
    case .safetensors(let file): try file.handle.read(into: buffer, at: file.header.dataStart + place + offset)
    case .pytorch(let file, _): try file.read(file.entry(named: name), from: offset, into: buffer)
    }
  }

  /// Copies all of the data but some ranges to a new file.
  /// - Parameters:
  ///   - changed: what is left out, counted from the beginning of this file's data, in order.
  ///   - start: where this file's data begin in the new one's.
  func copy(allBut changed: [Range<Int>], to writer: CheckpointWriter, at start: Int) throws(Diagnostic) {
    switch self {
    case .safetensors(let file):
      for range in file.header.gaps(between: changed) {
        try writer.copy(
          file.header.dataStart + range.lowerBound, of: file.handle, count: range.count, to: start + range.lowerBound)
      }
    case .pytorch(let file, let header):
      let left = Set(changed.map(\.lowerBound))
      for entry in header.entries where entry.byteCount > 0 && !left.contains(entry.range.lowerBound) {
        try copy(file.entry(named: entry.name), of: file, to: writer, at: start + entry.range.lowerBound)
      }
    }
  }

  private func copy(
    _ entry: PyTorchFile.Entry, of file: PyTorchFile, to writer: CheckpointWriter, at offset: Int
  ) throws(Diagnostic) {
    if entry.isContiguous {
      return try writer.copy(entry.start, of: file.handle, count: entry.byteCount, to: offset)
    }
    try withScratch(min(entry.byteCount, 1 << 20)) { (buffer) throws(Diagnostic) in
      for place in stride(from: 0, to: entry.byteCount, by: buffer.count) {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, entry.byteCount - place)])
        try file.read(entry, from: place, into: part)
        try writer.write(UnsafeRawBufferPointer(part), at: offset + place)
      }
    }
  }
}

extension SafeTensorsHeader {
  /// What of the data lies between ranges that are in order.
  func gaps(between ranges: [Range<Int>]) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var place = 0
    for range in ranges {
      if range.lowerBound > place { gaps.append(place..<range.lowerBound) }
      place = max(place, range.upperBound)
    }
    if place < dataSize { gaps.append(place..<dataSize) }
    return gaps
  }
}
