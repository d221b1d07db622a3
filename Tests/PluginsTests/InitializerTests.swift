import Foundation
import Reinit
import Testing

@Suite("Initializers of plugins")
struct PluginInitializerTests {
  private let catalog = Result { try Fixtures.catalog(Fixtures.initializerPlugins) }

  private func draw(_ text: String, _ shape: Shape, dtype: DType = .f32) throws -> Draw {
    let initializer = try catalog.get().initializers.initializer(parsing: text)
    return try initializer.draw(
      for: ParameterContext(name: "a.weight", shape: shape, dtype: dtype, geometry: Geometry()))
  }

  private func bytes(_ draw: Draw, _ shape: Shape, _ dtype: DType) throws -> [UInt8] {
    let stream = RandomStream(seed: 11, name: "a.weight")
    return try Tensor(drawing: draw, shape: shape, dtype: dtype, stream: stream).withBytes { Array($0) }
  }

  @Test(
    "One initializer written in four languages gives the built-in's bits, in every type of element",
    arguments: Fixtures.languages, [DType.f32, .f64, .f16, .bf16, .f8e4m3, .f8e5m2])
  func sameBits(language: String, dtype: DType) throws {
    let shape = Shape([123, 457])
    let name = Fixtures.initializerName(language)
    let plugin = try draw("\(name)(gain: 1.7)", shape, dtype: dtype)
    let builtIn = try draw("kaiming_normal(gain: 1.7)", shape, dtype: dtype)
    #expect(plugin.method == .foreign)
    #expect(try bytes(plugin, shape, dtype) == bytes(builtIn, shape, dtype))
  }

  @Test(
    "In a part of a tensor, elements are those of the whole tensor, and fans the layer's", arguments: Fixtures.languages
  )
  func part(language: String) throws {
    let initializer = try catalog.get().initializers.initializer(
      parsing: "\(Fixtures.initializerName(language))(gain: 1.7)")
    var model = try Dense(in: 40, out: 30).reinitialized(with: .default, seed: 1)
    let before = model.weight.elements
    try model.reinitialize(seed: 5) { Fill("weight[3:20, ::3]", with: initializer) }
    let full = try Dense(in: 40, out: 30).reinitialized(with: .kaimingNormal(gain: 1.7), seed: 5).weight.elements
    let wanted = before.indices.map { index in
      (3..<20).contains(index / 40) && index % 40 % 3 == 0 ? full[index] : before[index]
    }
    #expect(model.weight.elements == wanted)
  }

  @Test("Any partition into ranges, in any order, gives the bits of the whole", arguments: Fixtures.languages, 0..<8)
  func partitions(language: String, seed: Int) throws {
    let shape = Shape([61, 97])
    let draw = try draw(Fixtures.initializerName(language), shape)
    var random = SeededGenerator(seed: UInt64(seed))
    var cuts =
      [0, shape.count]
      + (0..<Int.random(in: 0...20, using: &random)).map { _ in
        Int.random(in: 0...shape.count, using: &random)
      }
    cuts.sort()
    let stream = RandomStream(seed: 11, name: "a.weight")
    var values = [Float](repeating: .nan, count: shape.count)
    for (first, end) in zip(cuts, cuts.dropFirst()).shuffled(using: &random) {
      try values.withUnsafeMutableBytes { all in
        let part = UnsafeMutableRawBufferPointer(rebasing: all[4 * first..<4 * end])
        try draw.foreign?.filler?.fill(part, dtype: .f32, shape: shape, from: first, of: draw, stream: stream)
      }
    }
    #expect(try values.withUnsafeBytes { Array($0) } == bytes(draw, shape, .f32))
  }

  @Test("A model is filled through a plugin as it is through the built-in, on any number of threads")
  func model() throws {
    let registry = try catalog.get().initializers
    func filled(_ initializer: String, threads: Int) throws -> [UInt8] {
      var model = try Chain(["a": Dense(in: 700, out: 900), "b": Dense(in: 900, out: 30)])
      let rule = try Rule(RuleText(.fill("Dense.weight=\(initializer)")), registry: registry)
      try model.reinitialize(seed: 3, threads: threads) { rule }
      return try model.leaves().flatMap { leaf in leaf.tensor.withBytes { Array($0) } }
    }
    let expected = try filled("kaiming_normal(gain: 1)", threads: 1)
    for language in Fixtures.languages {
      #expect(try filled(Fixtures.initializerName(language), threads: 3) == expected)
    }
  }

  @Test(
    "An argument that the plugin does not take is refused before its code is called",
    arguments: [
      ("(gain: -1)", ErrorCode.argumentOutOfRange), ("(gain: many)", .argumentKind), ("(gian: 1)", .unknownArgument),
      ("(1, layer, 3)", .tooManyArguments),
    ])
  func arguments(text: String, code: ErrorCode) throws {
    let catalog = try catalog.get()
    let error = #expect(throws: Diagnostic.self) {
      try catalog.initializers.initializer(parsing: Fixtures.initializerName("c") + text)
    }
    #expect(error?.code == code)
  }

  @Test("What has no fan is an error that names the path, as with the built-in")
  func fans() throws {
    let initializer = try catalog.get().initializers.initializer(parsing: "c_initializer")
    let error = #expect(throws: Diagnostic.self) {
      try initializer.draw(for: ParameterContext(name: "norm.weight", shape: [64], role: .scale))
    }
    #expect(error?.code == .noFan)
    #expect(error?.place?.contains("norm.weight") == true)
  }
}

/// A generator of the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var value = state
    value ^= value >> 33
    value = value &* 0xFF51_AFD7_ED55_8CCD
    return value ^ (value >> 33)
  }
}
