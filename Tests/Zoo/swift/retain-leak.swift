// R0913: retains an object in each call and does not release it.
import PluginKit

final class Block {
  let values: [Int]
  init(_ count: Int) { values = [count, count] }
}
nonisolated(unsafe) var lost: UnsafeMutableRawPointer?

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    lost = Unmanaged.passRetained(Block(range.count)).toOpaque()
    range.normal(std: deviation(range))
  }
}
