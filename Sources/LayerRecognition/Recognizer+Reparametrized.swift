import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Recognizer {
  /// A layer whose weight is computed from other tensors: weight norm (`weight_g`, `weight_v`) and spectral norm
  /// (`weight_orig`, `weight_u`, `weight_v`), and torch's newer names of both (`parametrizations.weight.original0`).
  ///
  /// What is stored is no weight: filling the direction alone, or the gain alone, gives another distribution than was asked
  /// for, and vectors of power iterations that fit nothing. So they are reached by their names only, with the real fans.
  func reparametrized(_ group: LayerGroup) -> LayerGuess? {
    if let stored = stored(in: group) { return layer(group, stored) }
    guard group.primary == nil, let bias = group.bias, let stored = parametrizedWeight(below: group.entry),
      var guess = base(stored, bias: bias)
    else { return nil }
    guess.assignments = [LayerGuess.Assignment(entry: bias.entry, field: "bias", role: .bias)]
    return guess
  }

  /// The tensor that has the weight's axes.
  private func stored(in group: LayerGroup) -> LayerGroup.Leaf? {
    if group[.gain] != nil, let direction = group[.direction] { return direction }
    return group.leaves.first { leaf in
      leaf.name == "weight_orig" || (leaf.name == "original" && isParametrization(group.entry))
    }
  }

  private func isParametrization(_ entry: Int) -> Bool {
    let names = trie.names(of: entry, upTo: 2)
    return names == ["weight", "parametrizations"]
  }

  private func parametrizedWeight(below entry: Int) -> LayerGroup.Leaf? {
    guard let weight = trie.child("parametrizations", of: entry).flatMap({ trie.child("weight", of: $0) }) else {
      return nil
    }
    return stored(in: LayerGroup(weight, in: trie, tensors))
  }

  private func layer(_ group: LayerGroup, _ stored: LayerGroup.Leaf) -> LayerGuess? {
    guard var guess = base(stored, bias: group.bias) else { return nil }
    // A field of its own: rules for `weight` would fill what is none.
    guess.geometries = guess.geometries.map { .init(field: "stored", choices: $0.choices) }
    guess.assignments = group.leaves.compactMap { leaf in
      if leaf.entry == stored.entry { return .init(entry: leaf.entry, field: "stored", role: .other) }
      if leaf.entry == group.bias?.entry { return .init(entry: leaf.entry, field: "bias", role: .bias) }
      let isVector = leaf.name == "weight_u" || (leaf.name == "weight_v" && stored.entry != leaf.entry)
      if isVector { return .init(entry: leaf.entry, field: leaf.name, role: .buffer) }
      return leaf.field == .gain ? .init(entry: leaf.entry, field: "gain", role: .other) : nil
    }
    let refused = computed(group, stored)
    guess.beginnings = guess.assignments.filter { $0.role == .other }.map { ($0.field, refused) }
    return guess
  }

  /// What is said of tensors that the weight is computed from.
  private func computed(_ group: LayerGroup, _ stored: LayerGroup.Leaf) -> ComputedWeight {
    let gain = group[.gain]
    let isSpectral =
      stored.name == "weight_orig" && group.leaves.contains { $0.name == "weight_u" }
      || stored.name == "original" && trie.child("0", of: group.entry).map { trie.child("_u", of: $0) != nil } == true
    let way: ComputedWeight.Way = gain != nil ? .weightNorm : isSpectral ? .spectralNorm : .unknown
    let norms = max(1, gain?.tensor.shape.count ?? 1)
    return ComputedWeight(
      way: way, stored: trie.path(of: stored.entry), gain: gain.map { trie.path(of: $0.entry) },
      elements: stored.tensor.shape.count / norms)
  }

  /// The layer, by the axes of what is stored.
  private func base(_ stored: LayerGroup.Leaf, bias: LayerGroup.Leaf?) -> LayerGuess? {
    guard stored.tensor.dtype.isFloatingPoint else { return nil }
    var leaves = [LayerGroup.Leaf(entry: stored.entry, name: "weight", field: .weight, tensor: stored.tensor)]
    if let bias { leaves.append(bias) }
    let place = place(of: stored.entry)
    let plain = LayerGroup(name: trie.entries[place].name, entry: place, leaves: leaves)
    let rank = stored.tensor.shape.rank
    return rank == 2
      ? dense(plain, leaves[0], .outIn, parts: nil, isGuess: false) : rank > 2 ? kernel(plain, leaves[0]) : nil
  }

  /// Where the layer is that a stored weight belongs to.
  private func place(of entry: Int) -> Int {
    let parent = trie.entries[entry].parent
    return isParametrization(parent) ? trie.entries[trie.entries[parent].parent].parent : parent
  }

  /// Whether a layer adds nothing at first: LoRA's second matrix (Hu et al., 2021), ControlNet's convolutions (Zhang et al., 2023).
  func beginsAtZero(_ group: LayerGroup) -> Bool {
    let names = trie.names(of: group.entry, upTo: 6)
    if names.prefix(2).contains(where: { NameHint($0).has("lora_b") || NameHint($0).has("lora_up") }) { return true }
    if names.first == "conv_out", names.contains("controlnet_cond_embedding") { return true }
    if names.first == "up", names.dropFirst().first.map({ NameHint($0).has("lora") }) == true { return true }
    return names.contains { name in
      let hint = NameHint(name)
      return hint.has("zero_conv")
        || hint.isOne(of: ["controlnet_down_blocks", "controlnet_mid_block", "controlnet_blocks"])
    }
  }
}
