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
  mutating func rolls(_ count: Int, _ range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in roll(range) }
  }
  mutating func flip() -> Bool { Bool.random(using: &self) }
}

/// How many positions a kernel has along an axis, and what is left over behind the last one.
private func positions(_ conv: Conv, _ axis: Int, _ size: Int) -> (count: Int, rest: Int) {
  let reach: Int = conv.dilation[axis] * (conv.weight.shape[axis + 2] - 1) + 1
  let room: Int = size + 2 * conv.padding[axis] - reach
  return (room / conv.stride[axis] + 1, room % conv.stride[axis])
}

/// All indices of an array of those sizes.
private func all(_ sizes: [Int]) -> [[Int]] {
  sizes.reduce([[]]) { list, size in list.flatMap { head in (0..<size).map { head + [$0] } } }
}

/// Where an index lies in an array of those sizes.
private func offset(_ index: [Int], _ sizes: [Int]) -> Int {
  zip(index, sizes).reduce(0) { (sum: Int, pair: (Int, Int)) in sum * pair.1 + pair.0 }
}

/// What a tap sees at a position; nil in the margin.
private func seen(_ conv: Conv, _ place: [Int], _ tap: [Int], _ sizes: [Int]) -> [Int]? {
  var at: [Int] = []
  for axis in place.indices {
    let index: Int = place[axis] * conv.stride[axis] - conv.padding[axis] + tap[axis] * conv.dilation[axis]
    guard index >= 0, index < sizes[axis + 2] else { return nil }
    at.append(index)
  }
  return at
}

/// A convolution as it is defined.
private func defined(_ conv: Conv, _ x: Tensor) -> [Double] {
  let (shape, sizes) = (conv.weight.shape.sizes, x.shape.sizes)
  let (w, input) = (conv.weight.elements, x.elements)
  let output = (0..<sizes.count - 2).map { positions(conv, $0, sizes[$0 + 2]).count }
  return all([sizes[0], shape[0]] + output).map { index in
    let (n, o, place) = (index[0], index[1], Array(index.dropFirst(2)))
    let first = o / (shape[0] / conv.groups) * shape[1]
    var sum = conv.bias?.elements[o] ?? 0
    for tap in all(Array(shape.dropFirst(2))) {
      guard let at = seen(conv, place, tap, sizes) else { continue }
      for c in 0..<shape[1] {
        sum += w[offset([o, c] + tap, shape)] * input[offset([n, first + c] + at, sizes)]
      }
    }
    return sum
  }
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
        in: inputs, out: outputs, kernel: kernel, stride: dice.rolls(axes, 1...3),
        padding: dice.rolls(axes, 0...3),
        dilation: dice.rolls(axes, 1...2), groups: groups, bias: dice.flip())) as? Conv)
  let x = numbers(
    Shape([dice.roll(0...2), inputs] + dice.rolls(axes, 5...(axes == 1 ? 200 : 9))), salt: seed)
  let result = try #require(try conv.applied(to: [x], in: ForwardPass(threads: 2)).first)
  #expect(distance(result, defined(conv, x), shape: result.shape.sizes) < 1e-5, "\(conv) of \(x)")
}

@Test("A large convolution, cut into tiles and spread over threads, is its definition")
func tiledConvolution() throws {
  let conv = try #require(
    filled(Conv(in: 32, out: 4, kernel: [5, 5], stride: [1, 2], padding: [2, 1])) as? Conv)
  let x = numbers([1, 32, 25, 41], salt: 1)
  for threads in [1, 4] {
    let result = try #require(try conv.applied(to: [x], in: ForwardPass(threads: threads)).first)
    #expect(distance(result, defined(conv, x), shape: [1, 4, 25, 20]) < 1e-5)
  }
}

@Test("A transposed convolution is the adjoint: ⟨conv x, y⟩ = ⟨x, transposed y⟩", arguments: 0..<24)
private func transposedIsAdjoint(_ seed: Int) throws {
  var dice = Dice(state: UInt64(1000 + seed))
  let axes = dice.roll(1...3)
  let (kernel, groups) = (dice.rolls(axes, 1...3), dice.roll(1...2))
  let (stride, padding, dilation) = (
    dice.rolls(axes, 1...3), dice.rolls(axes, 0...1), dice.rolls(axes, 1...2)
  )
  let shape = [2, 2 * groups] + dice.rolls(axes, 5...(axes == 1 ? 150 : 12))
  let weight = numbers(Shape([3 * groups, 2] + kernel), salt: 50)
  let conv = Conv(weight: weight, stride: stride, padding: padding, dilation: dilation, groups: groups)
  let x = numbers(Shape(shape), salt: seed)
  let forward = try #require(try conv.applied(to: [x]).first)
  let y = numbers(forward.shape, salt: seed + 500)
  // What the step leaves over at the end of an axis is the output padding.
  let extra = (0..<axes).map { positions(conv, $0, shape[$0 + 2]).rest }
  let adjoint = ConvTranspose(
    weight: weight, stride: stride, padding: padding, outputPadding: extra, dilation: dilation, groups: groups
  )
  let back = try #require(try adjoint.applied(to: [y], in: ForwardPass(threads: 3)).first)
  #expect(back.shape == x.shape)
  let scale = (dot(forward, forward) * dot(y, y)).squareRoot()
  #expect(abs(dot(forward, y) - dot(x, back)) <= 1e-5 * scale, "\(adjoint)")
}

private func dot(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.elements, b.elements).reduce(0) { (sum: Double, pair: (Double, Double)) in sum + pair.0 * pair.1 }
}

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
    ("BatchNorm(\(channels))", [image]), ("GroupNorm(groups: 1, \(a))", [image]),
    ("InstanceNorm(\(a))", [image]),
    ("LayerNorm([\(a)])", [row]), ("RMSNorm([\(a), \(b)])", [row]), ("Scale([\(a), 1])", [row]),
    ("LayerScale([\(a)])", [row]), ("PReLU(\(a))", [row]), ("Activation(.softmax)", [row]),
    ("LSTM(in: \(a), hidden: 2, bidirectional: true)", [sequence]), ("GRU(in: \(a), hidden: 3)", [sequence]),
    ("RNN(in: \(a), hidden: 2, batchFirst: true)", [sequence, Shape([1, sequence[0], 2])]),
    ("MultiHeadAttention(4, heads: 2)", [sequence]),
    ("MultiHeadAttention(4, heads: \(a > 2 ? 4 : 1))", [row, row, row]),
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
  fileprivate func outcome(of shapes: [Shape]) -> String {
    ForwardTests.outcome { try self.shapes(for: shapes) }
  }
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
    ("BatchNorm(16, trackRunningStats: false)", [[4, 16, 90, 90]]),
    ("GroupNorm(groups: 4, 16)", [[4, 16, 90, 90]]),
    ("InstanceNorm(16)", [[4, 16, 90, 90]]), ("LayerNorm([500])", [[1000, 500]]),
    ("RMSNorm([500])", [[1000, 500]]),
    ("Scale([500])", [[1000, 500]]), ("PReLU(16)", [[4, 16, 90, 90]]), ("Activation(.gelu)", [[1000, 500]]),
    ("Activation(.softmax)", [[1000, 500]]),
    ("Pool(.max, kernel: [3, 3], stride: 2, padding: 1)", [[4, 16, 90, 90]]),
    ("Pool(.mean, output: [1, 1])", [[4, 16, 90, 90]]),
    ("LSTM(in: 40, hidden: 50, layers: 2)", [[9, 12, 40]]),
    ("GRU(in: 40, hidden: 50)", [[9, 12, 40], [1, 12, 50]]),
    ("MultiHeadAttention(64, heads: 4)", [[50, 6, 64]]),
    ("MultiHeadAttention(64, heads: 4, biasKV: true)", [[300, 1, 64]]),
    ("ConvTranspose(in: 16, out: 8, kernel: [3, 3], stride: 2)", [[2, 16, 30, 30]]),
  ])
private func threadsChangeNothing(_ text: String, _ shapes: [[Int]]) throws {
  let (layer, inputs) = (
    try layer(text), shapes.enumerated().map { numbers(Shape($0.element), salt: $0.offset) }
  )
  let one = try layer.applied(to: inputs, in: ForwardPass(threads: 1, kernels: .own))
  let many = try layer.applied(to: inputs, in: ForwardPass(threads: 5, kernels: .own))
  // BLAS adds in another order where threads have other shares of a product.
  let isProduct = ["Dense", "LSTM", "GRU"].contains { text.hasPrefix($0) }
  if isProduct { #expect(distance(many, one) < 1e-5) } else { #expect(many.map(bits) == one.map(bits), "to the bit") }
  // oneDNN may divide sums among threads.
  #expect(distance(try layer.applied(to: inputs, in: ForwardPass(threads: 5)), one) < 1e-5)
  #expect(one.allSatisfy { Set($0.elements.prefix(1000)).count > 100 || $0.count < 200 })
}

private func bits(of tensor: Tensor) -> [UInt8] { tensor.withBytes { Array($0) } }
