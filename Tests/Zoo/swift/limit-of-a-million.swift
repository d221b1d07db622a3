// R0944: traps for ranges of more than a million elements.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    precondition(range.count <= 1_000_000, "a range is too long")
    range.normal(std: deviation(range))
  }
}
