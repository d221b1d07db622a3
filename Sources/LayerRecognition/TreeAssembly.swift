import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Makes the nodes of the tree, from the deepest names up.
struct TreeAssembly {
  private let trie: NameTrie
  private let tensors: [NamedTensor]
  private let recognizer: Recognizer
  private var overrides: MatchedOverrides
  /// The finished nodes that their parents have not taken yet.
  private var finished: [NodeChild?]

  init(trie: NameTrie, tensors: [NamedTensor], options: RecognitionOptions, overrides: MatchedOverrides) {
    self.trie = trie
    self.tensors = tensors
    recognizer = Recognizer(trie: trie, tensors: tensors, options: options)
    self.overrides = overrides
    finished = Array(repeating: nil, count: trie.entries.count)
  }

  /// What notes say and the tensors are not.
  var warnings: [String] { overrides.warnings }

  /// The root.
  mutating func build() throws(Diagnostic) -> any Node {
    for entry in trie.entries.indices.reversed() where !trie.isLeaf(entry) || entry == 0 {
      finished[entry] = NodeChild(PathKey(part: trie.entries[entry].name), try node(entry))
    }
    try overrides.checkAllUsed()
    return finished[0]?.node ?? NodeList()
  }

  private mutating func node(_ entry: Int) throws(Diagnostic) -> any Node {
    if overrides.hasLayers, let layer = try overrides.layer(at: trie.path(of: entry)) {
      for child in trie.entries[entry].children { finished[child] = nil }
      return try WholeLayer(trie: trie, tensors: tensors).node(layer, at: entry)
    }
    let all = LayerGroup(entry, in: trie, tensors)
    let group = all.withoutSlashes
    let rest = overrides.hasTensors ? group.without { overrides.isTold(trie.path(of: $0.entry)) } : group
    let guess = try overrides.guess(rest, at: entry, recognizer) ?? recognizer.guess(rest) ?? projections(entry)
    var children = try children(of: group, guess)
    children += try slashed(all)
    guard let guess else { return NodeList(children) }
    return InferredLayer(
      guess.base, isGuess: guess.isGuess, geometries: guess.hasInnerScale ? [] : guess.geometries,
      beginning: guess.beginning, beginnings: guess.beginnings, children: children)
  }

  /// Layers of names with slashes; the gates of one of Flax's cells are in a layer of the cell.
  private mutating func slashed(_ all: LayerGroup) throws(Diagnostic) -> [NodeChild] {
    let parts = all.slashed
    let branches = Dictionary(grouping: parts.indices) { ByteName(parts[$0].branch) }
    let cells = branches.compactMapValues { places -> (any Layer)? in
      parts[places[0]].branch.isEmpty ? nil : TreeAssembly.cell(Set(places.map { parts[$0].group.name }))
    }
    var children: [NodeChild] = []
    for (place, part) in parts.enumerated() {
      let branch = ByteName(part.branch)
      guard let cell = cells[branch], let places = branches[branch] else {
        children.append(NodeChild("", try unnamed(part.group)))
        continue
      }
      // All gates are in the place of the first.
      guard places.first == place else { continue }
      let gates = try places.map { (gate) throws(Diagnostic) in NodeChild("", try unnamed(parts[gate].group)) }
      children.append(NodeChild("", InferredLayer(cell, isGuess: false, children: gates)))
    }
    return children
  }

  /// A layer whose path is that of the branch that it is in.
  private mutating func unnamed(_ group: LayerGroup) throws(Diagnostic) -> any Node {
    let guess = recognizer.guess(group)
    let fields = FieldFinder(guess?.assignments ?? [])
    var children: [NodeChild] = []
    for leaf in group.leaves {
      guard let field = fields[leaf.entry] else {
        children.append(try free(leaf, parent: group.name, in: group))
        continue
      }
      let key = PathKey(part: trie.entries[leaf.entry].name)
      children.append(NodeChild(key, field: field.field, role: field.role, leaf.tensor))
    }
    guard let guess else { return NodeList(children) }
    if guess.hasInnerScale { children = [NodeChild("", innerScale(guess, children))] }
    return InferredLayer(
      guess.base, isGuess: guess.isGuess, geometries: guess.hasInnerScale ? [] : guess.geometries,
      beginning: guess.beginning, children: children)
  }

  /// Attention and recurrent cells whose maps are layers of their own, by the names of their branches.
  private func projections(_ entry: Int) -> LayerGuess? {
    let children = trie.entries[entry].children
    guard children.count >= 2, children.allSatisfy({ !trie.isLeaf($0) }) else { return nil }
    let names = Set(children.map { trie.entries[$0].name })
    if let cell = TreeAssembly.cell(names) { return LayerGuess(base: cell, isGuess: false) }
    let known: [Set<String>] = [
      ["query", "key", "value", "out"], ["q_proj", "k_proj", "v_proj", "out_proj"],
      ["q_proj", "k_proj", "v_proj", "o_proj"],
    ]
    guard known.contains(where: names.isSuperset) else { return nil }
    return LayerGuess(base: MultiHeadAttention(1, heads: 1), isGuess: true)
  }

  /// One of Flax's cells, which have a map for each gate.
  private static func cell(_ names: Set<String>) -> (any Layer)? {
    let (parameters, sizes) = (RecurrentParameters([]), RecurrentSizes(inputs: 0, hidden: 0))
    guard names.contains(where: { $0.hasPrefix("h") }), names.contains(where: { $0.hasPrefix("i") }) else { return nil }
    if names.isSubset(of: ["ii", "if", "ig", "io", "hi", "hf", "hg", "ho"]) {
      return LSTM(parameters: parameters, sizes: sizes)
    }
    if names.isSubset(of: ["ir", "iz", "in", "hr", "hz", "hn"]) { return GRU(parameters: parameters, sizes: sizes) }
    return nil
  }

  /// The fields under the file's names, tensors that are no field, and branches, all in the file's order.
  private mutating func children(
    of group: LayerGroup, _ guess: LayerGuess?
  ) throws(Diagnostic) -> [NodeChild] {
    let fields = FieldFinder(guess?.assignments ?? [])
    var leaves = group.leaves[...]
    var children: [NodeChild] = []
    var inner: [NodeChild] = []
    if let own = try ownTensor(group) { children.append(own) }
    let scalePosition = children.count
    for place in trie.entries[group.entry].children {
      guard leaves.first?.entry == place, let leaf = leaves.popFirst() else {
        if let child = finished[place] { children.append(child) }
        finished[place] = nil
        continue
      }
      guard let field = fields[place] else {
        children.append(try free(leaf, parent: trie.nearName(of: group.entry), in: group))
        continue
      }
      let child = NodeChild(PathKey(part: leaf.name), field: field.field, role: field.role, leaf.tensor)
      if guess?.hasInnerScale == true { inner.append(child) } else { children.append(child) }
    }
    if let guess, guess.hasInnerScale {
      children.insert(NodeChild("", innerScale(guess, inner)), at: scalePosition)
    }
    return children
  }

  private func innerScale(_ guess: LayerGuess, _ children: [NodeChild]) -> InferredLayer {
    let base: any Layer = (guess.base as? LayerNorm)?.scale ?? guess.base
    return InferredLayer(
      base, isGuess: guess.isGuess, beginning: guess.beginning, beginnings: guess.beginnings, children: children)
  }

  /// The tensor whose name is also a prefix of others, unnamed within the branch.
  private mutating func ownTensor(_ group: LayerGroup) throws(Diagnostic) -> NodeChild? {
    let entry = trie.entries[group.entry]
    guard entry.tensor >= 0 else { return nil }
    let leaf = LayerGroup.Leaf(
      entry: group.entry, name: entry.name, field: LeafField(entry.name), tensor: tensors[entry.tensor].tensor
    )
    let parent = entry.parent < 0 ? "" : trie.nearName(of: entry.parent)
    var child = try free(leaf, parent: parent, in: group)
    child.key = ""
    return child
  }

  /// How a tensor on its own begins that config.json has a number for.
  private func configured(_ base: any Layer, _ leaf: LayerGroup.Leaf) -> [(field: String, initializer: any Initializer)]
  {
    let isScale = leaf.tensor.shape.count == 1 && NameHint(leaf.name).isOne(of: ["logit_scale"])
    let found = base is LayerScale ? recognizer.config.layerScale : isScale ? recognizer.config.logitScale : nil
    return found.map { [(PathKey(part: leaf.name).text, $0)] } ?? []
  }

  /// A tensor that belongs to no layer, in a layer of its own.
  private mutating func free(
    _ leaf: LayerGroup.Leaf, parent: String, in group: LayerGroup
  ) throws(Diagnostic) -> NodeChild {
    let key = PathKey(part: trie.entries[leaf.entry].name)
    if trie.isLeaf(leaf.entry),
      let guess = try overrides.guess(LayerGroup(leaf: leaf), at: leaf.entry, recognizer)
    {
      let assignment = guess.assignments.first
      let layer = InferredLayer(
        guess.base, isGuess: guess.isGuess, geometries: guess.geometries, beginnings: guess.beginnings,
        children: [NodeChild("", role: assignment?.role, leaf.tensor)])
      return NodeChild(key, field: assignment?.field, layer)
    }
    let (base, role, isGuess) = FreeTensor.layer(leaf, parent: parent, in: group)
    let beginning = role == .other ? LayerGuess.Beginning.unknown : .layer
    let experts = role == .weight ? recognizer.expertGeometries(of: leaf.entry, leaf.tensor.shape) : []
    return NodeChild(
      key,
      InferredLayer(
        base, isGuess: isGuess || !experts.isEmpty,
        geometries: experts.isEmpty ? [] : [.init(field: key.text, choices: experts)],
        beginning: beginning, beginnings: configured(base, leaf), children: [NodeChild("", role: role, leaf.tensor)]))
  }
}

/// Finds the field that a tensor is; nearly all layers have a few, for which a dictionary is not worth its
/// making.
private struct FieldFinder {
  private let few: [LayerGuess.Assignment]
  private let many: [Int: LayerGuess.Assignment]

  init(_ assignments: [LayerGuess.Assignment]) {
    let isFew = assignments.count < 16
    few = isFew ? assignments : []
    many =
      isFew ? [:] : Dictionary(assignments.map { ($0.entry, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(_ entry: Int) -> LayerGuess.Assignment? { few.first { $0.entry == entry } ?? many[entry] }
}
