import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Tells what a tensor is for that belongs to no layer, by its name, its type and its axes.
enum FreeTensor {
  /// The layer that holds the tensor alone.
  /// - Parameters:
  ///   - parent: the part of the name before it.
  ///   - isQuantized: whether it stands beside packed weights.
  static func layer(
    _ leaf: LayerGroup.Leaf, parent: String, isQuantized: Bool
  ) -> (base: any Layer, isGuess: Bool) {
    let tensor = leaf.tensor
    let hint = NameHint(leaf.name)
    if isLayerScale(leaf, hint, parent) { return (LayerScale(weight: tensor), false) }
    let (role, isGuess) = role(leaf, hint, isQuantized: isQuantized)
    return (Parameter(tensor, role: role), isGuess)
  }

  private static func isLayerScale(_ leaf: LayerGroup.Leaf, _ hint: NameHint, _ parent: String) -> Bool {
    guard leaf.tensor.dtype.isFloatingPoint, isVector(leaf.tensor.shape) else { return false }
    let isFactor = leaf.field == .gamma || leaf.name.hasPrefix("lambda")
    return hint.isLayerScale || leaf.field == .gamma || (isFactor && NameHint(parent).isLayerScale)
  }

  private static func role(
    _ leaf: LayerGroup.Leaf, _ hint: NameHint, isQuantized: Bool
  ) -> (role: ParameterRole, isGuess: Bool) {
    let shape = leaf.tensor.shape
    if !leaf.tensor.dtype.isFloatingPoint { return (.buffer, false) }
    if hint.isBias { return shape.rank > 3 ? (.buffer, true) : (.bias, isQuantized) }
    if isQuantized || hint.isBuffer || leaf.field == .runningMean || leaf.field == .runningVar {
      return (.buffer, true)
    }
    if hint.isToken, shape.rank > 0 { return (.weight, false) }
    return (isVector(shape) ? .scale : .weight, true)
  }

  /// Whether at most one axis is longer than 1.
  private static func isVector(_ shape: Shape) -> Bool { shape.sizes.count { $0 != 1 } <= 1 }
}
