// R0900: unwraps an optional that is nil.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let names = ["matrix": 2, "vector": 1]
    // swift-format-ignore: NeverForceUnwrap
    if range.shape.count > 2 { precondition(names["kernel"]! > 0) }
    range.normal(std: deviation(range))
  }
}
