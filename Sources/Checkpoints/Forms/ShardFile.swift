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

  /// A piece of the data that is copied as it is.
  struct Piece {
    /// The tensor that it is a part of; nil in a safetensors file, where pieces go by place.
    let tensor: String?
    /// Where it begins in the data, as the header has them.
    let offset: Int
    /// Where it begins in its tensor; 0 where none is named.
    let place: Int
    let count: Int
  }
  private static let pieceSize = 1 << 26

  /// All of the data but some ranges, in pieces that can be copied in any order.
  /// - Parameter changed: what is left out, counted from the beginning of this file's data, in order.
  func pieces(allBut changed: [Range<Int>]) -> [Piece] {
    switch self {
    case .safetensors(let file):
      return file.header.gaps(between: changed).flatMap { gap in
        stride(from: gap.lowerBound, to: gap.upperBound, by: Self.pieceSize).map {
          Piece(tensor: nil, offset: $0, place: 0, count: min(Self.pieceSize, gap.upperBound - $0))
        }
      }
    case .pytorch(_, let header):
      let left = Set(changed.map(\.lowerBound))
      return header.entries.filter { !$0.range.isEmpty && !left.contains($0.range.lowerBound) }.flatMap { entry in
        stride(from: 0, to: entry.byteCount, by: Self.pieceSize).map {
          Piece(
            tensor: entry.name, offset: entry.range.lowerBound + $0, place: $0,
            count: min(Self.pieceSize, entry.byteCount - $0))
        }
      }
    }
  }

  /// Copies a piece.
  /// - Parameter start: where this file's data begin in the new one's.
  func copy(_ piece: Piece, to data: DataFile, at start: Int) throws(Diagnostic) {
    switch self {
    case .safetensors(let file):
      try data.copy(
        file.header.dataStart + piece.offset, of: file.handle, count: piece.count, to: start + piece.offset)
    case .pytorch(let file, _):
      let entry = try file.entry(named: piece.tensor ?? "")
      if entry.isContiguous {
        return try data.copy(
          entry.start + piece.place, of: file.handle, count: piece.count, to: start + piece.offset)
      }
      try withScratch(min(piece.count, 1 << 20)) { (buffer) throws(Diagnostic) in
        for done in stride(from: 0, to: piece.count, by: buffer.count) {
          let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, piece.count - done)])
          try file.read(entry, from: piece.place + done, into: part)
          try data.write(UnsafeRawBufferPointer(part), at: start + piece.offset + done)
        }
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
