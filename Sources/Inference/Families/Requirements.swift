import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// What layers require of their inputs and of their own tensors.
extension Layer {
  /// The one input.
  /// - Throws: ``Diagnostics/ErrorCode/inputCount``.
  func only<Value>(_ inputs: [Value]) throws(Diagnostic) -> Value {
    guard inputs.count == 1, let input = inputs.first else {
      throw wrongCount(inputs.count, expected: "1 tensor")
    }
    return input
  }

  func wrongCount(_ count: Int, expected: String) -> Diagnostic {
    Diagnostic(
      .inputCount, "'\(kind.name)' is given another number of tensors than it takes", expected: expected,
      found: "\(count)")
  }

  func wrongShape(_ shape: Shape, expected: String) -> Diagnostic {
    Diagnostic(
      .inputShape, "'\(kind.name)' cannot be applied to a tensor of that shape", expected: expected,
      found: "\(shape)")
  }

  func misfit(_ message: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
    Diagnostic(.layerMisfit, "'\(kind.name)' \(message)", expected: expected, found: found)
  }

  /// Requires a tensor of the layer to have a shape, unless it is absent.
  /// - Throws: ``Diagnostics/ErrorCode/layerMisfit``.
  func require(_ name: String, _ tensor: Tensor?, _ sizes: [Int]) throws(Diagnostic) {
    guard let tensor, tensor.shape.sizes != sizes else { return }
    throw misfit("holds a '\(name)' of another shape", expected: "\(sizes)", found: "\(tensor.shape)")
  }
}

extension ForwardLayer {
  /// The shape of the only result.
  func resultShape(_ inputs: [Tensor]) throws(Diagnostic) -> Shape {
    try inferShapes(inputs.map(\.shape)).first ?? []
  }
}

extension Shape {
  /// The number of elements in the axes of a range.
  func count(_ axes: Range<Int>) -> Int { sizes[axes].reduce(1, *) }

  /// The shape with another last axis.
  func withLast(_ size: Int) throws(Diagnostic) -> Shape { try .checked(sizes.dropLast() + [size]) }
}
