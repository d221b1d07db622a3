import CReinit

/// A tensor's type, shape and elements, readable until the call returns.
public struct TensorView {
  /// The tensor itself.
  public let tensor: TensorHandle
  /// The type of its elements.
  public let elementType: ElementType
  /// Its sizes, row-major and contiguous.
  public let shape: [Int]
  /// Its elements; empty while shapes are inferred, and for a tensor that was never filled.
  public let bytes: UnsafeRawBufferPointer
  /// Whether the elements can be read.
  public let hasValues: Bool

  init(_ view: ri_view, _ tensor: TensorHandle) {
    self.tensor = tensor
    elementType = ElementType(rawValue: view.dtype)
    shape = UnsafeBufferPointer(lent: view.shape, count: Int(view.rank)).map { Int($0) }
    let size = Int(clamping: view.count) * elementType.byteCount
    bytes = UnsafeRawBufferPointer(start: view.data, count: view.data == nil ? 0 : size)
    hasValues = view.data != nil || view.count == 0
  }

  /// The elements of a float32 tensor; empty for other types.
  public var floats: UnsafeBufferPointer<Float> {
    elementType == .f32
      ? bytes.assumingMemoryBound(to: Float.self) : UnsafeBufferPointer(start: nil, count: 0)
  }

  /// Refuses elements of other types.
  /// - Throws: `elementType`.
  public func require(_ type: ElementType, _ name: String = "the input") throws(PluginError) {
    guard elementType == type else {
      throw PluginError(.elementType, "\(name) has the wrong type: expected \(type), found \(elementType)")
    }
  }

  /// Refuses other shapes.
  /// - Throws: `shape`.
  public func require(shape expected: [Int], _ name: String) throws(PluginError) {
    guard shape == expected else {
      throw PluginError(.shape, "\(name) has the wrong shape: expected \(expected), found \(shape)")
    }
  }

  /// Refuses a last axis of another size, and tensors without axes.
  /// - Throws: `shape`.
  public func require(lastAxis size: Int, _ name: String = "the input") throws(PluginError) {
    guard shape.last == size else {
      let found = shape.last.map { "\($0)" } ?? "no axes"
      throw PluginError(.shape, "\(name)'s last axis does not fit: expected \(size), found \(found)")
    }
  }
}
