import PluginKit

/// What the host is told.
@c func reinit_plugin() {
  Plugin.register(
    id: "org.reinit.siren", version: "1.0.0", license: "MIT", summary: "sine layers and their initialization"
  ) { plugin in
    plugin.add(SirenUniform.self)
    plugin.add(Siren.self)
  }
}
