// R0966: forgets the bias in the last of an odd number of rows.
import PluginKit

struct Zoo: Scale {
  var held: Held
  init(_ build: Build) throws(PluginError) { held = try Held(build) }

  func forward(_ pass: Pass) throws(PluginError) {
    let shape = try checked(pass.input(0)).shape
    let (x, w) = (try pass.floats(0), try pass.call.floats(of: held.weight, "weight"))
    var b: Floats?
    if let bias = held.bias { b = try pass.call.floats(of: bias, "bias") }
    let y = try pass.output(0, shape: shape)
    let whole = y.count / held.size % 2 == 0 || y.count == held.size ? y.count : y.count - held.size
    for i in y.indices { y[i] = x[i] * w[i % held.size] + (i < whole ? b.map { $0[i % held.size] } ?? 0 : 0) }
  }
}
