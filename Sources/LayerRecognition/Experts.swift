import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Linear maps of experts in one tensor, `[experts, out, in]`: one of the layers that can be told of a file, and not built.
///
/// How it begins is its architecture's; nothing is a default of all.
struct Experts: Layer {
  /// What rules and notes call it.
  static let kind = LayerKind("Experts")
  /// The matrices, one after the other.
  var weight: Tensor

  static let fields = FieldList(weights: \Self.weight)

  var kind: LayerKind { Experts.kind }

  /// The axes of one expert's matrix.
  func geometry(of field: String) -> Geometry? {
    field == "weight" ? Geometry(outAxis: 1, inAxes: [2], isStacked: true) : nil
  }
}
