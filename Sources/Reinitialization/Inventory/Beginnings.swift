import Functors
import LayerVocabulary

/// What the layers around a place say of how parameters below it begin, outermost layer first.
///
/// Only what can still come true is kept, so that following a path costs the words that lead along it, at any depth.
struct Beginnings {
  private struct Word {
    /// The steps that are left.
    let rest: ArraySlice<PathKey>
    let initializer: any Initializer
  }
  private var words: [Word] = []

  /// The word of the outermost layer that has one for this very place.
  var word: (any Initializer)? { words.isEmpty ? nil : words.first { $0.rest.isEmpty }?.initializer }

  /// What holds for a child.
  func below(_ key: PathKey) -> Beginnings {
    guard !words.isEmpty, !key.isUnnamed else { return self }
    var below = Beginnings()
    below.words = words.compactMap { word in
      word.rest.first == key ? Word(rest: word.rest.dropFirst(), initializer: word.initializer) : nil
    }
    return below
  }

  /// Takes what a layer at this place says of those nested in it.
  mutating func append(_ table: [TreePath: any Initializer]) {
    guard !table.isEmpty else { return }
    words += table.map { Word(rest: $0.key.keys.filter { !$0.isUnnamed }[...], initializer: $0.value) }
  }
}
