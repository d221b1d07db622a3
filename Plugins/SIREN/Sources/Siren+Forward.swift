import Glibc
import PluginKit

extension Siren {
  func infer(_ pass: Pass) throws(PluginError) {
    try pass.output(0, shape: outputShape(pass.input(0)))
  }

  func forward(_ pass: Pass) throws(PluginError) {
    let x = try pass.input(0)
    let shape = try outputShape(x)
    var map = SineMap(
      inputs: inputs, outputs: outputs, omega: omega, x: try pass.floats(0),
      weight: try pass.call.floats(of: weight, "weight"), bias: nil, y: try pass.output(0, shape: shape))
    if let bias { map.bias = try pass.call.floats(of: bias, "bias") }
    // About 2^16 products at a time: below that, threads cost more than they save.
    let products = inputs.multipliedReportingOverflow(by: outputs).partialValue
    try pass.call.parallel(map.y.count / outputs, grain: max(1, 65536 / max(products, 1))) { map.run($0) }
  }

  private func outputShape(_ x: TensorView) throws(PluginError) -> [Int] {
    try x.require(.f32)
    try x.require(lastAxis: inputs)
    return x.shape.dropLast() + [outputs]
  }
}

/// The arithmetic: sums and sines are in double precision and rounded once, so that ω costs no accuracy.
private struct SineMap {
  let inputs: Int
  let outputs: Int
  let omega: Double
  let x: Floats
  let weight: Floats
  var bias: Floats?
  let y: UnsafeMutableBufferPointer<Float>

  func run(_ rows: Range<Int>) {
    for row in rows {
      for output in 0..<outputs {
        let sum = dot(row * inputs, output * inputs)
        let offset = bias.map { Double($0[output]) } ?? 0
        y[row * outputs + output] = Float(sin(omega * (sum + offset)))
      }
    }
  }

  /// The product of one row of `x` and one of `weight`, in four sums.
  private func dot(_ i: Int, _ j: Int) -> Double {
    var sums = SIMD4<Double>()
    var k = 0
    while k + 4 <= inputs {
      sums += lanes(x, i + k) * lanes(weight, j + k)
      k += 4
    }
    var sum = (sums.x + sums.y) + (sums.z + sums.w)
    while k < inputs {
      sum += Double(x[i + k]) * Double(weight[j + k])
      k += 1
    }
    return sum
  }

  private func lanes(_ values: Floats, _ i: Int) -> SIMD4<Double> {
    SIMD4(Double(values[i]), Double(values[i + 1]), Double(values[i + 2]), Double(values[i + 3]))
  }
}
