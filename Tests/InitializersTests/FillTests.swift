import CKernels
import Functors
import Initializers
import LayerVocabulary
import Tensors
import Testing

private let elementwise = [
  "constant(0.3)", "uniform(-1, 2)", "normal(std: 0.1)", "truncated_normal",
  "truncated_normal(low: 3, high: 9)",
]
private let whole =
  (hasBLAS ? ["orthogonal", "delta_orthogonal"] : []) + ["dirac", "identity(gain: 0.3)", "sparse(0.3)", "stft(real)"]

/// A context that suits an initializer.
private func context(for text: String, dtype: DType = .f32) -> ParameterContext {
  let shape: Shape =
    text.hasPrefix("sparse") ? [40, 30] : text.hasPrefix("stft") ? [5, 1, 7] : [40, 12, 3]
  return weight(shape, dtype: dtype)
}

/// The raw elements of a 16-bit tensor.
private func patterns(_ tensor: Tensor) -> [UInt16] {
  tensor.withBytes { Array($0.bindMemory(to: UInt16.self)) }
}

private func make(_ text: String, _ dtype: DType) throws -> Tensor {
  let context = context(for: text, dtype: dtype)
  let draw = try resolved(text, context)
  return try Tensor(
    drawing: draw, shape: context.shape, dtype: dtype, stream: RandomStream(seed: 5, name: "w"))
}

@Test("Other types hold the rounded f32 values", arguments: elementwise + whole)
func roundedTypes(_ text: String) throws {
  let floats = try make(text, .f32).floats
  // What rounds to a bound is moved off it: IntervalTests has how.
  let draw = try resolved(text, context(for: text))
  let bounds = Set(draw.method == .uniform ? [draw["high"]] : [draw["low"], draw["high"]])
  func isMoved(_ rounded: Float) -> Bool { bounds.contains(Double(rounded)) }
  let halves = floats.map { Float16($0) }
  #expect(zip(patterns(try make(text, .f16)), halves).allSatisfy { $0 == $1.bitPattern || isMoved(Float($1)) })
  let bfloat = floats.map { value -> UInt16 in
    let bits = value.bitPattern
    return UInt16((UInt64(bits) + 0x7FFF + UInt64(bits >> 16 & 1)) >> 16)
  }
  #expect(
    zip(patterns(try make(text, .bf16)), bfloat).allSatisfy {
      $0 == $1 || isMoved(Float(bitPattern: UInt32($1) << 16))
    })
  let doubles = try make(text, .f64).elements
  #expect(doubles == (text.hasPrefix("constant") ? doubles.map { _ in 0.3 } : floats.map(Double.init)))
}

@Test(
  "Any cut of a tensor into ranges gives the same bits", arguments: elementwise,
  [DType.f32, .f64, .f16, .bf16, .f8e4m3, .f8e5m2])
func ranges(_ text: String, _ dtype: DType) throws {
  let count = 20_011
  let draw = try resolved(text, weight([count, 1], dtype: dtype))
  let stream = RandomStream(seed: 5, name: "w")
  let whole = try Tensor(drawing: draw, shape: [count], dtype: dtype, stream: stream)
  var parts = Tensor(zeros: [count], dtype: dtype)
  parts.withMutableBytes { bytes in
    let cuts = [0, 1, 7, 16, 100, 4099, 12_345, count - 1, count]
    for (from, to) in zip(cuts, cuts.dropFirst()).reversed() {
      let range = UnsafeMutableRawBufferPointer(rebasing: bytes[from * dtype.size..<to * dtype.size])
      draw.fill(range, dtype: dtype, from: from, stream: stream)
    }
  }
  #expect(parts == whole)
  #expect(
    try draw.values(shape: [count], stream: stream)
      == Tensor(drawing: draw, shape: [count], stream: stream).floats)
}

@Test(
  "Constants fill integer buffers, to the last bit of 64",
  arguments: [
    (DType.i64, 9_007_199_254_740_992.0), (.i32, -2_147_483_648), (.i16, -7), (.i8, 127), (.u64, 0),
    (.u32, 4_294_967_295),
    (.u16, 65_535), (.u8, 255), (.bool, 1),
  ])
func integers(_ dtype: DType, _ value: Double) throws {
  let context = ParameterContext(name: "bn.num_batches_tracked", shape: [3], dtype: dtype, role: .buffer)
  let draw = try Constant.constant(value).draw(for: context)
  let made = try Tensor(drawing: draw, shape: [3], dtype: dtype, stream: RandomStream(seed: 0, name: ""))
  #expect(made.elements == [value, value, value])
}

@Test("A tensor is filled in place as the parameter of its name, and untouched by an error")
func tensorConvenience() throws {
  var tensor = Tensor(zeros: [30, 20])
  try tensor.fill(with: .normal(std: 2), seed: 9, name: "fc.weight")
  #expect(
    tensor.elements == (try values(Normal.normal(std: 2), weight([30, 20], name: "fc.weight"), seed: 9)))
  let before = tensor
  #expect(
    errorText { try tensor.fill(with: .kaimingNormal(), seed: 9, name: "fc.weight") }.hasPrefix(
      "error[R0101]"))
  #expect(tensor == before)
  try tensor.fill(with: .kaimingNormal(), seed: 9, name: "fc.weight", geometry: Geometry())
  #expect(tensor != before)
  let filled = try tensor.filled(with: .uniform(low: 0.9, high: 1.1), from: RandomStream(seed: 1, name: "a"))
  #expect(filled.elements.allSatisfy { (0.9...1.1).contains($0) })
}

@Test(
  "A draw survives as its method and numbers, and gives the same bits again", arguments: elementwise + whole)
func repetition(_ text: String) throws {
  let context = context(for: text)
  let draw = try resolved(text, context)
  let copy = Draw(
    try #require(Draw.Method(rawValue: draw.method.rawValue)),
    draw.numbers.map { Draw.Number($0.name, $0.value) })
  let stream = RandomStream(seed: 5, name: "w")
  #expect(
    try draw.values(shape: context.shape, stream: stream) == copy.values(shape: context.shape, stream: stream)
  )
}

@Test("A changed record is refused, never a trap", arguments: whole)
func malformedDraws(_ text: String) throws {
  let context = context(for: text)
  let draw = try resolved(text, context)
  let stream = RandomStream(seed: 5, name: "w")
  for number in draw.numbers {
    for value in [-1, 1e300, Double.nan, 0.5, 0x1p31] {
      let changed = Draw(
        draw.method, draw.numbers.map { $0.name == number.name ? Draw.Number($0.name, value) : $0 })
      let text = errorText { _ = try changed.values(shape: context.shape, stream: stream) }
      #expect(text.hasPrefix("error[R0117]") || text == "no error", "\(number.name) \(value): \(text)")
    }
    let without = Draw(draw.method, draw.numbers.filter { $0.name != number.name })
    let text = errorText { _ = try without.values(shape: context.shape, stream: stream) }
    #expect(text.hasPrefix("error[R0117]"), "without \(number.name): \(text)")
  }
  for shape in [[], [7], [3, 5], [2, 2, 2, 2, 2, 2]] as [Shape] {
    let text = errorText { _ = try draw.values(shape: shape, stream: stream) }
    #expect(text.hasPrefix("error[R0117]") || text == "no error")
  }
}
