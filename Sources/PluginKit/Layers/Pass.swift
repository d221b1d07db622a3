import CReinit

/// A forward pass, or the inference of its shapes.
///
/// Valid until the call returns.
public struct Pass {
  /// The call, for messages to the user, views and memory.
  public let call: Call
  private let raw: ri_forward
  private let rows: [ChildRow]
  private let progress = Progress()

  init(_ raw: ri_forward, _ call: Call) {
    self.raw = raw
    self.call = Call(call.host, call.raw, lacksValues: Int(raw.flags) & RI_FORWARD_SHAPES != 0)
    rows = []
  }

  /// A pass of a described layer.
  init(_ raw: ri_forward, _ call: Call, _ rows: [ChildRow]) throws(PluginError) {
    guard raw.n_children == UInt64(rows.count), raw.children != nil || rows.isEmpty else {
      throw PluginError(.abi, "wrong number of children: expected \(rows.count), found \(raw.n_children)")
    }
    self.raw = raw
    self.call = Call(call.host, call.raw, lacksValues: Int(raw.flags) & RI_FORWARD_SHAPES != 0)
    self.rows = rows
  }

  /// Whether only shapes are asked for: tensors have no elements, and neither have outputs.
  public var wantsShapesOnly: Bool { call.lacksValues }

  /// Whether all outputs are made.
  var isComplete: Bool { raw.n_outputs > 0 && progress.outputs >= raw.n_outputs }

  func arguments(of parameters: [Parameter]) throws(PluginError) -> Arguments {
    try Arguments(raw.params, raw.n_params, parameters)
  }

  /// How many inputs there are.
  public var inputCount: Int { Int(clamping: raw.n_inputs) }

  /// An input; without elements while shapes are inferred.
  /// - Throws: `invalid` if there is none of that index.
  public func input(_ index: Int) throws(PluginError) -> TensorView {
    try call.view(tensor(index))
  }

  /// An input's elements, whatever floating-point type they are kept as; none while shapes are inferred.
  /// - Throws: `elementType`, or `invalid` for a tensor that was never filled.
  public func floats(_ index: Int) throws(PluginError) -> Floats {
    try call.floats(of: tensor(index), index == 0 ? "the input" : "input \(index)")
  }

  /// An input, to hand on to a nested layer.
  /// - Throws: `invalid` if there is none of that index.
  public func tensor(_ index: Int) throws(PluginError) -> TensorHandle {
    guard index >= 0, index < inputCount, let input = raw.inputs?[index] else {
      throw PluginError(.invalid, "input \(index) is missing: found \(inputCount) inputs")
    }
    return TensorHandle(borrowed: input, call.host)
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
    try oneMade()
    let bytes = view.data == nil ? 0 : Int(clamping: view.count) * type.byteCount
    return UnsafeMutableRawBufferPointer(start: view.data, count: bytes)
  }

  /// Gives a tensor as an output.
  public func output(_ index: Int, _ tensor: TensorHandle) throws(PluginError) {
    let status = call.host.pointee.set_output(call.raw, UInt64(clamping: index), tensor.raw)
    try PluginError.check(status, "an output")
    try oneMade()
  }

  /// Counts an output; of a described layer, nothing more is done after the last one where only shapes are wanted.
  private func oneMade() throws(PluginError) {
    progress.outputs += 1
    guard !rows.isEmpty, wantsShapesOnly, isComplete else { return }
    throw PluginError(.unsupported, "only shapes are asked for")
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
    progress.kept += handles
    return handles
  }

  /// What a layer makes of one tensor; its shape alone while shapes are inferred.
  /// - Parameter name: what messages call it.
  public func floats(
    _ layer: LayerHandle, of input: TensorHandle, _ name: String
  ) throws(PluginError) -> Floats {
    try call.floats(of: apply(layer, input), name)
  }

  /// Another layer's forward pass, of one input and one output.
  public func apply(_ layer: LayerHandle, _ input: TensorHandle) throws(PluginError) -> TensorHandle {
    guard let output = try apply(layer, [input]).first else {
      throw PluginError(.abi, "the host made no output")
    }
    return output
  }
}

/// The children of a described layer.
extension Pass {
  /// A tensor; nil where it is absent.
  /// - Throws: `internal` if there is no row of that name.
  public func childTensor(_ name: String) throws(PluginError) -> TensorHandle? {
    try part(name).tensor.map { TensorHandle(borrowed: $0, call.host) }
  }

  /// A layer; nil where it is absent.
  /// - Throws: `internal` if there is no row of that name.
  public func childLayer(_ name: String) throws(PluginError) -> LayerHandle? {
    try part(name).layer.map { LayerHandle(borrowed: $0, call.host) }
  }

  /// The elements of a tensor that must be there.
  /// - Throws: `invalid` if it is absent or was never filled, `internal` if there is no row of that name.
  public func childFloats(_ name: String) throws(PluginError) -> Floats {
    guard let floats = try optionalChildFloats(name) else { throw PluginError(.invalid, "\(name) is absent") }
    return floats
  }

  /// The elements of a tensor; nil where it is absent.
  /// - Throws: `invalid` if it was never filled, `internal` if there is no row of that name.
  public func optionalChildFloats(_ name: String) throws(PluginError) -> Floats? {
    guard let tensor = try part(name).tensor else { return nil }
    return try call.elements(of: tensor, RI_F32, name)
  }

  private func part(_ name: String) throws(PluginError) -> ri_part {
    guard let index = rows.firstIndex(where: { $0.name == name }), let children = raw.children else {
      throw PluginError(.internal, "the plugin asks for '\(name)', which is not one of its children")
    }
    return children[index]
  }
}

/// How far a pass has come.
private final class Progress {
  /// Tensors that are held until it ends: the last use of a handle may come before that of its elements.
  var kept: [TensorHandle] = []
  /// How many outputs are made.
  var outputs: UInt64 = 0
}
