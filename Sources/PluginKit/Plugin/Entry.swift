import CReinit

/// The entry's arguments, as long as it runs: it is called once, on one thread.
struct Entry {
  nonisolated(unsafe) static var current: Entry?

  let host: UnsafePointer<ri_host>?
  let plugin: UnsafeMutablePointer<ri_plugin>?
  let call: OpaquePointer?
  var status: ri_status?
}

/// The body of the entry, which is in C: calls the plugin's own function.
@c(reinit_kit_enter)
public func enter(
  _ host: UnsafePointer<ri_host>?, _ plugin: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?,
  _ register: (@convention(c) () -> Void)?
) -> ri_status {
  guard let host, let call else { return Status.abi.rawValue }
  guard let register else {
    return PluginError(.internal, "the plugin has no function reinit_plugin").report(to: Call(host, call))
  }
  Entry.current = Entry(host: host, plugin: plugin, call: call)
  defer { Entry.current = nil }
  register()
  guard let status = Entry.current?.status else {
    return PluginError(.internal, "the plugin has not called Plugin.register").report(to: Call(host, call))
  }
  return status
}
