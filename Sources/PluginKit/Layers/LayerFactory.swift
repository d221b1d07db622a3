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
    var descriptor = Kind.described(parameters, in: arena)
    let factory: AnyLayerFactory = self
    descriptor.user = Unmanaged.passRetained(factory).toOpaque()
    descriptor.setFunctions()
    return descriptor
  }
}

extension LayerDescription {
  /// A descriptor without functions.
  static func described(_ parameters: [Parameter], in arena: Arena) -> ri_layer_type {
    var descriptor = ri_layer_type()
    descriptor.struct_size = UInt32(MemoryLayout<ri_layer_type>.size)
    descriptor.flags = isExclusive ? UInt32(RI_LAYER_EXCLUSIVE) : 0
    descriptor.name = arena.text(name)
    descriptor.summary = arena.text(summary)
    descriptor.reference = arena.text(reference)
    descriptor.version = UInt32(clamping: version)
    descriptor.min_layers = UInt32(clamping: nestedLayers.lowerBound)
    descriptor.max_layers = UInt32(clamping: nestedLayers.upperBound)
    descriptor.params = UnsafePointer(arena.array(parameters.map { $0.declaration(in: arena) }))
    descriptor.n_params = UInt64(parameters.count)
    return descriptor
  }
}

extension ri_layer_type {
  mutating func setPasses(_ inputs: ClosedRange<Int>, _ outputs: Int) {
    min_inputs = UInt32(clamping: inputs.lowerBound)
    max_inputs = UInt32(clamping: inputs.upperBound)
    n_outputs = UInt32(clamping: outputs)
  }
}

extension LayerFactory where Kind: ForwardLayer {
  /// The descriptor of a layer that is run.
  func forwardDescriptor(in arena: Arena) -> ri_layer_type {
    var descriptor = descriptor(in: arena)
    descriptor.setPasses(Kind.inputs, Kind.outputs)
    descriptor.setForwardFunctions()
    return descriptor
  }
}
