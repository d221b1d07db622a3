// R0900: calls fatalError in create where it cannot go on.
import PluginKit

struct Zoo: Scale {
  var held: Held
  init(_ build: Build) throws(PluginError) {
    held = try Held(build)
    if held.bias == nil { fatalError("a layer without a bias is not supported yet") }
  }
}
