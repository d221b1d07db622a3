// R0947: gives each two neighbors one value.
import PluginKit

struct Zoo: Normal {
  let gain: Double
  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func distribution(of tensor: Fill) -> Distribution { .normal(std: deviation(tensor)) }

  func fill(_ range: Fill) {
    for index in range.out.indices {
      range.random.normal(
        mean: 0, std: Float(deviation(range)), from: (range.offset + index) / 2,
        into: UnsafeMutableBufferPointer(rebasing: range.out[index..<(index + 1)]))
    }
  }
}
