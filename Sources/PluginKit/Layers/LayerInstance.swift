import CReinit

/// What stands behind an instance's `self` pointer; as the layer, it never changes.
class AnyLayerInstance {
  let table: ChildTable
  /// The arguments of the creation.
  let created: [Argument]
  private let arena = Arena()
  /// The arguments as they now are, lent to the host as long as the instance lives.
  private let values: UnsafeMutablePointer<ri_value>

  init(_ children: [Child], created: [Argument], current: [Argument]) {
    table = ChildTable(children)
    self.created = created
    let arena = arena
    values = arena.array(current.map { $0.value(in: arena) })
  }

  func rebuilt(_ raw: ri_rebuild, _ call: Call) throws(PluginError) -> AnyLayerInstance {
    throw PluginError(.unsupported, "the layer cannot be rebuilt")
  }

  func infer(_ pass: Pass) throws(PluginError) {
    throw PluginError(.unsupported, "the layer computes nothing")
  }

  func forward(_ pass: Pass) throws(PluginError) {
    throw PluginError(.unsupported, "the layer computes nothing")
  }

  func writeValues(to out: UnsafeMutablePointer<ri_value>, _ count: UInt64) {
    out.update(from: values, count: min(Int(clamping: count), created.count))
  }

  /// Hands the instance to the host, until `destroy`.
  func retained() -> UnsafeMutableRawPointer {
    let instance: AnyLayerInstance = self
    return Unmanaged.passRetained(instance).toOpaque()
  }
}

class LayerInstance<Kind: PluginLayer>: AnyLayerInstance {
  let layer: Kind

  /// - Throws: `internal` for an override of a parameter that there is not, or of another type.
  required init(_ layer: Kind, created: [Argument]) throws(PluginError) {
    self.layer = layer
    let current = try LayerInstance.values(created, layer.overrides)
    super.init(layer.children, created: created, current: current)
  }

  private static func values(
    _ created: [Argument], _ overrides: [String: Argument]
  ) throws(PluginError) -> [Argument] {
    var current = created
    for (name, value) in overrides {
      guard let index = Kind.parameters.firstIndex(where: { $0.name == name }),
        created[index].type == value.type
      else { throw PluginError(.internal, "the plugin overrides '\(name)', which it did not declare so") }
      current[index] = value
    }
    return current
  }

  override func rebuilt(_ raw: ri_rebuild, _ call: Call) throws(PluginError) -> AnyLayerInstance {
    let successor = try layer.replacing(try Parts(raw, table.children, call))
    return try Self(successor, created: created)
  }
}

final class ForwardInstance<Kind: ForwardLayer>: LayerInstance<Kind> {
  override func infer(_ pass: Pass) throws(PluginError) { try layer.infer(pass) }

  override func forward(_ pass: Pass) throws(PluginError) { try layer.forward(pass) }
}
