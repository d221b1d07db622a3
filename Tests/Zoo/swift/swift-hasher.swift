// R0934: takes hash values for chance.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let chance = Int(UInt("zoo".hashValue.magnitude) >> 8)
    range.random.normal(mean: 0, std: Float(deviation(range)), from: range.offset + chance, into: range.out)
  }
}
