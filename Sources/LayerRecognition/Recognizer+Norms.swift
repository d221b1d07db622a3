import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Recognizer {
  /// A weight of one axis: a norm, or a factor of another kind.
  func norm(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess? {
    let hint = hint(group)
    let shape = primary.tensor.shape
    guard shape.rank <= 1 || !hint.isLayerScale else { return nil }
    // Global response norms begin at 0 (Woo et al., 2023).
    if hint.has("grn") { return unknown(Scale(weight: primary.tensor, bias: group.bias?.tensor), group) }
    if group.bias != nil {
      guard FreeTensor.isVector(shape), shape.count != 1 else { return nil }
      if hasMirroredStatistics(group) { return batchNorm(group) }
      if hint.isBatchNorm { return scaled(BatchNorm(0), group, isGuess: true) }
      if hint.isGroupNorm { return scaled(groupNorm(group, groups: 1), group, isGuess: true) }
      if !hint.isLayerNorm, normalizesGroups(group) { return scaled(groupNorm(group, groups: 1), group, isGuess: true) }
      return mayBeginAtZero(group) ? openNorm(group) : layerNorm(group, isGuess: !hint.isLayerNorm)
    }
    if primary.field == .gamma, !hint.isNorm { return nil }
    // A scale beside branches belongs to the block, not to a norm.
    if primary.field == .scale, hasBranches(group) { return nil }
    if hint.isNorm { return rmsNorm(group, primary) }
    let isSlope = hint.has("prelu") || (shape.count == 1 && hint.isPReLU)
    return isSlope ? scaled(PReLU(weight: primary.tensor), group, isGuess: true) : nil
  }

  /// Whether a norm with a bias may begin at 0: where the whole file says so, and where it ends a residual branch.
  private func mayBeginAtZero(_ group: LayerGroup) -> Bool {
    if norms.isCentered { return true }
    let hint = hint(group)
    if norms.hasPostNorm, hint.isNorm, hasSibling(group, "attn") { return true }
    // The third norm of a bottleneck, behind its last convolution, which widens.
    guard hint.isOne(of: ["norm3", "gn3"]), let width = group.primary?.tensor.shape.count else { return false }
    let last = tensor("weight", of: "conv3", beside: group)?.shape
    return last.map { $0.rank == 4 && $0[0] == width && $0[1] < width } ?? false
  }

  private func openNorm(_ group: LayerGroup) -> LayerGuess {
    let told = layerNorm(group, isGuess: true)
    var guess = unknown(told.base, group)
    guess.hasInnerScale = told.hasInnerScale
    return guess
  }

  /// A tensor of a layer beside a group.
  private func tensor(_ name: String, of layer: String, beside group: LayerGroup) -> Tensor? {
    let parent = trie.entries[group.entry].parent
    guard parent >= 0, let layer = trie.child(layer, of: parent), let leaf = trie.child(name, of: layer) else {
      return nil
    }
    let index = trie.entries[leaf].tensor
    return index >= 0 ? tensors[index].tensor : nil
  }

  private func rmsNorm(_ group: LayerGroup, _ primary: LayerGroup.Leaf) -> LayerGuess {
    let base = RMSNorm(weight: primary.tensor, sizes: primary.tensor.shape.sizes)
    return norms.mayBeginAtZero ? unknown(base, group) : scaled(base, group, isGuess: true)
  }

  /// A layer whose weight and bias begin at what names and shapes do not tell.
  func unknown(_ base: any Layer, _ group: LayerGroup) -> LayerGuess {
    var guess = scaled(base, group, isGuess: true)
    guess.assignments = guess.assignments.map {
      LayerGuess.Assignment(entry: $0.entry, field: $0.field, role: .other)
    }
    guess.beginning = .unknown
    return guess
  }

  private func hasBranches(_ group: LayerGroup) -> Bool {
    trie.entries[group.entry].children.count > group.leaves.count
  }

  func layerNorm(_ group: LayerGroup, isGuess: Bool) -> LayerGuess {
    let scale = group.primary.map { Scale(weight: $0.tensor, bias: group.bias?.tensor) }
    let base = LayerNorm(scale: scale, sizes: group.primary?.tensor.shape.sizes ?? [])
    var guess = scaled(base, group, isGuess: isGuess)
    guess.hasInnerScale = true
    return guess
  }

  func groupNorm(_ group: LayerGroup, groups: Int) -> GroupNorm {
    let weight = group.primary?.tensor
    return GroupNorm(weight: weight, bias: group.bias?.tensor, groups: groups, channels: weight?.count ?? 0)
  }

  /// A norm with running statistics beside it, or in a collection of their own.
  func batchNorm(_ group: LayerGroup) -> LayerGuess { withStatistics(BatchNorm(0), group, isGuess: false) }

  /// A norm with all the buffers that the group has.
  func withStatistics(_ base: any Layer, _ group: LayerGroup, isGuess: Bool) -> LayerGuess {
    var guess = scaled(base, group, isGuess: isGuess)
    for leaf in group.leaves {
      switch leaf.field {
      case .runningMean: guess.assignments.append(buffer(leaf, "running_mean"))
      case .runningVar: guess.assignments.append(buffer(leaf, "running_var"))
      case .counter: guess.assignments.append(buffer(leaf, "num_batches_tracked"))
      default: break
      }
    }
    return guess
  }

  /// What Flax keeps of a batch norm in `batch_stats`.
  func batchStatistics(_ group: LayerGroup) -> LayerGuess? {
    var guess = LayerGuess(base: BatchNorm(0), isGuess: false)
    for leaf in group.leaves where leaf.name == "mean" || leaf.name == "var" {
      guess.assignments.append(buffer(leaf, "running_" + leaf.name))
    }
    return guess.assignments.isEmpty ? nil : guess
  }

  private func buffer(_ leaf: LayerGroup.Leaf, _ field: String) -> LayerGuess.Assignment {
    LayerGuess.Assignment(entry: leaf.entry, field: field, role: .buffer)
  }

  /// A layer whose weight is a factor.
  func scaled(_ base: any Layer, _ group: LayerGroup, isGuess: Bool) -> LayerGuess {
    var guess = LayerGuess(base: base, isGuess: isGuess)
    for leaf in [group.primary, group.bias].compactMap({ $0 }) {
      let isBias = leaf.field == .bias
      guess.assignments.append(
        LayerGuess.Assignment(
          entry: leaf.entry, field: isBias ? "bias" : "weight", role: isBias ? .bias : .scale))
    }
    return guess
  }
}
