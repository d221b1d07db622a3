// R0354: ends the process in its entry.
import Glibc
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  static func begin() { if getpid() > 0 { exit(0) } }
  func fill(_ range: Fill) { range.normal(std: deviation(range)) }
}
