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
    ("logarithm(nothing)", .unknownInitializer),
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
