import Foundation
import JSONText
import Reinit
import Testing

/// The eight plugins, and the numbers of others that lie beside their sources.
enum Numbers {
  private static let all = Result {
    try Fixtures.catalog(["SqueezeExcite", "Fixup", "Spline", "Gabor", "LoRA", "ZerO", "SIREN", "MuP"])
  }

  /// The plugins, loaded together.
  static func catalog() throws -> PluginCatalog { try all.get() }

  /// A plugin's test/reference.json.
  static func reference(_ plugin: String) throws -> JSONValue {
    let path = Fixtures.root.appendingPathComponent("Plugins/\(plugin)/test/reference.json")
    return try JSONValue(parsing: Array(Data(contentsOf: path)))
  }
}

extension PluginCatalog {
  /// A rule whose initializer may be a plugin's.
  func rule(_ text: String) throws -> Rule { try Rule(RuleText(parsing: text), registry: initializers) }

  /// A built-in layer, without values, whose `weight` has that shape, outputs first.
  func map(_ shape: [Int], dtype: DType = .f32) throws -> AnyNode {
    let layer: any Node =
      shape.count == 2
      ? Dense(in: shape[1], out: shape[0], bias: false)
      : Conv(in: shape[1], out: shape[0], kernel: Array(shape[2...]), bias: false)
    return try AnyNode(layer).map { Tensor(lazy: $0.shape, dtype: dtype) }
  }

  /// What a rule for `weight` gives.
  func weight(_ initializer: String, _ shape: [Int], dtype: DType = .f32, threads: Int? = nil) throws -> Tensor {
    var layer = try map(shape, dtype: dtype)
    let rule = try rule("weight=\(initializer)")
    try layer.reinitialize(seed: 7, threads: threads) { rule }
    return try #require(layer.tensor(at: "weight"))
  }

  /// What `default` plans for all tensors of a layer, in order; those of a frozen base are named one by one.
  func fresh(_ text: String, _ nested: [any Layer]) throws -> Plan.Steps {
    let frozen = nested.isEmpty ? [] : ["base.weight", "base.bias"]
    return try AnyNode(layer(text, children: nested)).plan(seed: 0) {
      Fill("**", with: .default)
      for path in frozen { Fill(path, with: .default) }
    }.steps
  }

  /// What a rule for `weight` plans.
  func draw(_ initializer: String, _ shape: [Int]) throws -> Draw {
    let rule = try rule("weight=\(initializer)")
    let plan = try map(shape).plan(seed: 7) { rule }
    return try #require(plan.steps.first).draw
  }
}

extension JSONValue {
  /// The numbers of a list, by key.
  func numbers(_ key: String) -> [Double] { (self[key]?.array ?? []).compactMap(\.double) }
  /// The whole numbers of a list, by key.
  func sizes(_ key: String) -> [Int] { (self[key]?.array ?? []).compactMap(\.int) }
  /// The cases of a list, by key.
  func cases(_ key: String = "cases") -> [JSONValue] { self[key]?.array ?? [] }
  /// The first number of a list, or the number itself, by key.
  func number(_ key: String) -> Double { self[key]?.double ?? numbers(key).first ?? .nan }
  /// A number as it is written in an argument.
  func argument(_ key: String) -> String { "\(self[key]?.bool.map { "\($0)" } ?? "\(number(key))")" }
  /// 32-bit floats of that shape, by key.
  func tensor(_ key: String, _ shape: Shape) -> Tensor { Tensor(numbers(key).map(Float.init), shape: shape) }
}

/// The largest difference, as a part of the largest number expected; infinite where one is missing or no number.
func distance(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count, let largest = expected.map(abs).max() else { return .infinity }
  let distances = zip(found, expected).map { $0 == $1 ? 0 : abs($0 - $1) / largest }
  return distances.contains(where: \.isNaN) ? .infinity : distances.max() ?? .infinity
}

/// Requires an error of a code whose message holds a text, if there is one.
func expectError(
  _ code: ErrorCode, _ text: String, _ comment: String, _ location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Any
) {
  do {
    Issue.record("\(comment): no error but \(try body())", sourceLocation: location)
  } catch {
    let diagnostic = error as? Diagnostic
    let isSaid = text.isEmpty || diagnostic?.message.contains(text) == true
    #expect(diagnostic?.code.id == code.id && isSaid, "\(comment): \(error)", sourceLocation: location)
  }
}
