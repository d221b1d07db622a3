// none: a control.
import PluginKit

struct Zoo: Scale {
  var held: Held
  init(_ build: Build) throws(PluginError) { held = try Held(build) }
}
