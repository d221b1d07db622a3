import CReinit
import PluginHost

/// The host's functions with the inspector in front of them.
enum InspectedTable {
  /// The host's own functions; written once, before any plugin is entered.
  nonisolated(unsafe) private static var real = ri_host()

  private static let refused = ri_status(RI_INVALID)
  private static let failed = ri_status(RI_NO_MEMORY)

  static func install(in table: UnsafeMutablePointer<ri_host>) {
    InspectedTable.real = table.pointee
    installCalls(in: table)
    installTensors(in: table)
    installLayers(in: table)
    installOutputs(in: table)
  }

  /// The object behind a call, kept alive by who holds the result.
  static func object(_ context: OpaquePointer) -> any AnyObject & Sendable {
    Unmanaged<CallContext>.fromOpaque(UnsafeRawPointer(context)).takeUnretainedValue()
  }

  private static func installCalls(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.fail = { call, code, text in
      guard Inspector.shared.mayUse(call, "fail") else { return code }
      return InspectedTable.real.fail(call, code, text)
    }
    table.pointee.cancelled = { call in
      guard Inspector.shared.mayUse(call, "cancelled") else { return 0 }
      return Inspector.shared.faults.isCancelled ? 1 : InspectedTable.real.cancelled(call)
    }
    table.pointee.scratch = { call, bytes, alignment in
      guard Inspector.shared.mayUse(call, "scratch"), !Inspector.shared.faults.takes(.scratch) else { return nil }
      return InspectedTable.real.scratch(call, bytes, alignment)
    }
    table.pointee.parallel = { call, count, grain, body, argument in
      guard Inspector.shared.mayUse(call, "parallel") else { return InspectedTable.refused }
      return Inspector.shared.faults.takes(.parallel)
        ? InspectedTable.failed : InspectedTable.real.parallel(call, count, grain, body, argument)
    }
    table.pointee.service = { host, name, version in
      Inspector.shared.faults.withholdsServices ? nil : InspectedTable.real.service(host, name, version)
    }
  }

  private static func installTensors(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
      guard Inspector.shared.mayUse(call, "tensor_new") else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorNew) else { return InspectedTable.failed }
      return InspectedTable.owned(InspectedTable.real.tensor_new(call, dtype, rank, shape, data, out), out)
    }
    table.pointee.tensor_retain = { tensor in
      guard let tensor, Inspector.shared.mayUse(tensor, in: "tensor_retain") else { return }
      Inspector.shared.own(tensor)
      InspectedTable.real.tensor_retain(tensor)
    }
    table.pointee.tensor_release = { tensor in
      guard let tensor, Inspector.shared.disown(tensor, in: "tensor_release") else { return }
      InspectedTable.real.tensor_release(tensor)
    }
    table.pointee.tensor_view = { call, tensor, out in
      guard Inspector.shared.mayUse(call, "tensor_view"), let tensor, Inspector.shared.mayUse(tensor, in: "tensor_view")
      else {
        return InspectedTable.refused
      }
      return Inspector.shared.faults.takes(.tensorView)
        ? InspectedTable.failed : InspectedTable.real.tensor_view(call, tensor, out)
    }
    table.pointee.tensor_share = { call, tensor, out in
      guard Inspector.shared.mayUse(call, "tensor_share"), let tensor,
        Inspector.shared.mayUse(tensor, in: "tensor_share")
      else {
        return InspectedTable.refused
      }
      guard !Inspector.shared.faults.takes(.tensorShare) else { return InspectedTable.failed }
      return InspectedTable.owned(InspectedTable.real.tensor_share(call, tensor, out), out)
    }
  }

  private static func installLayers(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.layer_new = { call, text, layers, count, out in
      guard Inspector.shared.mayUse(call, "layer_new"), InspectedTable.areUsable(layers, count, "layer_new") else {
        return InspectedTable.refused
      }
      guard !Inspector.shared.faults.takes(.layerNew) else { return InspectedTable.failed }
      return InspectedTable.owned(InspectedTable.real.layer_new(call, text, layers, count, out), out)
    }
    table.pointee.layer_retain = { layer in
      guard let layer, Inspector.shared.mayUse(layer, in: "layer_retain") else { return }
      Inspector.shared.own(layer)
      InspectedTable.real.layer_retain(layer)
    }
    table.pointee.layer_release = { layer in
      guard let layer, Inspector.shared.disown(layer, in: "layer_release") else { return }
      InspectedTable.real.layer_release(layer)
    }
    table.pointee.layer_apply = { call, layer, inputs, inputCount, outputs, outputCount in
      guard Inspector.shared.mayUse(call, "layer_apply"), let layer, Inspector.shared.mayUse(layer, in: "layer_apply"),
        InspectedTable.areUsable(inputs, inputCount, "layer_apply")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.layerApply) else { return InspectedTable.failed }
      let status = InspectedTable.real.layer_apply(call, layer, inputs, inputCount, outputs, outputCount)
      guard status == RI_OK else { return status }
      for index in 0..<Int(clamping: outputCount) {
        if let output = outputs?[index] { Inspector.shared.own(output) }
      }
      return status
    }
  }

  private static func installOutputs(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.output = { call, index, dtype, rank, shape, out in
      guard Inspector.shared.mayUse(call, "output") else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.output) else { return InspectedTable.failed }
      let status = InspectedTable.real.output(call, index, dtype, rank, shape, out)
      if status == RI_OK, let view = out?.pointee { Inspector.shared.litter(view) }
      return status
    }
    table.pointee.set_output = { call, index, tensor in
      guard Inspector.shared.mayUse(call, "set_output"), let tensor, Inspector.shared.mayUse(tensor, in: "set_output")
      else {
        return InspectedTable.refused
      }
      return Inspector.shared.faults.takes(.setOutput)
        ? InspectedTable.failed : InspectedTable.real.set_output(call, index, tensor)
    }
  }

  /// Enters what a service has handed over.
  private static func owned(_ status: ri_status, _ out: UnsafeMutablePointer<OpaquePointer?>?) -> ri_status {
    if status == RI_OK, let handle = out?.pointee { Inspector.shared.own(handle) }
    return status
  }

  private static func areUsable(
    _ handles: UnsafePointer<OpaquePointer?>?, _ count: UInt64, _ service: String
  ) -> Bool {
    (0..<Int(min(count, 1 << 20))).allSatisfy { index in
      handles?[index].map { Inspector.shared.mayUse($0, in: service) } ?? true
    }
  }
}
