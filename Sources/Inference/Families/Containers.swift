import Diagnostics
import Layers
import Tensors

extension FlowContainer {
  /// The children's results, connected.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    try applied(to: inputs, in: pass)
  }
  /// The shapes of the children's results, connected.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { try shapes(for: inputs) }
}

extension Chain: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .sequence }
}

extension Parallel: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .branches(connection) }
}

/// The input stands first in what is joined, the layers' result second. (Flux's `SkipConnection` has it the
/// other way round; this is the order of torchvision's DenseNet, whose weights depend on it.)
extension SkipConnection: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .skip(connection) }
}

extension Compose: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .composition }
}

extension Maxout: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .branches(.maximum) }
}

extension Split: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .split }
}

extension Join: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .zipped(connection) }
}

extension PairwiseFusion: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .fusion(connection) }
}

extension Auxiliary: ForwardLayer, FlowContainer {
  var flow: ChildFlow { .bypass }
}
