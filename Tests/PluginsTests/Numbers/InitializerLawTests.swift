import Reinit
import Testing

@Test(
  "Arguments that a plugin does not take are refused before its code is called",
  arguments: [
    ("gabor(orientations: 0)", ErrorCode.argumentOutOfRange), ("gabor(orientations: 1.5)", .argumentKind),
    ("gabor(wavelengths: [4, 1.5])", .argumentOutOfRange), ("gabor(pick: every)", .argumentKind),
    ("gabor(sigma: 0)", .argumentOutOfRange), ("gabor(theta: 1)", .unknownArgument),
    ("org.reinit.zero/hadamard(normalization: authors)", .argumentKind), ("fixup(m: 1)", .argumentOutOfRange),
    ("fixup(mode: fan_avg)", .argumentKind), ("fixup(last: 1)", .argumentKind),
    ("mup_normal(std: 1)", .missingArgument), ("mup_normal(base_fan_in: 0, std: 1)", .argumentOutOfRange),
    ("mup_uniform(base_fan_in: 4, bound: -1)", .argumentOutOfRange),
    ("mup_normal(base_fan_in: 4, std: 1, role: bias)", .argumentKind),
    ("siren_uniform(omega: 0)", .argumentOutOfRange), ("siren_uniform(first: yes)", .argumentKind),
    ("spline_noise(order: 11)", .argumentOutOfRange), ("spline_noise(noise: -1)", .argumentOutOfRange),
    ("spline_grid(order: 0)", .argumentOutOfRange),
  ])
private func refusedArguments(text: String, code: ErrorCode) throws {
  expectError(code, "", text) { try Numbers.catalog().initializers.initializer(parsing: text) }
}

@Test(
  "Tensors that a plugin cannot fill are refused while planning, in its own words",
  arguments: [
    ("gabor", [4, 4], "gabor is for convolutions"), ("gabor", [4, 1, 1, 1], "the kernel is too small"),
    ("gabor", [4, 1, 3, 7], "the kernel is too oblong"),
    ("gabor(phases: [1.5707963267948966], wavelengths: [2])", [1, 1, 3, 3], "0 at all taps"),
    ("gabor(phases: [])", [4, 1, 3, 3], "the bank is empty"),
    ("hadamard", [8, 3, 2, 2], "a kernel needs a center"), ("spline_noise", [2, 3], "expected at least 4"),
    ("spline_grid", [2, 7], "expected at least 8"), ("spline_grid(low: 1, high: 1)", [2, 12], "the grid is empty"),
    ("siren_uniform(omega: 1e-300)", [2, 2], "omega is too small"),
  ])
private func refusedTensors(text: String, shape: [Int], message: String) throws {
  expectError(.pluginRefused, message, text) { try Numbers.catalog().draw(text, shape) }
}

@Test("An embedding is no map of features to ZerO, and a bias has no fan to Fixup, SIREN and μP")
func refusedRoles() throws {
  let catalog = try Numbers.catalog()
  let layers = Chain(Embedding(vocabulary: 8, size: 4), Dense(in: 4, out: 4))
  let refusals: [(String, ErrorCode)] = [
    ("0.weight=hadamard", .pluginRefused), ("1.bias=hadamard", .pluginRefused), ("1.bias=gabor", .noFan),
    ("1.bias=fixup(blocks: 2)", .noFan), ("1.bias=siren_uniform", .noFan),
    ("1.bias=mup_normal(base_fan_in: 4, std: 1)", .noFan),
  ]
  for (text, code) in refusals {
    let rule = try catalog.rule(text)
    expectError(code, "", text) { try layers.plan(seed: 0) { rule } }
  }
}

/// Initializers whose values a plugin's code makes, and shapes that are more than a range.
private let filling: [(String, [Int])] = [
  ("gabor", [90, 3, 7, 7]), ("gabor(pick: random, zero_mean: true)", [40, 3, 5, 5]), ("hadamard", [70, 30, 3, 3]),
  ("hadamard(normalization: code)", [300, 77]), ("spline_noise(order: 2)", [31, 17, 9]),
  ("spline_grid(low: -2, high: 0.5)", [200, 12]),
]

@Test("Elements of other types are the 32-bit floats, rounded", arguments: filling)
private func elementTypes(text: String, shape: [Int]) throws {
  let catalog = try Numbers.catalog()
  let floats = try catalog.weight(text, shape)
  #expect(Set(floats.elements).count > 1)
  for dtype in [DType.f64, .f16, .bf16] {
    #expect(try catalog.weight(text, shape, dtype: dtype) == floats.converted(to: dtype), "\(dtype)")
  }
}

@Test("Any partition into ranges gives the bits of the whole", arguments: filling, [1, 2])
private func partitions(_ initializer: (String, [Int]), seed: UInt64) throws {
  let (text, sizes) = initializer
  let shape = Shape(sizes)
  let draw = try Numbers.catalog().draw(text, sizes)
  let whole = try Numbers.catalog().weight(text, sizes, threads: 3)
  let filling = try Filling(draw, shape: shape, dtype: .f32, stream: RandomStream(seed: 7, name: "weight"))
  var random = SeededGenerator(seed: seed)
  let cuts = [0, shape.count] + (0..<25).map { _ in Int.random(in: 0...shape.count, using: &random) }
  let ranges = zip(cuts.sorted(), cuts.sorted().dropFirst()).shuffled(using: &random)
  var tensor = Tensor(repeating: .nan, shape: shape)
  try tensor.withMutableBytes { bytes in
    for (first, end) in ranges {
      try filling.write(from: first, to: UnsafeMutableRawBufferPointer(rebasing: bytes[4 * first..<4 * end]))
    }
  }
  #expect(tensor == whole)
}
