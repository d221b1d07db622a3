import CReinit

/// A forward pass, or the inference of its shapes.
///
/// Valid until the call returns.
public struct Pass {
  /// The call, for messages to the user, views and memory.
  public let call: Call
  private let raw: ri_forward
  private let kept = Kept()

  init(_ raw: ri_forward, _ call: Call) {
    self.raw = raw
    self.call = call
  }

  /// How many inputs there are.
  public var inputCount: Int { Int(clamping: raw.n_inputs) }

  /// An input; without elements while shapes are inferred.
  /// - Throws: `invalid` if there is none of that index.
  public func input(_ index: Int) throws(PluginError) -> TensorView {
    guard index >= 0, index < inputCount, let input = raw.inputs?[index] else {
      throw PluginError(.invalid, "input \(index) is missing: found \(inputCount) inputs")
    }
    return try call.view(TensorHandle(borrowed: input, call.host))
  }

  /// The elements of a float32 input.
  /// - Throws: `elementType`, or `invalid` for a tensor that was never filled.
  public func floats(_ index: Int) throws(PluginError) -> UnsafeBufferPointer<Float> {
    let input = try input(index)
    try input.require(.f32)
    guard input.hasValues else { throw PluginError(.invalid, "the input has no values yet") }
    return input.floats
  }

  /// Makes a float32 output and lends its memory, to write each element; empty while shapes are inferred.
  @discardableResult
  public func output(_ index: Int, shape: [Int]) throws(PluginError) -> UnsafeMutableBufferPointer<Float> {
    try output(index, .f32, shape: shape).assumingMemoryBound(to: Float.self)
  }

  /// Makes an output of any type and lends its memory, to write each byte; empty while shapes are inferred.
  @discardableResult
  public func output(
    _ index: Int, _ type: ElementType, shape: [Int]
  ) throws(PluginError) -> UnsafeMutableRawBufferPointer {
    var view = ri_view()
    view.struct_size = UInt32(MemoryLayout<ri_view>.size)
    let sizes = shape.map { Int64($0) }
    let status = call.host.pointee.output(
      call.raw, UInt64(clamping: index), type.rawValue, UInt32(sizes.count), sizes, &view)
    try PluginError.check(status, "an output")
    let bytes = view.data == nil ? 0 : Int(clamping: view.count) * type.byteCount
    return UnsafeMutableRawBufferPointer(start: view.data, count: bytes)
  }

  /// Gives a tensor as an output.
  public func output(_ index: Int, _ tensor: TensorHandle) throws(PluginError) {
    let status = call.host.pointee.set_output(call.raw, UInt64(clamping: index), tensor.raw)
    try PluginError.check(status, "an output")
  }

  /// Another layer's forward pass, or its shapes while shapes are inferred.
  ///
  /// What it gives lives until the pass ends, so that views of it stay readable.
  /// - Parameter outputs: how many outputs it has.
  public func apply(
    _ layer: LayerHandle, _ inputs: [TensorHandle], outputs: Int = 1
  ) throws(PluginError) -> [TensorHandle] {
    let tensors = inputs.map { Optional($0.raw) }
    var results = [OpaquePointer?](repeating: nil, count: max(outputs, 0))
    let status = withExtendedLifetime((layer, inputs)) {
      call.host.pointee.layer_apply(
        call.raw, layer.raw, tensors, UInt64(tensors.count), &results, UInt64(results.count))
    }
    try PluginError.check(status, "to apply a layer")
    let handles = results.compactMap { $0.map { TensorHandle(owned: $0, call.host) } }
    guard handles.count == results.count else { throw PluginError(.abi, "the host made no output") }
    kept.tensors += handles
    return handles
  }

  /// Another layer's forward pass, of one input and one output.
  public func apply(_ layer: LayerHandle, _ input: TensorHandle) throws(PluginError) -> TensorHandle {
    guard let output = try apply(layer, [input]).first else {
      throw PluginError(.abi, "the host made no output")
    }
    return output
  }
}

/// Tensors that are held until a pass ends: the last use of a handle may come before that of its elements.
private final class Kept {
  var tensors: [TensorHandle] = []
}
