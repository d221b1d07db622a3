import CReinit

/// How much a line for the user matters.
public enum LogLevel: UInt32, Sendable {
  /// For whoever looks for a defect.
  case debug = 0
  /// Worth knowing.
  case note = 1
  /// Likely to be a mistake.
  case warning = 2
}

/// One call of the host, and what may be asked of the host during it.
///
/// Valid until the call returns, on its thread; never keep one.
public struct Call {
  /// The host's functions, for what this kit does not wrap.
  public let host: UnsafePointer<ri_host>
  /// The call as the host knows it.
  public let raw: OpaquePointer
  /// Whether tensors may have no elements: while shapes are inferred, and tensors are checked.
  let lacksValues: Bool

  init(_ host: UnsafePointer<ri_host>, _ raw: OpaquePointer, lacksValues: Bool = false) {
    self.host = host
    self.raw = raw
    self.lacksValues = lacksValues
  }

  /// Whether the user has interrupted the run; then throw ``Status/cancelled`` soon.
  public var isCancelled: Bool { host.pointee.cancelled(raw) != 0 }

  /// Prints a line for the user; plugins never print themselves.
  public func log(_ level: LogLevel, _ message: String) {
    message.withText { host.pointee.log(host, level.rawValue, $0) }
  }

  /// Memory for `count` values, uninitialized, until the call returns.
  /// - Throws: `noMemory`.
  public func scratch<Element: BitwiseCopyable>(
    of type: Element.Type, count: Int
  ) throws(PluginError) -> UnsafeMutableBufferPointer<Element> {
    let (bytes, overflows) = max(count, 0).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    let alignment = UInt64(max(MemoryLayout<Element>.alignment, 16))
    guard !overflows, let memory = host.pointee.scratch(raw, UInt64(bytes), alignment) else {
      throw PluginError(.noMemory, "no memory for \(count) values")
    }
    let start = memory.bindMemory(to: type, capacity: max(count, 0))
    return UnsafeMutableBufferPointer(start: start, count: max(count, 0))
  }

  /// A new tensor without memory or contents, as those that a layer is created with.
  /// - Throws: `invalid` for a shape that cannot be.
  public func tensor(_ shape: [Int], _ type: ElementType = .f32) throws(PluginError) -> TensorHandle {
    try tensor(shape, type, nil)
  }

  /// A new tensor with a copy of these values.
  /// - Throws: `shape` if there are not as many values as the shape has elements.
  public func tensor(_ shape: [Int], values: [Float]) throws(PluginError) -> TensorHandle {
    guard let count = elementCount(shape), count == values.count else {
      throw PluginError(.shape, "a tensor of shape \(shape) cannot hold \(values.count) values")
    }
    return try tensor(shape, .f32, values)
  }

  private func tensor(
    _ shape: [Int], _ type: ElementType, _ data: UnsafeRawPointer?
  ) throws(PluginError) -> TensorHandle {
    var handle: OpaquePointer?
    let sizes = shape.map { Int64($0) }
    let status = host.pointee.tensor_new(raw, type.rawValue, UInt32(shape.count), sizes, data, &handle)
    try PluginError.check(status, "a tensor")
    guard let handle else { throw PluginError(.abi, "the host made no tensor") }
    return TensorHandle(owned: handle, host)
  }

  /// A layer of any kind, as users write it: `Conv(in: 64, out: 16, kernel: [1, 1])`.
  /// - Parameter nested: the layers that it is made of, where it takes some.
  public func layer(_ text: String, nested: [LayerHandle] = []) throws(PluginError) -> LayerHandle {
    var handle: OpaquePointer?
    let layers = nested.map { Optional($0.raw) }
    let status = withExtendedLifetime(nested) {
      text.withText { host.pointee.layer_new(raw, $0, layers, UInt64(layers.count), &handle) }
    }
    try PluginError.check(status, "a layer")
    guard let handle else { throw PluginError(.abi, "the host made no layer") }
    return LayerHandle(owned: handle, host)
  }

  /// A tie: the same tensor wherever the result is a child, in this layer or in others.
  public func share(_ tensor: TensorHandle) throws(PluginError) -> TensorHandle {
    var handle: OpaquePointer?
    try PluginError.check(host.pointee.tensor_share(raw, tensor.raw, &handle), "a tie")
    guard let handle else { throw PluginError(.abi, "the host made no tie") }
    return TensorHandle(owned: handle, host)
  }

  /// A tensor's type and shape, and its elements where it has any; hold the tensor while you read them.
  public func view(_ tensor: TensorHandle) throws(PluginError) -> TensorView {
    var view = ri_view()
    view.struct_size = UInt32(MemoryLayout<ri_view>.size)
    try PluginError.check(host.pointee.tensor_view(raw, tensor.raw, &view), "a view of a tensor")
    return TensorView(view, tensor)
  }

}

/// How many elements a tensor of this shape has; nil for what no tensor can have.
func elementCount(_ shape: [Int]) -> Int? {
  shape.reduce(1) { (count: Int?, size) in
    guard let count, size >= 0 else { return nil }
    let (product, overflows) = count.multipliedReportingOverflow(by: size)
    return overflows ? nil : product
  }
}
