import Diagnostics
import Glibc
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Over `[N, C, …]`.
extension LocalResponseNorm: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard input.rank >= 3 else { throw wrongShape(input, expected: "[N, C, L] or more axes") }
    return [input]
  }

  /// Channels from `size/2` before to `(size − 1)/2` behind each one are summed; those there are not count as zeros.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let (channels, length) = (shape[1], shape.count(2..<shape.rank))
    let result = try Tensor.computed(shape, by: kind.name, from: inputs) { x, y in
      Threads.forRanges(shape[0] * channels, cost: length * (size + 50), threads: pass.threads) { planes in
        for plane in planes {
          let (sample, channel) = (plane / channels, plane % channels)
          let range = max(0, channel - size / 2)..<min(channels, channel + (size - 1) / 2 + 1)
          divide(x[0], range.map { sample * channels + $0 }, plane, length, into: y)
        }
      }
    }
    return [result]
  }

  private func divide(_ x: Floats, _ neighbors: [Int], _ plane: Int, _ length: Int, into y: Output) {
    for i in 0..<length {
      let sum = neighbors.reduce(0) { $0 + Double(x[$1 * length + i]) * Double(x[$1 * length + i]) }
      let divisor = pow(k + alpha * sum / Double(size), beta)
      y[plane * length + i] = Float(Double(x[plane * length + i]) / divisor)
    }
  }
}
