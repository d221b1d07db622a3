import CReinit

/// What stands behind a layer type's `user` pointer: makes instances, and is never freed.
class AnyLayerFactory {
  func create(_ raw: ri_build, _ call: Call) throws(PluginError) -> AnyLayerInstance {
    throw PluginError(.unsupported, "the layer cannot be made")
  }
}

final class LayerFactory<Kind: PluginLayer>: AnyLayerFactory {
  private let parameters = Kind.parameters
  private let instance: LayerInstance<Kind>.Type

  init(_ instance: LayerInstance<Kind>.Type) { self.instance = instance }

  override func create(_ raw: ri_build, _ call: Call) throws(PluginError) -> AnyLayerInstance {
    let build = try Build(raw, parameters, call)
    return try instance.init(try Kind(build), created: try build.arguments.all())
  }

  /// The descriptor of a layer that is not run.
  func descriptor(in arena: Arena) -> ri_layer_type {
    var descriptor = ri_layer_type()
    descriptor.struct_size = UInt32(MemoryLayout<ri_layer_type>.size)
    descriptor.flags = Kind.isExclusive ? UInt32(RI_LAYER_EXCLUSIVE) : 0
    descriptor.name = arena.text(Kind.name)
    descriptor.summary = arena.text(Kind.summary)
    descriptor.reference = arena.text(Kind.reference)
    descriptor.version = UInt32(clamping: Kind.version)
    descriptor.min_layers = UInt32(clamping: Kind.nestedLayers.lowerBound)
    descriptor.max_layers = UInt32(clamping: Kind.nestedLayers.upperBound)
    descriptor.params = UnsafePointer(arena.array(parameters.map { $0.declaration(in: arena) }))
    descriptor.n_params = UInt64(parameters.count)
    let factory: AnyLayerFactory = self
    descriptor.user = Unmanaged.passRetained(factory).toOpaque()
    descriptor.setFunctions()
    return descriptor
  }
}

extension LayerFactory where Kind: ForwardLayer {
  /// The descriptor of a layer that is run.
  func forwardDescriptor(in arena: Arena) -> ri_layer_type {
    var descriptor = descriptor(in: arena)
    descriptor.min_inputs = UInt32(clamping: Kind.inputs.lowerBound)
    descriptor.max_inputs = UInt32(clamping: Kind.inputs.upperBound)
    descriptor.n_outputs = UInt32(clamping: Kind.outputs)
    descriptor.setForwardFunctions()
    return descriptor
  }
}
