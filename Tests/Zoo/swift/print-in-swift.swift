// R0906: prints.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    print("fill of \(range.count) elements")
    range.normal(std: deviation(range))
  }
}
