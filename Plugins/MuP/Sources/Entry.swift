import CReinit
import PluginKit

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.reinit.mup", version: "1.0.0", license: "MIT",
    summary: "initialization in the maximal update parametrization"
  ) { plugin in
    plugin.add(MuPNormal.self)
    plugin.add(MuPUniform.self)
  }
}
