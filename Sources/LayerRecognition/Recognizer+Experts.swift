import Functors
import LayerVocabulary
import Tensors

extension Recognizer {
  /// What the axes of a tensor of experts' matrices mean, `[experts, out, in]` or `[experts, in, out]`: one that is known, or
  /// both; none for other tensors.
  ///
  /// What widens, and what narrows again, share two sizes, and which is the model's width is told by where they stand, or by the
  /// router's matrix.
  func expertGeometries(of entry: Int, _ shape: Shape) -> [Geometry] {
    guard shape.rank == 3, shape.count > 0 else { return [] }
    let isWeight = trie.entries[entry].name == "weight"
    let own = isWeight ? trie.entries[entry].parent : entry
    let scope = trie.entries[own].parent
    guard own > 0, scope >= 0, trie.names(of: scope, upTo: 2).contains(where: { NameHint($0).isExperts }) else {
      return []
    }
    let narrows = NameHint(trie.entries[own].name).narrows
    let partner = partner(of: own, below: scope, narrows: narrows, experts: shape[0])
    let (wide, narrow) = narrows ? (partner, shape) : (shape, partner)
    var axes = wide.flatMap { wide in narrow.map { Recognizer.outputs(widening: wide, narrowing: $0) } } ?? [1, 2]
    if axes.count != 1, let width = routed(around: scope, experts: shape[0]) {
      axes = [1, 2].filter { shape[narrows ? $0 : 3 - $0] == width }
    }
    return (axes.isEmpty ? [1, 2] : axes).map { out in
      let isPair = !narrows && partner.map { shape[out] == 2 * $0[3 - out] } ?? false
      return Geometry(outAxis: out, inAxes: [3 - out], parts: isPair ? 2 : 1, isStacked: true, isGuess: true)
    }
  }

  /// The axis of the outputs, as far as two tensors tell it.
  private static func outputs(widening wide: Shape, narrowing narrow: Shape) -> [Int] {
    [1, 2].filter { out in
      let (inner, hidden) = (narrow[3 - out], wide[3 - out])
      return narrow[out] == hidden && inner > 0 && wide[out] % inner == 0 && wide[out] / inner <= 2
    }
  }

  /// The matrices beside an entry that go the other way.
  private func partner(of own: Int, below scope: Int, narrows: Bool, experts: Int) -> Shape? {
    for child in trie.entries[scope].children where child != own {
      guard NameHint(trie.entries[child].name).narrows != narrows else { continue }
      let leaf = trie.isLeaf(child) ? child : trie.child("weight", of: child) ?? -1
      guard leaf >= 0, trie.entries[leaf].tensor >= 0 else { continue }
      let shape = tensors[trie.entries[leaf].tensor].tensor.shape
      if shape.rank == 3, shape[0] == experts { return shape }
    }
    return nil
  }

  /// The width of what a router reads: its matrix has a row for each expert.
  private func routed(around scope: Int, experts: Int) -> Int? {
    for place in [scope, trie.entries[scope].parent] where place > 0 {
      for name in ["gate", "router"] {
        guard let leaf = trie.child(name, of: place).flatMap({ trie.child("weight", of: $0) }),
          trie.entries[leaf].tensor >= 0
        else { continue }
        let shape = tensors[trie.entries[leaf].tensor].tensor.shape
        if shape.rank == 2, shape[0] == experts { return shape[1] }
      }
    }
    return nil
  }
}

extension NameHint {
  /// Blocks of experts.
  var isExperts: Bool { has("expert") || hasWord("moe") }
  /// Maps back to the model's width.
  var narrows: Bool { has("down") || has("output") || hasWord("wo") || bytes.elementsEqual("w2".utf8) || has("fc2") }
}
