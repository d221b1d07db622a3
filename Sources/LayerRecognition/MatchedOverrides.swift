import Diagnostics
import Functors
import LayerVocabulary
import Reinitialization
import Tensors

/// The user's overrides with the paths that they match, and which of them were used.
struct MatchedOverrides {
  private let all: [(type: TypeOverride.LayerType, paths: Set<String>)]
  private var isUsed: [Bool]

  /// Nothing is overridden.
  init() { (all, isUsed) = ([], []) }

  /// Finds the layers in a tree that was inferred without them.
  /// - Throws: ``Diagnostics/ErrorCode/outsideBranch`` for a selector that matches no layer, unless it says that this may be.
  init(_ overrides: [TypeOverride], in inventory: Inventory) throws(Diagnostic) {
    all = try overrides.map { (override) throws(Diagnostic) in
      let match = try inventory.match(override.selector)
      let layers = match.entries.filter { !inventory.entries[$0].isLeaf }
      guard !layers.isEmpty || override.selector.allowsNoMatch else {
        throw inventory.nothingMatches(override.selector, option: "--type")
      }
      return (override.type, Set(layers.map { inventory.path(of: $0).description }))
    }
    // What matches nothing, and may, counts as used.
    isUsed = all.map(\.paths.isEmpty)
  }

  /// - Throws: ``Diagnostics/ErrorCode/usage`` for an override whose paths hold no tensors of their own.
  func checkAllUsed() throws(Diagnostic) {
    guard let index = isUsed.firstIndex(of: false) else { return }
    throw Diagnostic(
      .usage, "the type '\(all[index].type.name)' was given for a selector that matches no layer",
      hints: ["reinit summary FILE prints the layers and their paths"])
  }

  /// Whether any override is a whole layer.
  var hasLayers: Bool { all.contains { if case .whole = $0.type { true } else { false } } }

  /// The layer that stands at an entry as a whole; nil where there is none.
  mutating func layer(at path: String) -> (any Layer)? {
    var found: (any Layer)?
    for (index, override) in all.enumerated() {
      guard case .whole(let layer) = override.type, override.paths.contains(path) else { continue }
      isUsed[index] = true
      found = layer
    }
    return found
  }

  /// What an override says of a group; nil where there is none.
  mutating func guess(
    _ group: LayerGroup, at entry: Int, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess? {
    guard !all.isEmpty, !group.leaves.isEmpty else { return nil }
    let path = recognizer.trie.path(of: entry)
    var found: ToldLayer?
    for (index, override) in all.enumerated() {
      guard case .kind(let kind, let numbers) = override.type, override.paths.contains(path) else { continue }
      isUsed[index] = true
      found = ToldLayer(kind: kind, numbers: numbers)
    }
    do { return try found?.apply(to: group, recognizer) } catch { throw error.at(path) }
  }
}
