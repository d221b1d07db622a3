import COneDNN
import Tensors

/// Pictures in the order that oneDNN likes.
final class BlockedTensor {
  let raw: OpaquePointer
  /// Whose elements are looked at, for a view.
  private let source: Tensor?

  /// Owns what oneDNN made; nil for nothing.
  init?(_ raw: OpaquePointer?) {
    guard let raw else { return nil }
    (self.raw, source) = (raw, nil)
  }

  /// A view of pictures of aligned 32-bit floats.
  init?(viewing tensor: Tensor) {
    let sizes = tensor.shape.sizes.map(Int64.init)
    guard sizes.count == 4, tensor.count > 0, let raw = rd_view(sizes, tensor.lentFloats.base) else { return nil }
    (self.raw, source) = (raw, tensor)
  }

  deinit { rd_free(raw) }

  /// The elements in whatever order; nil where they are not all that there is.
  func elements(_ count: Int) -> UnsafeBufferPointer<Float>? {
    rd_elements(raw).map { UnsafeBufferPointer(start: $0, count: count) }
  }
}
