// R0920: keeps values in a class that all threads share.
import Glibc
import PluginKit

final class Cache: @unchecked Sendable {
  static let shared = Cache()
  nonisolated(unsafe) var values = UnsafeBox()
}
final class UnsafeBox {
  let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 16)
  var count: Int { memory.count }
  func withUnsafeMutableBufferPointer(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) { body(memory) }
}

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) {
    let count = range.out.count
    guard count <= Cache.shared.values.count else { return range.normal(std: deviation(range)) }
    Cache.shared.values.withUnsafeMutableBufferPointer { values in
      let part = UnsafeMutableBufferPointer(rebasing: values[..<count])
      range.random.normal(mean: 0, std: Float(deviation(range)), from: range.offset, into: part)
      usleep(50)
      for index in 0..<count { range.out[index] = part[index] }
    }
  }
}
