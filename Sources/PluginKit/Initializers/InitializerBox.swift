import CReinit

/// What stands behind an initializer's `user` pointer: a C function cannot be generic, an object can.
class AnyInitializerBox {
  var sources: [Source] { [] }
  func fill(_ range: Fill) throws(PluginError) {}
  func check(_ tensor: Fill) throws(PluginError) {}
  func distribution(of tensor: Fill) throws(PluginError) -> Distribution { .unknown }
}

final class InitializerBox<Kind: PluginInitializer>: AnyInitializerBox {
  /// Read once: computed properties of the author's would make an array for each range.
  private let parameters = Kind.parameters
  private let declared = Kind.sources

  override var sources: [Source] { declared }

  override func fill(_ range: Fill) throws(PluginError) { try make(range).fill(range) }

  override func check(_ tensor: Fill) throws(PluginError) { try make(tensor).check(tensor) }

  override func distribution(of tensor: Fill) throws(PluginError) -> Distribution {
    try make(tensor).distribution(of: tensor)
  }

  private func make(_ fill: Fill) throws(PluginError) -> Kind { try Kind(fill.arguments(of: parameters)) }

  /// The descriptor; its box is never freed, as the host may call as long as the process lives.
  static func descriptor(in arena: Arena) -> ri_initializer {
    var descriptor = ri_initializer()
    descriptor.struct_size = UInt32(MemoryLayout<ri_initializer>.size)
    descriptor.flags = Kind.options.rawValue
    descriptor.name = arena.text(Kind.name)
    descriptor.summary = arena.text(Kind.summary)
    descriptor.formula = arena.text(Kind.formula)
    descriptor.reference = arena.text(Kind.reference)
    descriptor.version = UInt32(clamping: Kind.version)
    descriptor.tolerance = Kind.tolerance
    let parameters = Kind.parameters
    descriptor.params = UnsafePointer(arena.array(parameters.map { $0.declaration(in: arena) }))
    descriptor.n_params = UInt64(parameters.count)
    let box: AnyInitializerBox = InitializerBox<Kind>()
    descriptor.user = Unmanaged.passRetained(box).toOpaque()
    descriptor.fill = fillRange
    descriptor.check = checkTensor
    let sources = Kind.sources
    descriptor.sources = UnsafePointer(arena.array(sources.map { $0.declaration(in: arena) }))
    descriptor.n_sources = UInt64(sources.count)
    descriptor.distribution = sources.isEmpty ? describeTensor : nil
    return descriptor
  }
}

private func fillRange(_ raw: UnsafePointer<ri_fill>?, _ user: UnsafeMutableRawPointer?) -> ri_status {
  serve(raw, user) { (box, fill) throws(PluginError) in try box.fill(fill) }
}

private func checkTensor(_ raw: UnsafePointer<ri_fill>?, _ user: UnsafeMutableRawPointer?) -> ri_status {
  serve(raw, user) { (box, fill) throws(PluginError) in try box.check(fill) }
}

private func describeTensor(
  _ raw: UnsafePointer<ri_fill>?, _ user: UnsafeMutableRawPointer?,
  _ out: UnsafeMutablePointer<ri_distribution>?
) -> ri_status {
  serve(raw, user) { (box, fill) throws(PluginError) in
    guard let out else { throw PluginError(.abi, "the host gave no place for a distribution") }
    try box.distribution(of: fill).write(to: &out.pointee)
  }
}

private func serve(
  _ raw: UnsafePointer<ri_fill>?, _ user: UnsafeMutableRawPointer?,
  _ body: (AnyInitializerBox, Fill) throws(PluginError) -> Void
) -> ri_status {
  guard let user, var fill = Fill(raw) else { return Status.abi.rawValue }
  let box = Unmanaged<AnyInitializerBox>.fromOpaque(user).takeUnretainedValue()
  fill.declared = box.sources
  do throws(PluginError) {
    try body(box, fill)
    return Status.success
  } catch {
    return error.report(to: fill.call)
  }
}
