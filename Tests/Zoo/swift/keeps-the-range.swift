// R0927: keeps the last range, and looks at its path.
import PluginKit

enum Last { nonisolated(unsafe) static var fill: Fill? }

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) throws(PluginError) {
    if let last = Last.fill, last.path.hasPrefix("/") { throw PluginError(.unsupported, "a path begins with a slash") }
    Last.fill = range
    range.normal(std: deviation(range))
  }

  func check(_ tensor: Fill) { Last.fill = nil }
}
