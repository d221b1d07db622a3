import Diagnostics
import Formats
import LayerVocabulary
import Reinitialization
import Tensors

/// The values that a run reads: those of the file itself, as they are before it, and of other checkpoints.
struct RunSources {
  private let own: MappedCheckpoint
  private let library = CheckpointLibrary()

  /// - Parameter own: what has the old values, and those of other tensors of the tree.
  init(own: CheckpointFiles) throws(Diagnostic) { self.own = try MappedCheckpoint(own) }

  /// The tensor of a source.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/sourceMissing``.
  func tensor(_ source: DrawSource, of entry: Receipt.Entry) throws(Diagnostic) -> Tensor {
    switch source.place {
    case .old: try own.tensor(entry.fileName)
    case .tensor(let path, let stored): try own.tensor(stored ?? path)
    // The file itself may be locked for the run.
    case .file(let file, let tensor):
      own.files.isSame(as: file) ? try own.tensor(tensor) : try library.tensor(tensor, in: file)
    }
  }
}

extension RunSources {
  /// A mask with its values, and their hash.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/partMask`` for one that is not there, or not what it was.
  func mask(_ mask: RegionMask, of entry: Receipt.Entry) throws(Diagnostic) -> RegionMask {
    let source = DrawSource(
      name: "mask", place: .file(mask.file, tensor: mask.tensor), shape: Shape(entry.shape), dtype: .u8)
    let values: Tensor
    do { values = try tensor(source, of: entry) } catch {
      guard error.code == .sourceMissing else { throw error }
      throw Diagnostic.maskMissing(mask.tensor, in: mask.file)
    }
    let hash = ContentHash(of: values)
    guard mask.hash == nil || mask.hash == hash else {
      throw Diagnostic(
        .partMask, "a mask is not what it was", at: mask.file, expected: mask.hash.map { "\($0)" }, found: "\(hash)")
    }
    return RegionMask(file: mask.file, tensor: mask.tensor, hash: hash, values: values)
  }
}

extension ContentHash {
  /// The hash of a tensor's bytes.
  init(of tensor: Tensor) { self = tensor.withBytes { ContentHash($0) } }
}

extension CheckpointFill {
  /// The same with the values that its items read, and their hashes.
  /// - Parameter file: what has the old values; opened where something is read.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/sourceMissing``.
  func reading(from file: @autoclosure () throws(Diagnostic) -> CheckpointFiles) throws(Diagnostic) -> CheckpointFill {
    let isMasked = items.contains { $0.entry.region?.masks.isEmpty == false }
    guard isMasked || items.contains(where: \.draw.reads) else { return self }
    let sources = try RunSources(own: file())
    var hashes: [ByteName: ContentHash] = [:]
    return try masked { (mask, item) throws(Diagnostic) in try sources.mask(mask, of: item.entry) }.mapDraws {
      (item) throws(Diagnostic) in
      var draw = try item.draw.reading(at: item.entry.name) { (source) throws(Diagnostic) in
        try sources.tensor(source, of: item.entry)
      }
      for (index, source) in draw.sources.enumerated() {
        guard let values = source.values else { continue }
        let name = ByteName(source.place == .old ? item.entry.name : source.description)
        let hash = hashes[name] ?? ContentHash(of: values)
        hashes[name] = hash
        draw.sources[index].hash = hash
      }
      return draw
    }
  }

  /// Reports sources that were cut off while they were read.
  func validateSources() throws(Diagnostic) {
    for item in items {
      for source in item.draw.sources { try source.values?.validate() }
      for mask in item.entry.region?.masks ?? [] { try mask.values?.validate() }
    }
  }

  /// Refuses masks that are not there, or not those of the run.
  func requireMasks() throws(Diagnostic) {
    for item in items {
      for mask in item.entry.region?.masks ?? [] where mask.values.map(ContentHash.init(of:)) != mask.hash {
        throw Diagnostic(
          .journalCorrupt, "the mask that the interrupted run was made with was changed", at: item.entry.fileName,
          expected: mask.hash.map { "\($0)" })
      }
    }
  }
}

extension Receipt {
  /// The same with the hashes of what the latest run's values are made of.
  func sourced(as fill: CheckpointFill) -> Receipt {
    var receipt = self
    for (index, item) in fill.items.enumerated() where item.entry.region != nil {
      receipt.runs[0].tensors[index].region = item.entry.region?.closed
    }
    for (index, item) in fill.items.enumerated() where item.draw.reads {
      for (number, source) in item.draw.sources.enumerated() {
        receipt.runs[0].tensors[index].draw?.sources[number].hash = source.hash
      }
    }
    return receipt
  }
}
