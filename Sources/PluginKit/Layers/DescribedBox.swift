import CReinit

/// What stands behind a described layer's `user` pointer, and is never freed.
class AnyDescribedBox {
  let rows: [ChildRow]

  init(_ rows: [ChildRow]) { self.rows = rows }

  func forward(_ pass: Pass) throws(PluginError) {}
  func infer(_ pass: Pass) throws(PluginError) {}
}

final class DescribedBox<Kind: DescribedForwardLayer>: AnyDescribedBox {
  /// Read once: computed properties of the author's would make an array for each pass.
  private let parameters = Kind.parameters

  override func forward(_ pass: Pass) throws(PluginError) { try make(pass).forward(pass) }

  override func infer(_ pass: Pass) throws(PluginError) { try make(pass).infer(pass) }

  private func make(_ pass: Pass) throws(PluginError) -> Kind { try Kind(pass.arguments(of: parameters)) }

  /// The descriptor of a layer that is run.
  static func forwardDescriptor(in arena: Arena) -> ri_layer_type {
    var descriptor = Kind.describedRows(in: arena)
    let box: AnyDescribedBox = DescribedBox<Kind>(Kind.children)
    descriptor.user = Unmanaged.passRetained(box).toOpaque()
    descriptor.setPasses(Kind.inputs, Kind.outputs)
    descriptor.forward = runDescribed
    descriptor.infer = inferDescribed
    return descriptor
  }
}

extension DescribedLayer {
  /// The descriptor of a layer that is not run.
  static func describedRows(in arena: Arena) -> ri_layer_type {
    var descriptor = described(parameters, in: arena)
    let rows = children
    descriptor.children = UnsafePointer(arena.array(rows.map { $0.row(in: arena) }))
    descriptor.n_children = UInt64(rows.count)
    return descriptor
  }
}

private func runDescribed(_ user: UnsafeRawPointer?, _ raw: UnsafePointer<ri_forward>?) -> ri_status {
  pass(user, raw) { (box, pass) throws(PluginError) in try box.forward(pass) }
}

private func inferDescribed(_ user: UnsafeRawPointer?, _ raw: UnsafePointer<ri_forward>?) -> ri_status {
  pass(user, raw) { (box, pass) throws(PluginError) in
    do throws(PluginError) { try box.infer(pass) } catch {
      // The last output ends a pass that is one for shapes alone.
      guard pass.isComplete else { throw error }
    }
  }
}

private func pass(
  _ user: UnsafeRawPointer?, _ raw: UnsafePointer<ri_forward>?,
  _ body: (AnyDescribedBox, Pass) throws(PluginError) -> Void
) -> ri_status {
  guard let user, let raw else { return Status.abi.rawValue }
  let box = Unmanaged<AnyDescribedBox>.fromOpaque(user).takeUnretainedValue()
  return serve(raw.pointee.host, raw.pointee.call) { (call) throws(PluginError) in
    try body(box, try Pass(lent(raw), call, box.rows))
  }
}
