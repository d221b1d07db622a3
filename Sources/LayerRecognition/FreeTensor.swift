import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Tells what a tensor is for that belongs to no layer, by its name, its type and its axes.
///
/// How it begins is not known: a factor may be 1, 0 or 2.66, a bias anything. Its role is
/// ``ParameterRole/other``, which rules for scales and biases do not reach, unless it is state, or is learned as weights are.
enum FreeTensor {
  /// The layer that holds the tensor alone.
  /// - Parameters:
  ///   - parent: the name before it, without numbers.
  ///   - group: what stands beside it.
  static func layer(
    _ leaf: LayerGroup.Leaf, parent: String, in group: LayerGroup
  ) -> (base: any Layer, role: ParameterRole, isGuess: Bool) {
    let tensor = leaf.tensor
    let name = leaf.name.utf8.allSatisfy { (48...57).contains($0) } ? parent : leaf.name
    let hint = NameHint(name)
    if !tensor.dtype.isFloatingPoint { return (Parameter(tensor, role: .buffer), .buffer, false) }
    if isLayerScale(leaf, hint, parent) { return (LayerScale(weight: tensor), .other, true) }
    // A codebook that follows its codes' means, with their counts beside it.
    if group.hasCounts, hint.has("embed") { return (Parameter(tensor, role: .buffer), .buffer, true) }
    let (role, isGuess) = role(leaf, hint, isQuantized: group.isQuantized)
    return (Parameter(tensor, role: role), role, isGuess)
  }

  /// A residual branch's factor.
  ///
  /// What it begins at is its architecture's: 1e-6, 1e-5, 0.1, 1.
  private static func isLayerScale(_ leaf: LayerGroup.Leaf, _ hint: NameHint, _ parent: String) -> Bool {
    guard isVector(leaf.tensor.shape) else { return false }
    let isFactor = leaf.field == .gamma || leaf.field == .scale || leaf.name.hasPrefix("lambda")
    return hint.isLayerScale || leaf.field == .gamma || (isFactor && NameHint(parent).isLayerScale)
  }

  private static func role(
    _ leaf: LayerGroup.Leaf, _ hint: NameHint, isQuantized: Bool
  ) -> (role: ParameterRole, isGuess: Bool) {
    let shape = leaf.tensor.shape
    if leaf.field == .runningMean || leaf.field == .runningVar || hint.isState { return (.buffer, true) }
    if isQuantized { return hint.isBias ? (.bias, true) : (.buffer, true) }
    if hint.isBias { return (shape.rank > 3 ? .buffer : .other, true) }
    if hint.isToken, shape.rank > 0 {
      // Two or three rows are the axes of a picture: random frequencies, and not a table of positions.
      let isFrequencies = shape.rank == 2 && shape[0] <= 3 && hint.has("position")
      return isFrequencies ? (.other, true) : (.weight, false)
    }
    return (!isVector(shape) && hint.isMatrix ? .weight : .other, true)
  }

  /// Whether at most one axis is longer than 1.
  static func isVector(_ shape: Shape) -> Bool { shape.sizes.count { $0 != 1 } <= 1 }
}
