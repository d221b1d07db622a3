import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

extension Flatten: ForwardLayer {
  /// The axes before ``Layers/Flatten/from``, and one for all others; from the last axis on where it is
  /// negative.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let first = from < 0 ? from + input.rank : from
    guard input.sizes.indices.contains(first) else {
      throw wrongShape(input, expected: "a tensor with an axis \(from)")
    }
    return [try .checked(input.sizes[..<first] + [input.count(first..<input.rank)])]
  }

  /// Of the input's type.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] {
    try inferShapes(inputs.map(\.shape)).map { TensorSpec($0, inputs[0].dtype) }
  }

  /// The same elements.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    [inputs[0].reshaped(try resultShape(inputs))]
  }
}

/// A layer that does something in training only.
protocol InertLayer: Layer, ForwardLayer, FusibleLayer {}

extension InertLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [try only(inputs)] }
  /// The input's shape and type.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] { [try only(inputs)] }
  /// The input.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    [try only(inputs)]
  }
  func deferred(_ input: DeferredTensor, in engine: DeferredEngine) throws(Diagnostic) -> DeferredTensor? { input }
}

extension PassThrough: ForwardLayer, InertLayer {}
extension Dropout: ForwardLayer, InertLayer {}
extension AlphaDropout: ForwardLayer, InertLayer {}
extension DropBlock: ForwardLayer, InertLayer {}
extension StochasticDepth: ForwardLayer, InertLayer {}

/// A parameter gives its value, whatever it is given, so that it can be a branch of a container.
extension Parameter: ForwardLayer {
  /// The value's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [value.shape] }

  /// The value's, as 32-bit floats unless it holds whole numbers.
  public func inferSpecs(_ inputs: [TensorSpec]) throws(Diagnostic) -> [TensorSpec] {
    [TensorSpec(value.shape, value.dtype.isFloatingPoint ? .f32 : value.dtype)]
  }

  /// The value.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    guard !value.isLazy || value.count == 0 else { throw .noContents(value, of: kind.name) }
    return [value.dtype.isFloatingPoint ? value.converted(to: .f32) : value]
  }
}
