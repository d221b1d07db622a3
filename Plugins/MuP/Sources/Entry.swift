import PluginKit

/// What the host is told.
@c func reinit_plugin() {
  Plugin.register(
    id: "org.reinit.mup", version: "1.0.0", license: "MIT",
    summary: "initialization in the maximal update parametrization"
  ) { plugin in
    plugin.add(MuPNormal.self)
    plugin.add(MuPUniform.self)
  }
}
