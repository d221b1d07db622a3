// R0921: keeps deviations in a dictionary by name.
import PluginKit
import Synchronization

enum Kept { static let deviations = Mutex<[String: Double]>([:]) }

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let key = range.path + " \(range.fanIn)"
    let std = Kept.deviations.withLock { kept in
      if kept[key] == nil { kept[key] = deviation(range) }
      return kept[key] ?? 0
    }
    range.normal(std: std)
  }
}
