import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Recognizer {
  /// Weights under torch's names of a recurrent layer; the number of gates tells which one it is.
  func recurrent(_ group: LayerGroup) -> LayerGuess? {
    let gated = group.leaves.filter { $0.field == .recurrent }
    guard
      let hidden = gated.first(where: { $0.name.hasPrefix("weight_hh") }), hidden.tensor.shape.rank == 2,
      gated.allSatisfy({ $0.tensor.dtype.isFloatingPoint })
    else { return nil }
    let projection = gated.first { $0.name.hasPrefix("weight_hr") && $0.tensor.shape.rank == 2 }
    let size = projection?.tensor.shape[1] ?? hidden.tensor.shape[1]
    guard size > 0, hidden.tensor.shape[0] % size == 0,
      let base = Recognizer.recurrentLayer(gates: hidden.tensor.shape[0] / size, hidden: size, gated)
    else { return nil }
    var guess = LayerGuess(base: base, isGuess: false)
    guess.assignments = gated.map { leaf in
      LayerGuess.Assignment(
        entry: leaf.entry, field: leaf.name, role: leaf.name.hasPrefix("bias") ? .bias : .weight)
    }
    return guess
  }

  private static func recurrentLayer(gates: Int, hidden: Int, _ leaves: [LayerGroup.Leaf]) -> (any Layer)? {
    let parameters = RecurrentParameters(leaves.map { ($0.name, $0.tensor) })
    let sizes = RecurrentSizes(inputs: 0, hidden: hidden)
    switch gates {
    case RNN.gates: return RNN(parameters: parameters, sizes: sizes)
    case GRU.gates: return GRU(parameters: parameters, sizes: sizes)
    case LSTM.gates: return LSTM(parameters: parameters, sizes: sizes)
    default: return nil
    }
  }

  /// Attention with torch's names, packed or separate; the number of heads cannot be known.
  func attention(_ group: LayerGroup) -> LayerGuess? {
    let weights = group.leaves.filter { $0.field == .attention && $0.tensor.dtype.isFloatingPoint }
    guard let size = Recognizer.attentionSize(weights) else { return nil }
    var base = MultiHeadAttention(1, heads: 1)
    base.inProjWeight = weights.first { $0.name == "in_proj_weight" }?.tensor
    base.qProjWeight = weights.first { $0.name == "q_proj_weight" }?.tensor
    base.kProjWeight = weights.first { $0.name == "k_proj_weight" }?.tensor
    base.vProjWeight = weights.first { $0.name == "v_proj_weight" }?.tensor
    if let square = Shape(checking: [size, size]) { base.outProj.weight = Tensor(lazy: square) }
    var guess = LayerGuess(base: base, isGuess: false)
    for leaf in group.leaves where leaf.tensor.dtype.isFloatingPoint {
      guard leaf.field == .attention || ["in_proj_bias", "bias_k", "bias_v"].contains(leaf.name) else {
        continue
      }
      guess.assignments.append(
        LayerGuess.Assignment(
          entry: leaf.entry, field: leaf.name, role: leaf.name.hasSuffix("weight") ? .weight : .bias))
    }
    return guess
  }

  /// The embedding's size, where the matrices are what attention has.
  private static func attentionSize(_ weights: [LayerGroup.Leaf]) -> Int? {
    guard let first = weights.first, weights.allSatisfy({ $0.tensor.shape.rank == 2 }) else { return nil }
    let shape = first.tensor.shape
    if first.name != "in_proj_weight" { return shape[0] }
    return LayoutEvidence.isMultiple(shape[0], of: shape[1], 3) ? shape[1] : nil
  }
}
