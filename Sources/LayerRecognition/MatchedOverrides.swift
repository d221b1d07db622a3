import Diagnostics
import Functors
import LayerVocabulary
import Reinitialization
import Tensors

/// What was told of layers, by notes and by the user, with the paths that each is about, and what of it was used.
struct MatchedOverrides {
  private struct Told {
    let type: ToldType
    let note: String?
    let source: ToldSource
    var isUsed: Bool
  }
  private var all: [Told]
  /// For each path, those that are about it, in order.
  private let places: [String: [Int]]
  private let config: ModelConfig?
  /// Whether a tensor is told of that may be one of a layer's.
  let hasTensors: Bool
  private let tensors: Set<String>
  /// Whether any is a whole layer.
  let hasLayers: Bool
  /// What notes say and the tensors are not.
  private(set) var warnings: [String] = []

  /// Nothing is told.
  init() { (all, places, config, tensors, hasTensors, hasLayers) = ([], [:], nil, [], false, false) }

  /// Finds the layers and tensors in a tree that was inferred without them.
  /// - Throws: ``Diagnostics/ErrorCode/outsideBranch`` for a user's selector that matches nothing, unless it says that this may be.
  init(_ overrides: [TypeOverride], in inventory: Inventory, config: ModelConfig?) throws(Diagnostic) {
    var (places, all, tensors): ([String: [Int]], [Told], Set<String>) = ([:], [], [])
    for (index, override) in overrides.enumerated() {
      let match = try inventory.match(override.selector)
      guard !match.entries.isEmpty || override.selector.allowsNoMatch || override.note != nil else {
        throw inventory.nothingMatches(override.selector, option: "--type")
      }
      for path in Set(match.entries.map({ inventory.path(of: $0).description })) {
        places[path, default: []].append(index)
      }
      for entry in match.entries where inventory.entries[entry].isLeaf {
        tensors.insert(inventory.path(of: entry).description)
      }
      // What matches nothing, and may, counts as used; notes speak of all models of a kind.
      all.append(
        Told(
          type: override.type, note: override.note, source: override.source,
          isUsed: match.entries.isEmpty || override.note != nil))
    }
    (self.all, self.places, self.tensors, self.config) = (all, places, tensors, config)
    hasTensors = !tensors.isEmpty
    hasLayers = all.contains { if case .whole = $0.type { true } else { false } }
  }

  /// - Throws: ``Diagnostics/ErrorCode/usage`` for what a user told of paths that hold no tensors of their own.
  func checkAllUsed() throws(Diagnostic) {
    guard let unused = all.first(where: { !$0.isUsed }) else { return }
    throw Diagnostic(
      .usage, "the type '\(unused.type.name)' was given for a selector that matches no layer",
      hints: ["reinit summary FILE prints the layers and their paths"])
  }

  /// Whether a tensor was told of by its own path.
  func isTold(_ path: String) -> Bool { tensors.contains(path) }

  /// The layer that stands at an entry as a whole; nil where there is none.
  mutating func layer(at path: String) throws(Diagnostic) -> (any Layer)? {
    var found: (any Layer)?
    for index in places[path] ?? [] {
      guard case .whole(_, let make) = all[index].type else { continue }
      all[index].isUsed = true
      do { found = try make(config) } catch { throw all[index].note.map(error.placed) ?? error.at(path) }
    }
    return found
  }

  /// What was told of a group; nil where nothing was, or what a note says cannot be.
  mutating func guess(
    _ group: LayerGroup, at entry: Int, _ recognizer: Recognizer
  ) throws(Diagnostic) -> LayerGuess? {
    guard !all.isEmpty, !group.leaves.isEmpty else { return nil }
    let path = recognizer.trie.path(of: entry)
    var found: LayerGuess?
    for index in places[path] ?? [] {
      guard case .kind(let kind, let arguments) = all[index].type else { continue }
      all[index].isUsed = true
      do throws(Diagnostic) {
        found = try ToldLayer(kind: kind, arguments: arguments, config: config, source: all[index].source)
          .apply(to: group, recognizer)
      } catch {
        guard let note = all[index].note else { throw error.at(path) }
        warnings.append("\(note): '\(path)' cannot be \(kind.name): \(error.message)")
      }
    }
    return found
  }
}
