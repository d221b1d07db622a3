import CReinit
import Diagnostics
import PluginHost
import Synchronization
import Tensors

/// The draft service `draft.dlpack` with the inspector in front of it: what is handed to another library counts as held
/// until its deleter is called, and can be touched until then, and read alone.
enum InspectedExchange {
  private struct Open: @unchecked Sendable {
    let object: OpaquePointer
    let deleter: @convention(c) (UnsafeMutablePointer<ri_dl_managed>?) -> Void
    let block: LentMemory.Block?
  }
  private static let open = Mutex<[UInt: Open]>([:])
  nonisolated(unsafe) private static var real: UnsafePointer<ri_draft_dlpack>?

  /// The table that stands for the host's.
  static func standing(for table: UnsafeRawPointer) -> UnsafeRawPointer {
    real = table.assumingMemoryBound(to: ri_draft_dlpack.self)
    return own
  }

  nonisolated(unsafe) private static let own: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<ri_draft_dlpack>.allocate(capacity: 1)
    table.initialize(
      to: ri_draft_dlpack(
        struct_size: UInt32(MemoryLayout<ri_draft_dlpack>.size), version: 1,
        to_dlpack: { InspectedExchange.hand(over: $1, in: $0, $2) },
        from_dlpack: { InspectedExchange.take($1, in: $0, $2) }))
    return UnsafeRawPointer(table)
  }()

  private static func hand(
    over tensor: OpaquePointer?, in call: OpaquePointer?,
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<ri_dl_managed>?>?
  ) -> ri_status {
    guard let call = Inspector.shared.call(call, "to_dlpack")?.context,
      let tensor = Inspector.shared.object(tensor, in: "to_dlpack"), let real
    else { return ri_status(RI_INVALID) }
    guard !Inspector.shared.faults.takes(.tensorView) else { return ri_status(RI_NO_MEMORY) }
    let status = real.pointee.to_dlpack(call, tensor, out)
    guard status == RI_OK, let managed = out?.pointee, let deleter = managed.pointee.deleter else { return status }
    _ = Inspector.shared.own(tensor)
    let block = protected(&managed.pointee.dl_tensor)
    open.withLock { $0[UInt(bitPattern: managed)] = Open(object: tensor, deleter: deleter, block: block) }
    managed.pointee.deleter = { InspectedExchange.delete($0) }
    return status
  }

  /// A copy of the elements that can only be read.
  private static func protected(_ tensor: inout ri_dl_tensor) -> LentMemory.Block? {
    guard let data = tensor.data else { return nil }
    let count = (0..<Int(tensor.ndim)).reduce(1) { $0 * Int(tensor.shape[$1]) }
    let size = Int(tensor.dtype.bits) / 8
    guard let block = LentMemory.shared.take(.elements, count * size, alignment: size) else { return nil }
    block.bytes.copyMemory(from: UnsafeRawBufferPointer(start: data, count: count * size))
    LentMemory.shared.seal(block)
    tensor.data = block.bytes.baseAddress
    return block
  }

  private static func delete(_ managed: UnsafeMutablePointer<ri_dl_managed>?) {
    guard let managed, let entry = open.withLock({ $0.removeValue(forKey: UInt(bitPattern: managed)) }) else {
      return Inspector.shared.note(
        Diagnostic(
          .findingOverreleased, "the deleter of a tensor that was handed over is called again", expected: "one call",
          found: "one more"))
    }
    if let block = entry.block { LentMemory.shared.giveBack(block) }
    _ = Inspector.shared.disown(entry.object, in: "the deleter of to_dlpack")
    entry.deleter(managed)
  }

  private static func take(
    _ managed: UnsafeMutablePointer<ri_dl_managed>?, in call: OpaquePointer?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?
  ) -> ri_status {
    guard let call = Inspector.shared.call(call, "from_dlpack")?.context, let real else {
      managed?.pointee.deleter?(managed)
      return ri_status(RI_INVALID)
    }
    guard !Inspector.shared.faults.takes(.tensorNew) else {
      managed?.pointee.deleter?(managed)
      return ri_status(RI_NO_MEMORY)
    }
    return InspectedTable.owned(real.pointee.from_dlpack(call, managed, out), out)
  }
}
