import Tensors

/// What is known of a tensor before it is there: its shape and the type of its elements.
public struct TensorSpec: Sendable, Hashable {
  /// The sizes of its axes.
  public var shape: Shape
  /// The type of its elements.
  public var dtype: DType

  /// A spec from its parts.
  public init(_ shape: Shape, _ dtype: DType = .f32) {
    self.shape = shape
    self.dtype = dtype
  }

  /// What a tensor is.
  public init(_ tensor: Tensor) { self.init(tensor.shape, tensor.dtype) }
}
