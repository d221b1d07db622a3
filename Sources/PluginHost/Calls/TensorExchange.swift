import CReinit
import Diagnostics
import Glibc
import Tensors

/// The draft service `draft.dlpack`: tensors to and from other libraries.
enum TensorExchange {
  nonisolated(unsafe) static let table: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<ri_draft_dlpack>.allocate(capacity: 1)
    table.initialize(
      to: ri_draft_dlpack(
        struct_size: UInt32(MemoryLayout<ri_draft_dlpack>.size), version: 1,
        to_dlpack: { call, tensor, out in
          guard let call, let tensor, let out else { return ri_status(RI_INVALID) }
          return CallContext.at(call).serve { () throws(HostRefusal) in
            out.pointee = try ExportedTensor.make(
              TensorHandle.at(tensor), isInferring: CallContext.at(call).isInferring)
          }
        },
        from_dlpack: { call, managed, out in
          // Whatever happens, what was handed over is given back.
          defer { managed?.pointee.deleter?(managed) }
          guard let call, let managed, let out else { return ri_status(RI_INVALID) }
          let context = CallContext.at(call)
          return context.serve { () throws(HostRefusal) in
            let tensor = try ImportedTensor(managed.pointee).copy()
            out.pointee = TensorHandle(tensor, context.environment.services.counter).handedOver()
          }
        }))
    return UnsafeRawPointer(table)
  }()

  /// The type of DLPack for one of ours; nil for opaque elements.
  static func type(of dtype: DType) -> ri_dl_type? {
    types.first { $0.dtype == dtype }.map { ri_dl_type(code: UInt8($0.code), bits: UInt8(8 * dtype.size), lanes: 1) }
  }

  /// Our type for one of DLPack's; nil where there is none.
  static func dtype(of type: ri_dl_type) -> DType? {
    guard type.lanes == 1 else { return nil }
    return types.first { $0.code == Int(type.code) && 8 * $0.dtype.size == Int(type.bits) }?.dtype
  }

  private static let types: [(dtype: DType, code: Int)] = [
    (.f32, RI_DL_FLOAT), (.f64, RI_DL_FLOAT), (.f16, RI_DL_FLOAT), (.bf16, RI_DL_BFLOAT), (.i64, RI_DL_INT),
    (.i32, RI_DL_INT), (.i16, RI_DL_INT), (.i8, RI_DL_INT), (.u64, RI_DL_UINT), (.u32, RI_DL_UINT),
    (.u16, RI_DL_UINT), (.u8, RI_DL_UINT), (.bool, RI_DL_BOOL), (.f8e4m3, RI_DL_FLOAT8_E4M3FN),
    (.f8e5m2, RI_DL_FLOAT8_E5M2),
  ]
}

/// A tensor that another library reads: one block of memory, with the shape and the strides behind the struct.
private enum ExportedTensor {
  /// The struct, which retains the handle until its deleter is called.
  static func make(
    _ handle: TensorHandle, isInferring: Bool
  ) throws(HostRefusal) -> UnsafeMutablePointer<ri_dl_managed> {
    let tensor = handle.tensor
    guard let type = TensorExchange.type(of: tensor.dtype) else {
      throw HostRefusal(RI_DTYPE, "DLPack has no type for a tensor's elements", found: "\(tensor)")
    }
    let data = isInferring ? nil : tensor.withBytes { $0.baseAddress }
    guard data != nil || tensor.count == 0 else {
      throw HostRefusal(RI_INVALID, "a tensor without contents cannot be handed to another library", found: "\(tensor)")
    }
    let (rank, size) = (tensor.shape.sizes.count, MemoryLayout<ri_dl_managed>.size)
    guard let block = calloc(1, size + 16 * max(rank, 1)) else {
      throw HostRefusal(RI_NO_MEMORY, "there is no memory to hand a tensor to another library", found: "\(tensor)")
    }
    let shape = (block + size).bindMemory(to: Int64.self, capacity: 2 * max(rank, 1))
    let managed = block.bindMemory(to: ri_dl_managed.self, capacity: 1)
    describe(tensor, in: shape)
    managed.pointee.version = ri_dl_version(major: UInt32(RI_DL_MAJOR), minor: UInt32(RI_DL_MINOR))
    managed.pointee.manager_ctx = Unmanaged.passRetained(handle).toOpaque()
    managed.pointee.deleter = { ExportedTensor.delete($0) }
    managed.pointee.flags = UInt64(RI_DL_READ_ONLY)
    managed.pointee.dl_tensor = ri_dl_tensor(
      data: tensor.count == 0 ? nil : data.map { UnsafeMutableRawPointer(mutating: $0) },
      device: ri_dl_device(device_type: Int32(RI_DL_CPU), device_id: 0), ndim: Int32(rank), dtype: type, shape: shape,
      strides: shape + rank, byte_offset: 0)
    return managed
  }

  /// Sizes, and behind them row-major strides.
  private static func describe(_ tensor: Tensor, in memory: UnsafeMutablePointer<Int64>) {
    let sizes = tensor.shape.sizes
    var stride = 1
    for axis in sizes.indices.reversed() {
      memory[axis] = Int64(sizes[axis])
      memory[sizes.count + axis] = Int64(stride)
      stride = stride.multipliedReportingOverflow(by: max(1, sizes[axis])).partialValue
    }
  }

  private static func delete(_ managed: UnsafeMutablePointer<ri_dl_managed>?) {
    guard let managed, let context = managed.pointee.manager_ctx else { return }
    Unmanaged<TensorHandle>.fromOpaque(context).release()
    free(managed)
  }
}
