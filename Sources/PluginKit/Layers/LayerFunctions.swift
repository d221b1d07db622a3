import CReinit

extension ri_layer_type {
  mutating func setFunctions() {
    create = createLayer
    destroy = destroyLayer
    child_count = countChildren
    child_at = describeChild
    rebuild = rebuildLayer
    config = writeConfiguration
  }

  mutating func setForwardFunctions() {
    forward = runForward
    infer = inferShapes
  }
}

/// The object behind a pointer that the host gives back.
private func instance(_ raw: UnsafeRawPointer) -> AnyLayerInstance {
  Unmanaged<AnyLayerInstance>.fromOpaque(raw).takeUnretainedValue()
}

private func serve(
  _ host: UnsafePointer<ri_host>?, _ raw: OpaquePointer?, _ body: (Call) throws(PluginError) -> Void
) -> ri_status {
  guard let host, let raw else { return Status.abi.rawValue }
  let call = Call(host, raw)
  do throws(PluginError) {
    try body(call)
    return Status.success
  } catch {
    return error.report(to: call)
  }
}

private func createLayer(
  _ build: UnsafePointer<ri_build>?, _ user: UnsafeMutableRawPointer?,
  _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> ri_status {
  guard let build, let user, let out else { return Status.abi.rawValue }
  return serve(build.pointee.host, build.pointee.call) { (call) throws(PluginError) in
    let factory = Unmanaged<AnyLayerFactory>.fromOpaque(user).takeUnretainedValue()
    out.pointee = try factory.create(build.pointee, call).retained()
  }
}

private func destroyLayer(_ raw: UnsafeMutableRawPointer?) {
  guard let raw else { return }
  Unmanaged<AnyLayerInstance>.fromOpaque(raw).release()
}

private func countChildren(_ raw: UnsafeRawPointer?) -> UInt64 {
  raw.map { UInt64(instance($0).table.children.count) } ?? 0
}

private func describeChild(
  _ raw: UnsafeRawPointer?, _ index: UInt64, _ out: UnsafeMutablePointer<ri_child>?
) -> ri_status {
  guard let raw, let out else { return Status.abi.rawValue }
  return instance(raw).table.write(index, to: out)
}

private func rebuildLayer(
  _ raw: UnsafeRawPointer?, _ parts: UnsafePointer<ri_rebuild>?,
  _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> ri_status {
  guard let raw, let parts, let out else { return Status.abi.rawValue }
  return serve(parts.pointee.host, parts.pointee.call) { (call) throws(PluginError) in
    out.pointee = try instance(raw).rebuilt(parts.pointee, call).retained()
  }
}

private func inferShapes(_ raw: UnsafeRawPointer?, _ pass: UnsafePointer<ri_forward>?) -> ri_status {
  guard let raw, let pass else { return Status.abi.rawValue }
  return serve(pass.pointee.host, pass.pointee.call) { (call) throws(PluginError) in
    try instance(raw).infer(Pass(pass.pointee, call))
  }
}

private func runForward(_ raw: UnsafeRawPointer?, _ pass: UnsafePointer<ri_forward>?) -> ri_status {
  guard let raw, let pass else { return Status.abi.rawValue }
  return serve(pass.pointee.host, pass.pointee.call) { (call) throws(PluginError) in
    try instance(raw).forward(Pass(pass.pointee, call))
  }
}

private func writeConfiguration(
  _ raw: UnsafeRawPointer?, _ out: UnsafeMutablePointer<ri_value>?, _ count: UInt64
) -> ri_status {
  guard let raw, let out else { return Status.abi.rawValue }
  instance(raw).writeValues(to: out, count)
  return Status.success
}
