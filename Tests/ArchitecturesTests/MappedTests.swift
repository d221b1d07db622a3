import Diagnostics
import Foundation
import Functors
import Initializers
import LayerVocabulary
import Tensors
import Testing

private func values(_ text: String, _ shape: Shape, config: ModelConfig? = nil) throws -> [Float] {
  let initializer = try InitializerRegistry.standard.initializer(parsing: text)
  #expect(initializer.description == text)
  let draw = try initializer.draw(for: ParameterContext(name: "x", shape: shape, role: .other, config: config))
  return try draw.values(shape: shape, stream: RandomStream(seed: 3, name: "x"))
}

@Test("The logarithm of a range is that of 1, 2, … along the last axis, as A_log begins")
func logarithms() throws {
  #expect(
    try values("logarithm(range(start: 1))", [2, 4])
      == [1, 2, 3, 4, 1, 2, 3, 4].map { (x: Double) in Float(Foundation.log(x)) })
  #expect(try values("range(axis: 0)", [2, 3]) == [0, 0, 0, 1, 1, 1])
}

@Test(
  "Places between two numbers are NumPy's, and with a power those of RWKV's decays",
  arguments: [
    ("linspace(start: 2, stop: 10)", [5], [2, 4, 6, 8, 10]),
    ("linspace(start: 2, stop: 10, endpoint: 0)", [5], [2, 3.6, 5.2, 6.8, 8.4]),
    ("linspace(start: -5, stop: 3, exponent: 2)", [5], [-5, -4.5, -3, -0.5, 3]),
    ("linspace(start: 1, stop: 0)", [3], [1, 0.5, 0]),
    ("linspace(start: 0, stop: 1, exponent: 0.5, endpoint: 0)", [1, 1, 4], [0, 0.5, 0.70710678, 0.8660254]),
    ("linspace(start: 0, stop: 1, axis: 0)", [2, 3], [0, 0, 0, 1, 1, 1]), ("linspace(start: 7, stop: 9)", [1], [7]),
    ("logarithm(linspace(start: 1, stop: 4))", [4], [0, 0.6931472, 1.0986123, 1.3862944]),
  ] as [(String, Shape, [Float])])
func places(_ text: String, _ shape: Shape, _ expected: [Float]) throws {
  let found = try values(text, shape)
  #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
}

@Test("Softplus of dt_bias is uniform in its logarithm, between the bounds, and at least the floor")
func timeSteps() throws {
  let config = try ModelConfig(parsing: #"{"low": 0.001, "high": 0.1}"#)
  let count = 4096
  let bias = try values("inverse_softplus(log_uniform(config.low, config.high))", [count], config: config)
  let steps = bias.map { log(log1p(exp(Double($0)))) }
  let (low, high) = (log(0.001), log(0.1))
  #expect(steps.allSatisfy { low - 1e-4 <= $0 && $0 <= high + 1e-4 })
  // Mean and deviation of a uniform distribution, within four standard errors.
  let mean = steps.reduce(0, +) / Double(count)
  let deviation = (high - low) / 12.0.squareRoot()
  #expect(abs(mean - (low + high) / 2) < 4 * deviation / Double(count).squareRoot())
  let variance = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
  #expect(abs(variance.squareRoot() - deviation) < 4 * deviation * (0.8 / Double(4 * count)).squareRoot())
  let floored = try values("log_uniform(low: 0.001, high: 0.1, floor: 0.05)", [512])
  #expect(floored.min() == 0.05 && floored.max().map { $0 > 0.05 } == true)
}

@Test(
  "Functions of what has none are refused",
  arguments: [
    ("logarithm(uniform(0, 1))", ErrorCode.argumentOutOfRange), ("logarithm(normal(std: 1))", .argumentKind),
    ("logarithm(logarithm(range(start: 3)))", .argumentKind), ("logarithm(3)", .argumentKind),
    ("inverse_softplus(zeros)", .argumentOutOfRange), ("log_uniform(0, 1)", .argumentOutOfRange),
    ("log_uniform(2, 1)", .argumentOutOfRange), ("range(axis: 3)", .unsuitableShape),
    ("logarithm(nothing)", .unknownInitializer), ("linspace(0, 1, exponent: 0)", .argumentOutOfRange),
    ("linspace(0, 1, axis: 2)", .unsuitableShape), ("linspace(0, inf)", .argumentOutOfRange),
    ("logarithm(linspace(0, 1))", .argumentOutOfRange), ("linspace(0, 1, endpoint: 2)", .argumentOutOfRange),
  ])
func refused(_ text: String, _ code: ErrorCode) {
  let error = #expect(throws: Diagnostic.self) {
    try InitializerRegistry.standard.initializer(parsing: text).draw(for: ParameterContext(name: "x", shape: [4]))
  }
  #expect(error?.code == code)
}

@Test("A mapped draw from a receipt is held against the shape")
func malformed() {
  for numbers: [Draw.Number] in [
    [], [.init("source", 2), .init("low", 0), .init("high", 1)],
    [.init("source", 3), .init("low", 0), .init("high", 1)],
    [
      .init("source", 2), .init("start", 0), .init("axis", 0), .init("stop", 1), .init("exponent", 0),
      .init("endpoint", 1),
    ],
    [
      .init("source", 2), .init("start", 0), .init("axis", 0), .init("stop", 1), .init("exponent", 1),
      .init("endpoint", 2),
    ],
    [.init("source", 0), .init("low", 1), .init("high", 0)],
    [.init("source", 1), .init("start", 0), .init("axis", 5)],
    [.init("source", 0), .init("low", 0), .init("high", 1), .init("tan", 1)],
  ] {
    let error = #expect(throws: Diagnostic.self) {
      try Draw(.mapped, numbers).values(shape: [4], stream: RandomStream(seed: 1, name: "x"))
    }
    #expect(error?.code == .malformedDraw)
  }
}
