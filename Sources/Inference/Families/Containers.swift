import Diagnostics
import Functors
import Layers
import Tensors

/// How a container's children are connected.
enum Wiring {
  /// One after the other.
  case sequence
  /// One after the other, and the result is joined with the input.
  case skip(Connection)
  /// One after the other, the last one first.
  case composition
  /// Each gets the input, and the results are joined.
  case branches(Connection)
  /// Each gets the input, and the results stay apart.
  case split
  /// Each gets an input of its own, and the results are joined.
  case zipped(Connection)
  /// Each gets an input of its own joined with the result before, and the results stay apart.
  case fusion(Connection)
  /// The input goes around them.
  case bypass
}

/// A container whose children are connected in one of the ways of ``Wiring``.
protocol WiredContainer: Container, ForwardLayer {
  var wiring: Wiring { get }
}

extension WiredContainer {
  /// The children's results, connected.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    try applied(to: inputs, in: pass)
  }
  /// The shapes of the children's results, connected.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { try shapes(for: inputs) }
  /// The specs of the children's results, connected.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] { try specs(for: inputs) }
}

extension Chain: ForwardLayer, WiredContainer {
  var wiring: Wiring { .sequence }
}

extension Parallel: ForwardLayer, WiredContainer {
  var wiring: Wiring { .branches(connection) }
}

/// The input stands first in what is joined, the layers' result second. (Flux's `SkipConnection` has it the
/// other way round; this is the order of torchvision's DenseNet, whose weights depend on it.)
extension SkipConnection: ForwardLayer, WiredContainer {
  var wiring: Wiring { .skip(connection) }
}

extension Compose: ForwardLayer, WiredContainer {
  var wiring: Wiring { .composition }
}

extension Maxout: ForwardLayer, WiredContainer {
  var wiring: Wiring { .branches(.maximum) }
}

extension Split: ForwardLayer, WiredContainer {
  var wiring: Wiring { .split }
}

extension Join: ForwardLayer, WiredContainer {
  var wiring: Wiring { .zipped(connection) }
}

extension PairwiseFusion: ForwardLayer, WiredContainer {
  var wiring: Wiring { .fusion(connection) }
}

extension Auxiliary: ForwardLayer, WiredContainer {
  var wiring: Wiring { .bypass }
}
