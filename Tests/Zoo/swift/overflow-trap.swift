// R0944: overflows an Int32.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let first = Int32(range.offset)
    range.random.normal(mean: 0, std: Float(deviation(range)), from: Int(first), into: range.out)
  }
}
