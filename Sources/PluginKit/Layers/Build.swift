import CReinit

/// What a new layer is made of.
///
/// Valid until the call returns.
public struct Build {
  /// What the user set.
  public let arguments: Arguments
  /// The layers that the user nested in this one, in order.
  public let layers: [LayerHandle]
  /// The call, to make tensors and layers with.
  public let call: Call

  init(_ raw: ri_build, _ parameters: [Parameter], _ call: Call) throws(PluginError) {
    arguments = try Arguments(raw.params, raw.n_params, parameters)
    let nested = UnsafeBufferPointer(lent: raw.layers, count: Int(clamping: raw.n_layers))
    layers = nested.compactMap { $0.map { LayerHandle(borrowed: $0, call.host) } }
    self.call = call
  }
}

/// The successors of a layer's children, by the children's names.
///
/// Valid until the call returns.
public struct Parts {
  /// The call, for messages to the user.
  public let call: Call
  private let children: [Child]
  private let parts: UnsafeBufferPointer<ri_part>

  /// - Throws: `invalid` for another number of parts than there are children.
  init(_ raw: ri_rebuild, _ children: [Child], _ call: Call) throws(PluginError) {
    guard raw.n_parts == UInt64(children.count), raw.parts != nil || children.isEmpty else {
      throw PluginError(
        .invalid, "wrong number of parts: expected \(children.count), found \(raw.n_parts)")
    }
    self.call = call
    self.children = children
    parts = UnsafeBufferPointer(lent: raw.parts, count: children.count)
  }

  /// A tensor that must be there.
  /// - Parameter shape: refuses others, if given.
  /// - Throws: `invalid` if it is absent or a layer, `shape` if it does not fit.
  public func tensor(_ name: String, shape: [Int]? = nil) throws(PluginError) -> TensorHandle {
    guard let tensor = try optionalTensor(name, shape: shape) else {
      throw missing(name, "a tensor" + (shape.map { " of shape \($0)" } ?? ""))
    }
    return tensor
  }

  /// A tensor that may be absent.
  /// - Parameter shape: refuses others, if given.
  /// - Throws: `invalid` if it is a layer, `shape` if it does not fit.
  public func optionalTensor(_ name: String, shape: [Int]? = nil) throws(PluginError) -> TensorHandle? {
    let part = try find(name)
    guard part.layer == nil else {
      throw PluginError(.invalid, "'\(name)' is of the wrong kind: expected a tensor, found a layer")
    }
    guard let raw = part.tensor else { return nil }
    let tensor = TensorHandle(borrowed: raw, call.host)
    if let shape { try call.view(tensor).require(shape: shape, "'\(name)'") }
    return tensor
  }

  /// A layer that must be there.
  /// - Throws: `invalid` if it is absent or a tensor.
  public func layer(_ name: String) throws(PluginError) -> LayerHandle {
    guard let layer = try optionalLayer(name) else { throw missing(name, "a layer") }
    return layer
  }

  /// A layer that may be absent.
  /// - Throws: `invalid` if it is a tensor.
  public func optionalLayer(_ name: String) throws(PluginError) -> LayerHandle? {
    let part = try find(name)
    guard part.tensor == nil else {
      throw PluginError(.invalid, "'\(name)' is of the wrong kind: expected a layer, found a tensor")
    }
    return part.layer.map { LayerHandle(borrowed: $0, call.host) }
  }

  private func find(_ name: String) throws(PluginError) -> ri_part {
    guard let index = children.firstIndex(where: { $0.name == name }) else {
      throw PluginError(.internal, "the plugin asks for the part '\(name)', which is not one of its children")
    }
    return parts[index]
  }

  private func missing(_ name: String, _ expected: String) -> PluginError {
    PluginError(.invalid, "'\(name)' is missing: expected \(expected)")
  }
}
