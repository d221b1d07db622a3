import Diagnostics
import Functors
import Inference
import Initializers
import Layers
import Tensors
import Testing

/// A deterministic generator of configurations.
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func rolls(_ count: Int, _ range: ClosedRange<Int>) -> [Int] { (0..<count).map { _ in roll(range) } }
  mutating func flip() -> Bool { Bool.random(using: &self) }
}

/// A convolution with sizes of some kernel: what the definition says, written as the definition.
private func defined(_ conv: Conv, _ x: Tensor) -> [Double] {
  let (kernel, w, b) = (Array(conv.weight.shape.sizes.dropFirst(2)), conv.weight.elements, conv.bias?.elements)
  let (axes, size, input) = (kernel.count, Array(x.shape.sizes.dropFirst(2)), x.elements)
  let output = (0..<axes).map {
    (size[$0] + 2 * conv.padding[$0] - conv.dilation[$0] * (kernel[$0] - 1) - 1) / conv.stride[$0] + 1
  }
  func all(_ sizes: [Int]) -> [[Int]] { sizes.reduce([[]]) { list, n in list.flatMap { l in (0..<n).map { l + [$0] } } } }
  func offset(_ index: [Int], _ sizes: [Int]) -> Int { zip(index, sizes).reduce(0) { $0 * $1.1 + $1.0 } }
  let (outputs, inputs) = (conv.weight.shape[0], conv.weight.shape[1])
  var result: [Double] = []
  for n in 0..<x.shape[0] {
    for o in 0..<outputs {
      for place in all(output) {
        var sum = b?[o] ?? 0
        for c in 0..<inputs {
          let channel = o / (outputs / conv.groups) * inputs + c
          for tap in all(kernel) {
            let at = (0..<axes).map { place[$0] * conv.stride[$0] - conv.padding[$0] + tap[$0] * conv.dilation[$0] }
            guard zip(at, size).allSatisfy({ 0 <= $0 && $0 < $1 }) else { continue }
            sum += w[offset([o, c] + tap, conv.weight.shape.sizes)] * input[offset([n, channel] + at, x.shape.sizes)]
          }
        }
        result.append(sum)
      }
    }
  }
  return result
}

@Test("A convolution is its definition, on random configurations", arguments: 0..<24)
private func convolutionIsItsDefinition(_ seed: Int) throws {
  var dice = Dice(state: UInt64(seed))
  let axes = dice.roll(1...3)
  let (kernel, groups) = (dice.rolls(axes, 1...3), dice.roll(1...3))
  let (inputs, outputs) = (groups * dice.roll(1...3), groups * dice.roll(1...3))
  let conv = try #require(
    filled(
      Conv(
        in: inputs, out: outputs, kernel: kernel, stride: dice.rolls(axes, 1...3), padding: dice.rolls(axes, 0...3),
        dilation: dice.rolls(axes, 1...2), groups: groups, bias: dice.flip())) as? Conv)
  let x = numbers(Shape([dice.roll(0...2), inputs] + dice.rolls(axes, 5...(axes == 1 ? 200 : 9))), salt: seed)
  let result = try #require(try conv.applied(to: [x], in: ForwardPass(threads: 2)).first)
  #expect(distance(result, defined(conv, x), shape: result.shape.sizes) < 1e-5, "\(conv) of \(x)")
}

@Test("A large convolution, cut into tiles and spread over threads, is its definition")
func tiledConvolution() throws {
  let conv = try #require(
    filled(Conv(in: 32, out: 4, kernel: [5, 5], stride: [1, 2], padding: [2, 1])) as? Conv)
  let x = numbers([2, 32, 37, 41], salt: 1)
  for threads in [1, 4] {
    let result = try #require(try conv.applied(to: [x], in: ForwardPass(threads: threads)).first)
    #expect(distance(result, defined(conv, x), shape: [2, 4, 37, 20]) < 1e-5)
  }
}

@Test("A transposed convolution is the adjoint: ⟨conv x, y⟩ = ⟨x, transposed y⟩", arguments: 0..<24)
private func transposedIsAdjoint(_ seed: Int) throws {
  var dice = Dice(state: UInt64(1000 + seed))
  let axes = dice.roll(1...3)
  let (kernel, groups) = (dice.rolls(axes, 1...3), dice.roll(1...2))
  let (stride, padding, dilation) = (dice.rolls(axes, 1...3), dice.rolls(axes, 0...1), dice.rolls(axes, 1...2))
  let shape = [2, 2 * groups] + dice.rolls(axes, 5...(axes == 1 ? 150 : 12))
  let weight = numbers(Shape([3 * groups, 2] + kernel), salt: 50)
  let conv = Conv(weight: weight, stride: stride, padding: padding, dilation: dilation, groups: groups)
  let x = numbers(Shape(shape), salt: seed)
  let forward = try #require(try conv.applied(to: [x]).first)
  let y = numbers(forward.shape, salt: seed + 500)
  // What the step leaves over at the end of an axis is the output padding.
  let extra = (0..<axes).map { axis in
    (shape[axis + 2] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) % stride[axis]
  }
  let adjoint = ConvTranspose(
    weight: weight, stride: stride, padding: padding, outputPadding: extra, dilation: dilation, groups: groups)
  let back = try #require(try adjoint.applied(to: [y], in: ForwardPass(threads: 3)).first)
  #expect(back.shape == x.shape)
  let (left, right) = (dot(forward, y), dot(x, back))
  #expect(abs(left - right) <= 1e-5 * (dot(forward, forward) * dot(y, y)).squareRoot(), "\(adjoint)")
}

private func dot(_ a: Tensor, _ b: Tensor) -> Double { zip(a.elements, b.elements).reduce(0) { $0 + $1.0 * $1.1 } }

/// Layers and shapes that may or may not suit them.
private func configuration(_ dice: inout Dice) -> (String, [Shape]) {
  let (a, b, k) = (dice.roll(1...4), dice.roll(1...4), dice.roll(1...4))
  let (channels, size) = (dice.roll(1...4), dice.roll(0...6))
  let image = Shape([dice.roll(0...2), channels, size, dice.roll(0...5)])
  let row = Shape(dice.rolls(dice.roll(0...3), 1...4))
  let sequence = Shape([dice.roll(0...3), dice.roll(0...2), dice.roll(1...4)])
  let texts: [(String, [Shape])] = [
    ("Dense(in: \(a), out: \(b))", [row]), ("Bilinear(in: \(a), \(a), out: \(b))", [row, row]),
    ("Conv(in: \(channels), out: \(b), kernel: [\(k), 2], stride: \(a), padding: \(k / 2))", [image]),
    ("Conv(in: \(a), out: \(b), kernel: [\(k)])", [sequence]),
    ("ConvTranspose(in: \(channels), out: \(b), kernel: [\(k), 3], stride: \(a), padding: 1)", [image]),
    ("Pool(.max, kernel: [\(k), 2], stride: \(a), ceilMode: true)", [image]),
    ("Pool(.mean, output: [\(a), \(b)])", [image]), ("Flatten(from: \(a - 3))", [row]),
    ("BatchNorm(\(channels))", [image]), ("GroupNorm(groups: 1, \(a))", [image]), ("InstanceNorm(\(a))", [image]),
    ("LayerNorm([\(a)])", [row]), ("RMSNorm([\(a), \(b)])", [row]), ("Scale([\(a), 1])", [row]),
    ("LayerScale([\(a)])", [row]), ("PReLU(\(a))", [row]), ("Activation(.softmax)", [row]),
    ("LSTM(in: \(a), hidden: 2, bidirectional: true)", [sequence]), ("GRU(in: \(a), hidden: 3)", [sequence]),
    ("RNN(in: \(a), hidden: 2, batchFirst: true)", [sequence, Shape([1, sequence[0], 2])]),
    ("MultiHeadAttention(4, heads: 2)", [sequence]), ("MultiHeadAttention(4, heads: \(a > 2 ? 4 : 1))", [row, row, row]),
    ("Parameter([\(a)])", [row]), ("PassThrough()", [row]), ("Dropout()", [row, row]),
  ]
  return texts[dice.roll(0...texts.count - 1)]
}

@Test("Shapes are inferred as they come out, and refused where they do not", arguments: 0..<20)
private func inferredShapes(_ seed: Int) throws {
  var dice = Dice(state: UInt64(2000 + seed))
  for _ in 0..<60 {
    let (text, shapes) = configuration(&dice)
    let lazy = try LayerRegistry.standard.layer(parsing: text)
    let inferred = outcome { try lazy.shapes(for: shapes) }
    let found = outcome { try layer(text).applied(to: shapes.map { numbers($0, salt: 1) }).map(\.shape) }
    #expect(inferred == found, "\(text) of \(shapes)")
  }
}

@Test("Random configurations are both: suited to their layers, and not")
private func configurationsAreMixed() throws {
  var dice = Dice(state: 3)
  let outcomes = try (0..<400).map { _ in
    let (text, shapes) = configuration(&dice)
    return try LayerRegistry.standard.layer(parsing: text).outcome(of: shapes)
  }
  #expect((100...300).contains(outcomes.count { $0.hasPrefix("[") }))
  #expect(Set(outcomes.filter { !$0.hasPrefix("[") }) == ["R0802", "R0803"])
}

extension Node {
  fileprivate func outcome(of shapes: [Shape]) -> String { ForwardTests.outcome { try self.shapes(for: shapes) } }
}

/// Shapes as text, or the code of the error.
private func outcome(_ body: () throws -> [Shape]) -> String {
  do { return "\(try body())" } catch { return (error as? Diagnostic)?.code.id ?? "\(error)" }
}

@Test(
  "Threads change nothing",
  arguments: [
    ("Dense(in: 200, out: 300)", [[64, 200]]), ("Dense(in: 2000, out: 700)", [[1, 2000]]),
    ("Bilinear(in: 60, 50, out: 40)", [[80, 60], [80, 50]]), ("BatchNorm(16)", [[4, 16, 90, 90]]),
    ("BatchNorm(16, trackRunningStats: false)", [[4, 16, 90, 90]]), ("GroupNorm(groups: 4, 16)", [[4, 16, 90, 90]]),
    ("InstanceNorm(16)", [[4, 16, 90, 90]]), ("LayerNorm([500])", [[1000, 500]]), ("RMSNorm([500])", [[1000, 500]]),
    ("Scale([500])", [[1000, 500]]), ("PReLU(16)", [[4, 16, 90, 90]]), ("Activation(.gelu)", [[1000, 500]]),
    ("Activation(.softmax)", [[1000, 500]]), ("Pool(.max, kernel: [3, 3], stride: 2, padding: 1)", [[4, 16, 90, 90]]),
    ("Pool(.mean, output: [1, 1])", [[4, 16, 90, 90]]), ("LSTM(in: 40, hidden: 50, layers: 2)", [[9, 12, 40]]),
    ("GRU(in: 40, hidden: 50)", [[9, 12, 40], [1, 12, 50]]), ("MultiHeadAttention(64, heads: 4)", [[50, 6, 64]]),
    ("MultiHeadAttention(64, heads: 4, biasKV: true)", [[300, 1, 64]]),
    ("ConvTranspose(in: 16, out: 8, kernel: [3, 3], stride: 2)", [[2, 16, 30, 30]]),
  ])
private func threadsChangeNothing(_ text: String, _ shapes: [[Int]]) throws {
  let (layer, inputs) = (try layer(text), shapes.enumerated().map { numbers(Shape($0.element), salt: $0.offset) })
  let one = try layer.applied(to: inputs, in: ForwardPass(threads: 1))
  let many = try layer.applied(to: inputs, in: ForwardPass(threads: 5))
  #expect(distance(many, one) < 1e-6)
  #expect(one.allSatisfy { Set($0.elements.prefix(1000)).count > 100 || $0.count < 200 })
}
