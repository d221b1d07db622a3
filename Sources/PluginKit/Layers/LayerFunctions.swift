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

/// A copy of a struct of the host's as far as the host's reaches; the rest is zero.
func lent<Value: BitwiseCopyable>(_ pointer: UnsafePointer<Value>) -> Value {
  let raw = UnsafeRawPointer(pointer)
  return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { room in
    let bytes = UnsafeMutableRawBufferPointer(room)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    bytes.copyMemory(
      from: UnsafeRawBufferPointer(start: raw, count: min(Int(raw.load(as: UInt32.self)), bytes.count)))
    return room[0]
  }
}

/// The object behind a pointer that the host gives back.
private func instance(_ raw: UnsafeRawPointer) -> AnyLayerInstance {
  Unmanaged<AnyLayerInstance>.fromOpaque(raw).takeUnretainedValue()
}

func serve(
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
    out.pointee = try factory.create(lent(build), call).retained()
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
    out.pointee = try instance(raw).rebuilt(lent(parts), call).retained()
  }
}

private func inferShapes(_ raw: UnsafeRawPointer?, _ pass: UnsafePointer<ri_forward>?) -> ri_status {
  guard let raw, let pass else { return Status.abi.rawValue }
  return serve(pass.pointee.host, pass.pointee.call) { (call) throws(PluginError) in
    try instance(raw).infer(Pass(lent(pass), call))
  }
}

private func runForward(_ raw: UnsafeRawPointer?, _ pass: UnsafePointer<ri_forward>?) -> ri_status {
  guard let raw, let pass else { return Status.abi.rawValue }
  return serve(pass.pointee.host, pass.pointee.call) { (call) throws(PluginError) in
    try instance(raw).forward(Pass(lent(pass), call))
  }
}

private func writeConfiguration(
  _ raw: UnsafeRawPointer?, _ out: UnsafeMutablePointer<ri_value>?, _ count: UInt64
) -> ri_status {
  guard let raw, let out else { return Status.abi.rawValue }
  instance(raw).writeValues(to: out, count)
  return Status.success
}
