// none: a control.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) { range.normal(std: deviation(range)) }
}
