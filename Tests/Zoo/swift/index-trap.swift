// R0900: indexes an array out of range.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let sizes = Array(range.shape)
    if sizes.count > 2 { precondition(sizes[sizes.count] > 0) }
    range.normal(std: deviation(range))
  }
}
