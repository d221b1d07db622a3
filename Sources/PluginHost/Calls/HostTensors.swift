import CReinit
import Diagnostics
import LayerVocabulary
import Tensors

/// Tensors that plugins make, hold, look into and tie; and the outputs of their passes.
enum HostTensors {
  static func install(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
      guard let call, let out else { return ri_status(RI_INVALID) }
      let context = CallContext.at(call)
      return context.serve { () throws(HostRefusal) in
        let tensor = try HostTensors.tensor(dtype, rank, shape, data)
        out.pointee = TensorHandle(tensor, context.environment.services.counter).handedOver()
      }
    }
    table.pointee.tensor_retain = { tensor in
      if let tensor { _ = Unmanaged.passRetained(TensorHandle.at(tensor)) }
    }
    table.pointee.tensor_release = { tensor in
      if let tensor { Unmanaged<TensorHandle>.fromOpaque(UnsafeRawPointer(tensor)).release() }
    }
    table.pointee.tensor_view = { call, tensor, out in
      guard let call, let tensor, let out else { return ri_status(RI_INVALID) }
      let (context, handle) = (CallContext.at(call), TensorHandle.at(tensor))
      context.keep(handle)
      return context.serve { () throws(HostRefusal) in
        let data = context.isInferring ? nil : handle.tensor.withBytes { $0.baseAddress }
        try HostTensors.show(handle.tensor, data.map { UnsafeMutableRawPointer(mutating: $0) }, in: context, out)
      }
    }
    table.pointee.tensor_view_as = { call, tensor, dtype, out in
      guard let call, let tensor, let out else { return ri_status(RI_INVALID) }
      let (context, handle) = (CallContext.at(call), TensorHandle.at(tensor))
      guard dtype == RI_F32 || dtype == RI_F64, let type = DType(abi: dtype), handle.tensor.dtype.isFloatingPoint else {
        return ri_status(RI_DTYPE)
      }
      context.keep(handle)
      return context.serve { () throws(HostRefusal) in
        try HostTensors.show(handle, as: type, in: context, out)
      }
    }
    table.pointee.tensor_read = { call, tensor, first, count, dtype, out in
      guard let call, let tensor, let out else { return ri_status(RI_INVALID) }
      let (context, handle) = (CallContext.at(call), TensorHandle.at(tensor))
      return context.serve { () throws(HostRefusal) in
        try HostTensors.read(handle.tensor, first, count, dtype, out)
      }
    }
    table.pointee.tensor_share = { call, tensor, out in
      guard call != nil, let tensor, let out else { return ri_status(RI_INVALID) }
      out.pointee = TensorHandle.at(tensor).shared.handedOver()
      return ri_status(RI_OK)
    }
    table.pointee.output = { call, index, dtype, rank, shape, out in
      guard let call, let out else { return ri_status(RI_INVALID) }
      return CallContext.at(call).serve { () throws(HostRefusal) in
        try HostTensors.output(index, dtype, rank, shape, CallContext.at(call), out)
      }
    }
    table.pointee.set_output = { call, index, tensor in
      guard let call, let tensor else { return ri_status(RI_INVALID) }
      return CallContext.at(call).serve { () throws(Diagnostic) in
        try CallContext.at(call).setOutput(index, TensorHandle.at(tensor).tensor)
      }
    }
  }

  /// A tensor from the ABI's description, with a copy of the data if there is any.
  private static func tensor(
    _ dtype: ri_dtype, _ rank: UInt32, _ shape: UnsafePointer<Int64>?, _ data: UnsafeRawPointer?
  ) throws(HostRefusal) -> Tensor {
    let (dtype, shape) = try describe(dtype, rank, shape)
    guard let data else { return Tensor(lazy: shape, dtype: dtype) }
    var tensor = try allocated(shape, dtype)
    tensor.withMutableBytes(keepingContents: false) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: data, count: $0.count))
    }
    return tensor
  }

  /// Makes an output and lends its memory: nobody else holds the tensor until the call returns.
  private static func output(
    _ index: UInt64, _ dtype: ri_dtype, _ rank: UInt32, _ shape: UnsafePointer<Int64>?, _ context: CallContext,
    _ out: UnsafeMutablePointer<ri_view>
  ) throws(HostRefusal) {
    let (dtype, shape) = try describe(dtype, rank, shape)
    var tensor =
      context.isInferring ? Tensor(lazy: shape, dtype: dtype) : try allocated(shape, dtype)
    let data = context.isInferring ? nil : tensor.withMutableBytes(keepingContents: false) { $0.baseAddress }
    do throws(Diagnostic) { try context.setOutput(index, tensor) } catch { throw HostRefusal(RI_INVALID, error) }
    try show(tensor, data, in: context, out)
  }

  /// Writes some elements as floats.
  private static func read(
    _ tensor: Tensor, _ first: UInt64, _ count: UInt64, _ dtype: ri_dtype, _ out: UnsafeMutableRawPointer
  ) throws(HostRefusal) {
    guard dtype == RI_F32 || dtype == RI_F64, tensor.dtype != .opaque else {
      throw HostRefusal(RI_DTYPE, "elements are read as f32 or f64", found: "\(tensor), dtype \(dtype)")
    }
    guard !tensor.isLazy else { throw HostRefusal(RI_INVALID, "a tensor without values is read", found: "\(tensor)") }
    let (end, overflows) = first.addingReportingOverflow(count)
    guard !overflows, end <= UInt64(tensor.count) else {
      throw HostRefusal(
        RI_INVALID, "elements beyond a tensor's end are read", found: "\(count) from \(first) on of \(tensor)")
    }
    let size = dtype == RI_F64 ? 8 : 4
    tensor.read(
      from: Int(first), as: dtype == RI_F64 ? .f64 : .f32,
      into: UnsafeMutableRawBufferPointer(start: out, count: Int(count) * size))
  }

  private static func describe(
    _ dtype: ri_dtype, _ rank: UInt32, _ sizes: UnsafePointer<Int64>?
  ) throws(HostRefusal) -> (DType, Shape) {
    guard let type = DType(abi: dtype) else {
      throw HostRefusal(RI_DTYPE, "a plugin asks for a type of elements that is none", found: "dtype \(dtype)")
    }
    guard rank <= 64, rank == 0 || sizes != nil else {
      throw HostRefusal(RI_SHAPE, "a plugin asks for a shape that is none", found: "rank \(rank)")
    }
    let axes = (0..<Int(rank)).map { Int(sizes?[$0] ?? 0) }
    guard let shape = Shape(checking: axes), !shape.count.multipliedReportingOverflow(by: 8).overflow else {
      throw HostRefusal(RI_SHAPE, "a plugin asks for a shape that is none", found: "\(axes)")
    }
    return (type, shape)
  }

  private static func allocated(_ shape: Shape, _ dtype: DType) throws(HostRefusal) -> Tensor {
    do { return try Tensor(allocating: shape, dtype: dtype) } catch {
      throw HostRefusal(
        RI_NO_MEMORY, "a plugin asks for more memory than there is", found: "\(shape.count * dtype.size) bytes")
    }
  }

  /// Shows a tensor with elements of another type: a copy until the call ends, or the run, unless the types are one.
  private static func show(
    _ handle: TensorHandle, as dtype: DType, in context: CallContext, _ out: UnsafeMutablePointer<ri_view>
  ) throws(HostRefusal) {
    let tensor = handle.tensor
    guard tensor.dtype != dtype, !context.isInferring, tensor.withBytes({ $0.baseAddress }) != nil else {
      let data = context.isInferring ? nil : tensor.withBytes { $0.baseAddress }
      let shown = tensor.dtype == dtype ? tensor : Tensor(lazy: tensor.shape, dtype: dtype)
      return try show(shown, data.map { UnsafeMutableRawPointer(mutating: $0) }, in: context, out)
    }
    let made = try? handle.conversions.map { (known) throws(Diagnostic) in try known.tensor(tensor, as: dtype) }
    guard let converted = try? made ?? tensor.copied(as: dtype) else {
      throw HostRefusal(RI_NO_MEMORY, "there is no memory to show a tensor as \(dtype)", found: "\(tensor)")
    }
    let copy = TensorHandle(converted, context.environment.services.counter)
    context.keep(copy)
    let data = copy.tensor.withBytes { $0.baseAddress }
    try show(copy.tensor, data.map { UnsafeMutableRawPointer(mutating: $0) }, in: context, out)
  }

  /// Fills a view, no further than its size.
  private static func show(
    _ tensor: Tensor, _ data: UnsafeMutableRawPointer?, in context: CallContext,
    _ out: UnsafeMutablePointer<ri_view>
  ) throws(HostRefusal) {
    let axes = tensor.shape.sizes
    guard let dtype = tensor.dtype.abi else {
      throw HostRefusal(RI_DTYPE, "a plugin cannot see a tensor of such elements", found: "\(tensor)")
    }
    guard let memory = context.scratch(UInt64(8 * axes.count), alignment: 8) else {
      throw HostRefusal(RI_NO_MEMORY, "there is no memory to show a tensor to a plugin", found: "\(tensor)")
    }
    let shape = memory.bindMemory(to: Int64.self, capacity: axes.count)
    for (index, size) in axes.enumerated() { shape[index] = Int64(size) }
    var view = ri_view()
    view.dtype = dtype
    view.rank = UInt32(axes.count)
    view.shape = UnsafePointer(shape)
    view.count = UInt64(tensor.count)
    view.data = data
    CStruct.write(view, to: out)
  }
}

/// What the host refuses a plugin: the status for it, and the reason for the user.
struct HostRefusal: Error {
  let status: ri_status
  let reason: Diagnostic

  init(_ status: Int, _ reason: Diagnostic) { (self.status, self.reason) = (ri_status(status), reason) }

  init(_ status: Int, _ message: String, found: String, expected: String? = nil) {
    self.init(status, Diagnostic(.pluginCallFailed, message, expected: expected, found: found))
  }
}

extension CallContext {
  /// Runs what the host does for the plugin; a refusal is kept.
  func serve(_ body: () throws(HostRefusal) -> Void) -> ri_status {
    do throws(HostRefusal) {
      try body()
      return ri_status(RI_OK)
    } catch { return refuse(error.status, error.reason) }
  }
}

extension CStruct {
  /// Writes a struct as far as the other side's copy of it reaches, and says how far.
  static func write<Value>(_ value: Value, to out: UnsafeMutablePointer<Value>) {
    let raw = UnsafeMutableRawPointer(out)
    let size = min(Int(raw.load(as: UInt32.self)), MemoryLayout<Value>.size)
    guard size > 4 else { return }
    withUnsafeBytes(of: value) { source in
      UnsafeMutableRawBufferPointer(start: raw + 4, count: size - 4)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[4..<size]))
    }
  }
}
