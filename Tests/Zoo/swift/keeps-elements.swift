// R0927: keeps its weight's elements from one pass to the next.
import PluginKit

enum Last { nonisolated(unsafe) static var weight: UnsafeBufferPointer<Float>? }

struct Zoo: Scale {
  var held: Held
  init(_ build: Build) throws(PluginError) { held = try Held(build) }

  func forward(_ pass: Pass) throws(PluginError) {
    if let last = Last.weight, last.contains(where: \.isNaN) { throw PluginError(.unsupported, "it was not a number") }
    let shape = try checked(pass.input(0)).shape
    let (x, w) = (try pass.floats(0), try pass.call.floats(of: held.weight, "weight"))
    Last.weight = w.elements
    var b: Floats?
    if let bias = held.bias { b = try pass.call.floats(of: bias, "bias") }
    let y = try pass.output(0, shape: shape)
    for i in y.indices { y[i] = x[i] * w[i % held.size] + (b.map { $0[i % held.size] } ?? 0) }
  }
}
