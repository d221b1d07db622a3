import CReinit
import PluginHost

/// The host's functions with the inspector in front of them.
enum InspectedTable {
  /// The host's own functions; written once, before any plugin is entered.
  nonisolated(unsafe) private(set) static var real = ri_host()

  private static let refused = ri_status(RI_INVALID)
  private static let failed = ri_status(RI_NO_MEMORY)

  static func install(in table: UnsafeMutablePointer<ri_host>) {
    InspectedTable.real = table.pointee
    installRegistrations(in: table)
    installCalls(in: table)
    installTensors(in: table)
    installViews(in: table)
    installLayers(in: table)
    installInformation(in: table)
    installOutputs(in: table)
  }

  /// The object behind a call, kept alive by who holds the result.
  static func object(_ context: OpaquePointer) -> any AnyObject & Sendable {
    Unmanaged<CallContext>.fromOpaque(UnsafeRawPointer(context)).takeUnretainedValue()
  }

  private static func installRegistrations(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.add_initializer = { host, given in
      InspectedInitializer.standing(for: given) { InspectedTable.real.add_initializer(host, $0) }
    }
    table.pointee.add_layer = { host, given in
      InspectedLayerType.standing(for: given) { InspectedTable.real.add_layer(host, $0) }
    }
  }

  private static func installCalls(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.fail = { call, code, text in
      guard let call = Inspector.shared.call(call, "fail")?.context else { return code }
      return InspectedTable.real.fail(call, code, text)
    }
    table.pointee.cancelled = { call in
      guard let call = Inspector.shared.call(call, "cancelled")?.context else { return 0 }
      return Inspector.shared.faults.isCancelled ? 1 : InspectedTable.real.cancelled(call)
    }
    table.pointee.scratch = { call, bytes, alignment in
      guard let (call, lent) = Inspector.shared.call(call, "scratch"), !Inspector.shared.faults.takes(.scratch),
        let own = InspectedTable.real.scratch(call, bytes, alignment)
      else { return nil }
      return lent?.scratch(bytes, alignment: alignment) ?? own
    }
    table.pointee.parallel = { call, count, grain, body, argument in
      guard let call = Inspector.shared.call(call, "parallel")?.context else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.parallel) else { return InspectedTable.failed }
      guard let body, let plan = Inspector.shared.parallel.plan(count, grain) else {
        return InspectedTable.real.parallel(call, count, grain, body, argument)
      }
      return plan.run(body, argument, for: call)
    }
    table.pointee.service = { host, name, version in
      guard !Inspector.shared.faults.withholdsServices,
        let table = InspectedTable.real.service(host, name, version)
      else { return nil }
      return CText.message(name) == RI_DRAFT_DLPACK ? InspectedExchange.standing(for: table) : table
    }
  }

  private static func installTensors(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.tensor_new = { call, dtype, rank, shape, data, out in
      guard let call = Inspector.shared.call(call, "tensor_new")?.context else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorNew) else { return InspectedTable.failed }
      return InspectedTable.owned(InspectedTable.real.tensor_new(call, dtype, rank, shape, data, out), out)
    }
    table.pointee.tensor_retain = { tensor in
      guard let tensor = Inspector.shared.object(tensor, in: "tensor_retain") else { return }
      _ = Inspector.shared.own(tensor)
      InspectedTable.real.tensor_retain(tensor)
    }
    table.pointee.tensor_release = { tensor in
      guard let tensor, let object = Inspector.shared.disown(tensor, in: "tensor_release") else { return }
      InspectedTable.real.tensor_release(object)
    }
    table.pointee.tensor_share = { call, tensor, out in
      guard let call = Inspector.shared.call(call, "tensor_share")?.context,
        let tensor = Inspector.shared.object(tensor, in: "tensor_share")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorShare) else { return InspectedTable.failed }
      return InspectedTable.owned(InspectedTable.real.tensor_share(call, tensor, out), out)
    }
  }

  private static func installViews(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.tensor_view = { call, tensor, out in
      guard let (call, lent) = Inspector.shared.call(call, "tensor_view"),
        let tensor = Inspector.shared.object(tensor, in: "tensor_view")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorView) else { return InspectedTable.failed }
      let status = InspectedTable.real.tensor_view(call, tensor, out)
      if status == RI_OK { lent?.view(out, isOutput: false) }
      return status
    }
    table.pointee.tensor_view_as = { call, tensor, dtype, out in
      guard let (call, lent) = Inspector.shared.call(call, "tensor_view_as"),
        let tensor = Inspector.shared.object(tensor, in: "tensor_view_as")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorView) else { return InspectedTable.failed }
      let status = InspectedTable.real.tensor_view_as(call, tensor, dtype, out)
      if status == RI_OK { lent?.view(out, isOutput: false) }
      return status
    }
    table.pointee.tensor_read = { call, tensor, first, count, dtype, out in
      guard let (call, _) = Inspector.shared.call(call, "tensor_read"),
        let tensor = Inspector.shared.object(tensor, in: "tensor_read")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.tensorView) else { return InspectedTable.failed }
      return InspectedTable.real.tensor_read(call, tensor, first, count, dtype, out)
    }
  }

  private static func installInformation(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.layer_info = { call, layer, out in
      guard let (call, lent) = Inspector.shared.call(call, "layer_info"),
        let layer = Inspector.shared.object(layer, in: "layer_info")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.layerInfo) else { return InspectedTable.failed }
      let status = InspectedTable.real.layer_info(call, layer, out)
      if status == RI_OK, let lent, let out, out.pointee.struct_size >= MemoryLayout<ri_layer_info>.size {
        (out.pointee.type, out.pointee.text) = (lent.text(out.pointee.type), lent.text(out.pointee.text))
      }
      return status
    }
    table.pointee.layer_child = { call, layer, index, out in
      guard let (call, lent) = Inspector.shared.call(call, "layer_child"),
        let layer = Inspector.shared.object(layer, in: "layer_child")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.layerInfo) else { return InspectedTable.failed }
      let status = InspectedTable.real.layer_child(call, layer, index, out)
      if status == RI_OK, let out { InspectedTable.show(out, for: call, lent) }
      return status
    }
  }

  /// Lends a child of another layer until the call returns.
  private static func show(_ child: UnsafeMutablePointer<ri_child>, for call: OpaquePointer, _ lent: LentCall?) {
    guard child.pointee.struct_size >= MemoryLayout<ri_child>.size else { return }
    Inspector.shared.lends([child.pointee.tensor, child.pointee.layer], call)
    child.pointee.tensor = Inspector.shared.token(child.pointee.tensor)
    child.pointee.layer = Inspector.shared.token(child.pointee.layer)
    guard let lent else { return }
    (child.pointee.name, child.pointee.fresh) = (lent.text(child.pointee.name), lent.text(child.pointee.fresh))
    child.pointee.geometry = lent.geometry(child.pointee.geometry)
    if let begins = child.pointee.begins { child.pointee.begins = lent.structure(begins.pointee) }
  }

  private static func installLayers(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.layer_new = { call, text, layers, count, out in
      guard let call = Inspector.shared.call(call, "layer_new")?.context,
        let objects = InspectedTable.objects(layers, count, "layer_new")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.layerNew) else { return InspectedTable.failed }
      return objects.withUnsafeBufferPointer { objects in
        InspectedTable.owned(InspectedTable.real.layer_new(call, text, objects.baseAddress, count, out), out)
      }
    }
    table.pointee.layer_retain = { layer in
      guard let layer = Inspector.shared.object(layer, in: "layer_retain") else { return }
      _ = Inspector.shared.own(layer)
      InspectedTable.real.layer_retain(layer)
    }
    table.pointee.layer_release = { layer in
      guard let layer, let object = Inspector.shared.disown(layer, in: "layer_release") else { return }
      InspectedTable.real.layer_release(object)
    }
    table.pointee.layer_apply = { call, layer, inputs, inputCount, outputs, outputCount in
      guard let call = Inspector.shared.call(call, "layer_apply")?.context,
        let layer = Inspector.shared.object(layer, in: "layer_apply"),
        let objects = InspectedTable.objects(inputs, inputCount, "layer_apply")
      else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.layerApply) else { return InspectedTable.failed }
      let status = objects.withUnsafeBufferPointer {
        InspectedTable.real.layer_apply(call, layer, $0.baseAddress, inputCount, outputs, outputCount)
      }
      guard status == RI_OK else { return status }
      for index in 0..<Int(clamping: outputCount) {
        if let output = outputs?[index] { outputs?[index] = Inspector.shared.own(output) }
      }
      return status
    }
  }

  private static func installOutputs(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.output = { call, index, dtype, rank, shape, out in
      guard let (call, lent) = Inspector.shared.call(call, "output") else { return InspectedTable.refused }
      guard !Inspector.shared.faults.takes(.output) else { return InspectedTable.failed }
      let status = InspectedTable.real.output(call, index, dtype, rank, shape, out)
      if status == RI_OK { lent?.view(out, isOutput: true) }
      return status
    }
    table.pointee.set_output = { call, index, tensor in
      guard let call = Inspector.shared.call(call, "set_output")?.context,
        let tensor = Inspector.shared.object(tensor, in: "set_output")
      else { return InspectedTable.refused }
      return Inspector.shared.faults.takes(.setOutput)
        ? InspectedTable.failed : InspectedTable.real.set_output(call, index, tensor)
    }
  }

  /// Enters what a service has handed over.
  static func owned(_ status: ri_status, _ out: UnsafeMutablePointer<OpaquePointer?>?) -> ri_status {
    if status == RI_OK, let object = out?.pointee { out?.pointee = Inspector.shared.own(object) }
    return status
  }

  /// The objects behind handles, null ones as they are; nil where one may not be used.
  private static func objects(
    _ handles: UnsafePointer<OpaquePointer?>?, _ count: UInt64, _ service: String
  ) -> [OpaquePointer?]? {
    guard let handles, count <= 1 << 20 else { return [] }
    var objects: [OpaquePointer?] = []
    for index in 0..<Int(count) {
      let object = Inspector.shared.object(handles[index], in: service)
      if handles[index] != nil, object == nil { return nil }
      objects.append(object)
    }
    return objects
  }
}
