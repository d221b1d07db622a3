import CReinit
import PluginKit

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.reinit.siren", version: "1.0.0", license: "MIT",
    summary: "sine layers and their initialization"
  ) { plugin in
    plugin.add(SirenUniform.self)
    plugin.add(Siren.self)
  }
}
