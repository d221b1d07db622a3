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

extension ContentHash {
  /// The hash of a tensor's bytes.
  init(of tensor: Tensor) { self = tensor.withBytes { ContentHash($0) } }
}

extension CheckpointFill {
  /// The same with the values that its items read, and their hashes.
  /// - Parameter file: what has the old values; opened where something is read.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/sourceMissing``.
  func reading(from file: @autoclosure () throws(Diagnostic) -> CheckpointFiles) throws(Diagnostic) -> CheckpointFill {
    guard items.contains(where: \.draw.reads) else { return self }
    let sources = try RunSources(own: file())
    var hashes: [ByteName: ContentHash] = [:]
    return try mapDraws { (item) throws(Diagnostic) in
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
    for item in items { for source in item.draw.sources { try source.values?.validate() } }
  }
}

extension Receipt {
  /// The same with the hashes of what the latest run's values are made of.
  func sourced(as fill: CheckpointFill) -> Receipt {
    var receipt = self
    for (index, item) in fill.items.enumerated() where item.draw.reads {
      for (number, source) in item.draw.sources.enumerated() {
        receipt.runs[0].tensors[index].draw?.sources[number].hash = source.hash
      }
    }
    return receipt
  }
}
