// R0920: keeps values in a class that all threads share.
import CReinit
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

struct Zoo: PluginInitializer {
  static let name = "zoo"
  static let summary = "normal values"
  static let formula = "gain / sqrt(fan_in) * z"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Parameter.real("gain", default: 1, in: .between(0.001, 1000), "factor of the deviation")
  ]

  let gain: Double

  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }

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

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.example.zoo.class-cache", version: "1.0.0", license: "MIT",
    summary: "a plugin with one fault"
  ) { $0.add(Zoo.self) }
}
