import CPluginCalls
import CReinit
import Diagnostics
import Functors
import LayerVocabulary
import Layers
import Tensors

/// What plugins may ask of layers that are nested in theirs.
extension HostLayers {
  static func installInfo(in table: UnsafeMutablePointer<ri_host>) {
    table.pointee.layer_info = { call, layer, out in
      guard let call, let layer, let out else { return ri_status(RI_INVALID) }
      let (context, handle) = (CallContext.at(call), LayerHandle.at(layer))
      context.keep(handle)
      var info = ri_layer_info()
      info.type = context.lent(HostLayers.type(of: handle.node))
      info.text = context.lent(HostLayers.text(of: handle.node, in: context))
      info.n_children = UInt64(handle.node.children.count)
      CStruct.write(info, to: out)
      return ri_status(RI_OK)
    }
    table.pointee.layer_child = { call, layer, index, out in
      guard let call, let layer, let out else { return ri_status(RI_INVALID) }
      let (context, handle) = (CallContext.at(call), LayerHandle.at(layer))
      context.keep(handle)
      guard let index = Int(exactly: index), index < handle.node.children.count else { return ri_status(RI_INVALID) }
      CStruct.write(HostLayers.child(index, of: handle.node, in: context), to: out)
      return ri_status(RI_OK)
    }
  }

  private static func type(of node: any Node) -> String { (node as? any Layer)?.kind.name ?? "\(Swift.type(of: node))" }

  /// The text that makes the layer again; empty where no text of its own does.
  private static func text(of node: any Node, in context: CallContext) -> String {
    guard let layer = node as? any PrintableLayer else { return "" }
    let made = try? context.environment.services.layers.layer(parsing: layer.code, children: [])
    return made?.kind == layer.kind ? layer.code : ""
  }

  /// What a layer says of how parameters of one nested in it begin, as a plugin writes it.
  private static func table(_ beginnings: [TreePath: any Initializer], below key: PathKey) -> String {
    guard !beginnings.isEmpty else { return "" }
    let own = beginnings.filter { key.isUnnamed || $0.key.keys.first == key }
    let entries = own.map {
      (path: key.isUnnamed ? $0.key : TreePath(Array($0.key.keys.dropFirst())), text: "\($0.value)")
    }
    return entries.sorted { $0.path < $1.path }.map { "\($0.path): \($0.text)" }.joined(separator: ", ")
  }

  private static func child(_ index: Int, of node: any Node, in context: CallContext) -> ri_child {
    let child = node.children[index]
    var raw = ri_child()
    raw.name = context.lent(child.key.text)
    raw.role = child.role?.abi ?? ri_role(RI_ROLE_NONE)
    let isFrozen = child.node.isFreezing
    if isFrozen { raw.flags = UInt32(RI_CHILD_FROZEN) }
    let value: any Node = isFrozen ? child.node.children.first?.node ?? Absent() : child.node
    let counter = context.environment.services.counter
    let layer = node as? any Layer
    if child.role != nil {
      raw.kind = UInt32(RI_CHILD_TENSOR)
      raw.tensor = (value.tensor ?? (value as? Shared<Tensor>)?.value).map { tensor in
        let handle = TensorHandle(value, tensor, counter)
        context.keep(handle)
        return handle.pointer
      }
      raw.geometry = layer?.geometry(of: child.field).flatMap { $0.abi(in: context) }.flatMap { context.lent([$0]) }
      raw.fresh = context.lent(layer?.fresh(child.field)?.description ?? "")
    } else {
      raw.kind = UInt32(RI_CHILD_LAYER)
      guard !(value is Absent) else { return raw }
      raw.fresh = context.lent(HostLayers.table(layer?.nestedBeginnings ?? [:], below: child.key))
      let handle = LayerHandle(value, counter)
      context.keep(handle)
      raw.layer = handle.pointer
    }
    context.lend([raw.tensor, raw.layer])
    return raw
  }
}
