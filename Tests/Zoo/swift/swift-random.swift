// R0933: draws by Float.random.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) { for index in range.out.indices { range.out[index] = Float.random(in: -1...1) } }
}
