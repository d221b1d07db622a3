import CReinit

/// What the host says of a layer.
public struct LayerFacts: Sendable, Hashable {
  /// Its type: `Conv`, `org.example/Gate`.
  public let type: String
  /// As for ``Call/layer(_:nested:)``; empty if it cannot be written so.
  public let text: String
  /// How many children it has; see ``Call/child(of:_:)``.
  public let childCount: Int
}

/// A child of another layer; neither tensor nor layer where it is absent.
public struct LayerChild: Sendable {
  /// Its name, as in files.
  public let name: String
  /// What it is for.
  public let role: Role
  /// Whether rules leave it alone unless they name it.
  public let isFrozen: Bool
  /// A tensor.
  public let tensor: TensorHandle?
  /// A layer.
  public let layer: LayerHandle?
  /// What the axes of a linear map mean.
  public let geometry: Geometry?
  /// How it begins, as users write it.
  public let fresh: String
  /// The same without words.
  public let begins: Distribution?
}

extension Call {
  /// What a layer is, of whatever plugin.
  public func facts(of layer: LayerHandle) throws(PluginError) -> LayerFacts {
    var info = ri_layer_info()
    info.struct_size = UInt32(MemoryLayout<ri_layer_info>.size)
    try PluginError.check(host.pointee.layer_info(raw, layer.raw, &info), "to say what a layer is")
    return LayerFacts(
      type: String(info.type), text: String(info.text), childCount: Int(clamping: info.n_children))
  }

  /// One of a layer's children.
  /// - Throws: `invalid` from ``LayerFacts/childCount`` on.
  public func child(of layer: LayerHandle, _ index: Int) throws(PluginError) -> LayerChild {
    var child = ri_child()
    child.struct_size = UInt32(MemoryLayout<ri_child>.size)
    let status = host.pointee.layer_child(raw, layer.raw, UInt64(clamping: index), &child)
    try PluginError.check(status, "a layer's child")
    return LayerChild(
      name: String(child.name), role: Role(child.role),
      isFrozen: Int(child.flags) & RI_CHILD_FROZEN != 0,
      tensor: child.tensor.map { TensorHandle(borrowed: $0, host) },
      layer: child.layer.map { LayerHandle(borrowed: $0, host) },
      geometry: child.geometry.map { Geometry(lent($0)) }, fresh: String(child.fresh),
      begins: child.begins.map { Distribution(lent($0)) })
  }
}
