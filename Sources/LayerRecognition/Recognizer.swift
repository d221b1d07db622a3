import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Tells layers by the names and shapes of their tensors.
struct Recognizer {
  let trie: NameTrie
  let tensors: [NamedTensor]
  let evidence: LayoutEvidence
  let flow: ChannelFlow
  let norms: NormEvidence
  let config: ConfigEvidence
  private let statistics: BatchStatistics

  init(trie: NameTrie, tensors: [NamedTensor], options: RecognitionOptions) {
    self.trie = trie
    self.tensors = tensors
    evidence = LayoutEvidence(trie, tensors, options)
    flow = ChannelFlow(trie, tensors, evidence)
    norms = NormEvidence(trie, tensors, options.config)
    config = ConfigEvidence(options.config)
    statistics = BatchStatistics(trie)
  }

  /// The layer that a group of tensors belongs to; nil where they have nothing in common.
  func guess(_ group: LayerGroup) -> LayerGuess? {
    guard var guess = typed(group) else { return nil }
    if guess.beginning == .layer, beginsAtZero(group) {
      guess.beginning = .zeros
      guess.isGuess = true
    }
    return guess
  }

  private func typed(_ group: LayerGroup) -> LayerGuess? {
    guard !group.leaves.isEmpty, !group.isQuantized else { return nil }
    if let guess = recurrent(group) ?? attention(group) ?? reparametrized(group) { return guess }
    if group.hasStatistics { return batchNorm(group) }
    if statistics.contains(group.entry) { return batchStatistics(group) }
    guard let primary = group.primary, primary.tensor.dtype.isFloatingPoint else { return nil }
    switch (primary.field, primary.tensor.shape.rank) {
    case (.gamma, _), (.scale, _): return norm(group, primary)
    case (_, 0), (_, 1): return norm(group, primary)
    case (.embedding, 2): return embedding(primary, isGuess: false)
    case (_, 2): return matrix(group, primary)
    default: return kernel(group, primary)
    }
  }

  /// What a layer's own name suggests; a number says nothing, the name before it does.
  func hint(_ group: LayerGroup) -> NameHint { NameHint(group.near) }

  /// Whether a sibling has that name.
  func hasSibling(_ group: LayerGroup, _ name: String) -> Bool {
    let parent = trie.entries[group.entry].parent
    return parent >= 0 && trie.child(name, of: parent) != nil
  }

  // MARK: matrices

  private func matrix(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess {
    if group.bias == nil {
      if isTable(group) { return embedding(primary, isGuess: true) }
      if isCondition(group) { return unknown(dense(group, primary, .outIn, parts: nil, isGuess: true).base, group) }
      if isTiedHead(group) { return open(group, primary) }
    }
    let hint = NameHint(group.name)
    let shape = primary.tensor.shape
    let orientation = evidence.orientation(
      of: shape, bias: group.bias?.tensor.shape, field: primary.field, hint: hint)
    // What is called after steps in time may be a table with a row for each.
    let isSure = group.bias != nil || hint.isMap && !hint.hasWord("time") && !hint.hasWord("timestep")
    var guess = dense(group, primary, orientation, parts: nil, isGuess: !isSure)
    // What corrects a router's load is state in many models, and is not what a bias begins at.
    if let bias = group.bias, isRouter(group) {
      guess.assignments.removeAll { $0.entry == bias.entry }
    }
    return guess
  }

  private func isTable(_ group: LayerGroup) -> Bool {
    let hint = hint(group)
    if hint.isEmbedding { return true }
    if hint.has("embedder"), parentHint(group).has("embeddings") { return true }
    return hint.isQuery && !["key", "value", "keys", "values", "k", "v"].contains { hasSibling(group, $0) }
  }

  /// Factors and shifts of a norm for each of a few conditions: as many rows, which begin at 1 and 0.
  private func isCondition(_ group: LayerGroup) -> Bool {
    ["scale", "shift"].contains(group.name) && parentHint(group).isNorm
  }

  /// A head in a branch without an embedding: the model ties them, and the file holds the one under the other's name.
  private func isTiedHead(_ group: LayerGroup) -> Bool {
    guard group.name == "lm_head" else { return false }
    return !embedsTokens(below: trie.entries[group.entry].parent)
  }

  private func embedsTokens(below entry: Int) -> Bool {
    var open = [entry]
    while let next = open.popLast() {
      for child in trie.entries[next].children where !trie.isLeaf(child) {
        if NameHint(trie.entries[child].name).mayEmbedTokens { return true }
        open.append(child)
      }
    }
    return false
  }

  /// A matrix whose beginning is not told by what it seems to be.
  private func open(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess {
    var guess = dense(group, primary, .outIn, parts: nil, isGuess: true)
    guess.beginning = .unknown
    return guess
  }

  private func parentHint(_ group: LayerGroup) -> NameHint {
    NameHint(trie.nearName(of: max(0, trie.entries[group.entry].parent)))
  }

  private func isRouter(_ group: LayerGroup) -> Bool {
    ["gate", "router"].contains(group.name)
      && ["experts", "shared_experts", "shared_expert"].contains { hasSibling(group, $0) }
  }

  /// A linear map; parts are told by the name unless given.
  func dense(
    _ group: LayerGroup, _ primary: LayerGroup.Leaf, _ orientation: Orientation, parts: Int?, isGuess: Bool
  ) -> LayerGuess {
    let shape = primary.tensor.shape
    let hint = NameHint(group.name)
    let order = parts == nil && hint.isPackedQKV ? order(group, hint) : .sequence
    func geometry(_ out: Int) -> Geometry {
      Geometry(
        outAxis: out, inAxes: [1 - out], parts: parts ?? packed(hint, out: shape[out], in: shape[1 - out]), order: order
      )
    }
    let choices =
      switch orientation {
      case .outIn: [geometry(0)]
      case .inOut: [geometry(1)]
      case .unknown: [geometry(0), geometry(1)]
      }
    let base = Dense(
      weight: canonical(primary.tensor, choices[0]), bias: group.bias?.tensor, parts: choices[0].parts,
      startsWithZeroBias: group.name == "out_proj" && hasSibling(group, "in_proj_weight"))
    var told = guess(base, group, isGuess: isGuess || choices.count > 1, choices)
    // Heads side by side for each of three maps; `query_key_value` is often one head after the other.
    if parts == nil, choices.count == 1, choices[0].parts == 1, hint.isPackedQKV, !hint.has("query_key_value"),
      let sizes = config.attentionSizes(shape[choices[0].outAxis])
    {
      told.pack(sizes, names: ["q", "k", "v"])
    }
    return told
  }

  /// How queries, keys and values lie in one map: under most names one after the other.
  ///
  /// `query_key_value` often has them head by head, and so have CodeGen's and MiniMax's `qkv_proj` and InternLM2's `wqkv`, under names that OpenELM and gpt-fast have as well.
  private func order(_ group: LayerGroup, _ hint: NameHint) -> PartOrder {
    if hint.hasWord("c_attn"), let heads = config.dealtHeads { return .byHead(heads) }
    let isOpen =
      hint.has("query_key_value") || hint.has("qkv_proj") && hasSibling(group, "out_proj")
      || group.name == "wqkv" && hasSibling(group, "wo")
    return isOpen ? .unknown : .sequence
  }

  private func packed(_ hint: NameHint, out: Int, in inputs: Int) -> Int {
    if hint.isPackedQKV, LayoutEvidence.isMultiple(out, of: inputs, 3) { return 3 }
    return hint.isPackedPair && out > 0 && out % 2 == 0 ? 2 : 1
  }

  func embedding(_ primary: LayerGroup.Leaf, isGuess: Bool) -> LayerGuess {
    LayerGuess(
      base: Embedding(weight: primary.tensor), isGuess: isGuess,
      assignments: [LayerGuess.Assignment(entry: primary.entry, field: "weight", role: .weight)])
  }

  // MARK: shared

  /// A layer with a weight, and a bias if the group has one.
  func guess(_ base: any Layer, _ group: LayerGroup, isGuess: Bool, _ choices: [Geometry]) -> LayerGuess {
    var guess = LayerGuess(base: base, isGuess: isGuess)
    for leaf in [group.primary, group.bias].compactMap({ $0 }) {
      let isBias = leaf.field == .bias
      guess.assignments.append(
        LayerGuess.Assignment(
          entry: leaf.entry, field: isBias ? "bias" : "weight", role: isBias ? .bias : .weight))
    }
    guess.geometries = [Recognition.FieldGeometry(field: "weight", choices: choices)]
    return guess
  }

  /// A tensor without bytes, with the axes in torch's order: outputs, inputs, kernel; swapped if transposed.
  func canonical(_ tensor: Tensor, _ geometry: Geometry) -> Tensor {
    let shape = tensor.shape
    let ends =
      geometry.isTransposed ? geometry.inAxes + [geometry.outAxis] : [geometry.outAxis] + geometry.inAxes
    let sizes = (ends + geometry.kernelAxes(of: shape)).map { shape[$0] }
    return Shape(checking: sizes).map { Tensor(lazy: $0, dtype: tensor.dtype) } ?? tensor
  }
}

extension NameHint {
  /// The usual names of linear maps.
  var isMap: Bool {
    has("proj") || has("linear") || has("dense") || hasWord("fc") || has("head") || has("query") || has("key")
      || has("value") || has("qkv") || has("gate") || has("classifier") || has("lora") || hasWord("to_q")
      || hasWord("to_k") || hasWord("to_v") || hasWord("to_kv") || hasWord("out") || isConv1D
  }
}

/// Flax keeps running statistics in a collection of their own: `params.bn.scale`, `batch_stats.bn.mean`.
struct BatchStatistics {
  private var isMirror: [Bool] = []
  private var mirrors: [Int] = []

  init(_ trie: NameTrie) {
    guard let statistics = trie.child("batch_stats", of: 0) else { return }
    isMirror = Array(repeating: false, count: trie.entries.count)
    mirrors = Array(repeating: -1, count: trie.entries.count)
    isMirror[statistics] = true
    let parameters = trie.child("params", of: 0)
    if let parameters { mirrors[parameters] = statistics }
    for (place, entry) in trie.entries.enumerated().dropFirst()
    where place != statistics && place != parameters {
      isMirror[place] = isMirror[entry.parent]
      guard mirrors[entry.parent] >= 0 else { continue }
      mirrors[place] = trie.child(entry.name, of: mirrors[entry.parent]) ?? -1
    }
  }

  /// Whether an entry is a part of the statistics.
  func contains(_ entry: Int) -> Bool { !isMirror.isEmpty && isMirror[entry] }

  /// Whether there are statistics for the layer at an entry.
  func describe(_ entry: Int) -> Bool { !mirrors.isEmpty && mirrors[entry] >= 0 }
}

extension Recognizer {
  /// Whether the file has running statistics for a group somewhere else.
  func hasMirroredStatistics(_ group: LayerGroup) -> Bool { statistics.describe(group.entry) }
}
