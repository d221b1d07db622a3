import Diagnostics
import Formats
import LayerVocabulary
import Reinitialization
import Tensors

/// Finds again what a run has read: in the file itself, in the one that it was made of, in other checkpoints.
struct SourceSearch {
  private let places: [RunSources]

  /// - Parameter original: the path of the file that the run was on; nil where nobody says.
  init(for receipt: Receipt, in file: CheckpointFiles, _ original: String?) throws(Diagnostic) {
    // A path that is wrong is an error even where nothing was read.
    let original = try original.map { (path) throws(Diagnostic) in try RunSources(own: CheckpointFiles(path)) }
    guard receipt.entries.contains(where: { $0.entry.draw?.reads == true || $0.entry.region?.masks.isEmpty == false })
    else {
      places = []
      return
    }
    places = [try RunSources(own: file)] + [original].compactMap { $0 }
  }

  /// An entry whose draw has the values that it was made of; without a draw where one of these is not found.
  func reading(_ entry: Receipt.Entry) -> Receipt.Entry {
    guard let draw = entry.draw, draw.reads else { return entry }
    var entry = entry
    entry.draw = try? draw.reading(at: entry.name) { (source) throws(Diagnostic) in try values(of: source, entry) }
    return entry
  }

  /// An entry whose region has the values of its masks; without a draw where one of these is not found.
  func masked(_ entry: Receipt.Entry) -> Receipt.Entry {
    guard let region = entry.region, !region.masks.isEmpty else { return entry }
    var entry = entry
    let found = try? region.mapMasks { (mask) throws(Diagnostic) in
      for place in places { if let found = try? place.mask(mask, of: entry) { return found } }
      throw Diagnostic.maskMissing(mask.tensor, in: mask.file)
    }
    if let found { entry.region = found } else { entry.draw = nil }
    return entry
  }

  private func values(of source: DrawSource, _ entry: Receipt.Entry) throws(Diagnostic) -> Tensor {
    for place in places {
      if let tensor = try? place.tensor(source, of: entry), ContentHash(of: tensor) == source.hash { return tensor }
    }
    throw Diagnostic.sourceMissing(source.description, at: entry.name, expected: "the values that the run has read")
  }
}
