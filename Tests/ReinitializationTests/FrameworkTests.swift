import Foundation
import JSONText
import LinearAlgebra
import Reinit
import Testing

/// What a framework makes of a layer, measured by Tests/Comparison/recipes.py over many seeds.
struct MeasuredLayer: Sendable, CustomTestStringConvertible {
  let recipe: String
  let seeds: Int
  let name: String
  let layer: String
  let tensors: JSONObject
  var testDescription: String { "\(recipe): \(layer)" }

  static let all = ["keras", "flax"].flatMap(layers)

  /// Without OpenBLAS, none with orthogonal matrices.
  static let possible = all.filter { layer in
    hasBLAS || layer.tensors.members.allSatisfy { ($0.value["orthonormal"]?.int ?? 0) == 0 }
  }

  private static func layers(_ recipe: String) -> [MeasuredLayer] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/\(recipe).json")
    guard let text = try? String(contentsOf: url, encoding: .utf8), let file = try? JSONValue(parsing: text) else {
      return []
    }
    return (file["layers"]?.array ?? []).compactMap { layer in
      guard let name = layer["name"]?.string, let text = layer["layer"]?.string,
        let tensors = layer["tensors"]?.object, let seeds = file["seeds"]?.int
      else { return nil }
      return MeasuredLayer(recipe: recipe, seeds: seeds, name: name, layer: text, tensors: tensors)
    }
  }
}

@Suite("Recipes are what the frameworks do")
struct FrameworkTests {
  @Test("There are numbers of both frameworks, for the same layers")
  func complete() {
    let names = Dictionary(grouping: MeasuredLayer.all, by: \.recipe).mapValues { $0.map(\.name) }
    #expect(names["keras"] == names["flax"] && names["keras"]?.count == 14)
  }

  @Test("Every tensor of a layer begins as the framework's own does", arguments: MeasuredLayer.possible)
  func begins(_ measured: MeasuredLayer) throws {
    let rules = try Recipe.named(measured.recipe).rules
    let samples = try (0..<measured.seeds).map { seed in
      try LayerRegistry.standard.layer(parsing: measured.layer).tensors(by: rules, seed: UInt64(seed))
    }
    let first = try #require(samples.first)
    #expect(Set(first.keys).subtracting(["num_batches_tracked"]) == Set(measured.tensors.keys))
    for member in measured.tensors.members {
      let (field, expected) = (member.key, member.value)
      let tensors = try samples.map { try #require($0[field]) }
      #expect(tensors[0].shape.sizes == expected["shape"]?.array?.compactMap(\.int), "\(field)")
      if let runs = expected["constant"]?.array {
        let values = runs.flatMap { Array(repeating: Float($0[0]?.double ?? .nan), count: $0[1]?.int ?? 0) }
        #expect(tensors.allSatisfy { $0.floats == values }, "\(field)")
      } else {
        try check(tensors, expected, field)
      }
    }
  }

  private func check(_ tensors: [Tensor], _ expected: JSONValue, _ field: String) throws {
    let number = { (name: String) throws in try #require(expected[name]?.double, "\(name)") }
    let (found, std) = (Moments(tensors.flatMap(\.floats)), try number("std"))
    let matrices = try #require(expected["orthonormal"]?.int)
    #expect(abs(found.std / std - 1) < 0.02, "std of \(field), \(found.std) and not \(std)")
    #expect(abs(found.mean - (try number("mean"))) < 0.03 * std, "mean of \(field)")
    guard matrices == 0 else {
      #expect(tensors.allSatisfy { areOrthonormal($0, matrices) }, "\(matrices) matrices of \(field)")
      return
    }
    #expect(abs(found.kurtosis - (try number("kurtosis"))) < 0.12, "kurtosis of \(field)")
    // A uniform distribution has 1.8, a normal one cut at two standard deviations 2.4: both have ends.
    guard try number("kurtosis") < 2.5 else { return }
    #expect(abs(found.low / (try number("min")) - 1) < 0.02, "lower end of \(field)")
    #expect(abs(found.high / (try number("max")) - 1) < 0.02, "upper end of \(field)")
  }

  /// Whether the columns of each of as many matrices, one above the other, are orthonormal; no matrix is wider than tall.
  private func areOrthonormal(_ tensor: Tensor, _ matrices: Int) -> Bool {
    let (rows, columns) = (tensor.shape[0] / matrices, tensor.shape[1])
    let values = tensor.floats
    return (0..<matrices).allSatisfy { matrix in
      (0..<columns).allSatisfy { a in
        (0...a).allSatisfy { b in
          let product = (matrix * rows..<(matrix + 1) * rows).reduce(Float(0)) {
            $0 + values[$1 * columns + a] * values[$1 * columns + b]
          }
          return abs(product - (a == b ? 1 : 0)) < 1e-4
        }
      }
    }
  }

  // Flux.jl 0.16.11, src/utils.jl: `nfan(dims...) = prod(dims[1:end-2]) .* (dims[end-1], dims[end])` for a kernel as Julia
  // keeps it; `glorot_uniform`: within ±√(24/sum)/2; `create_bias`: zeros; `randn32`. Metalhead.jl 0.9.6,
  // src/layers/attention.jl, embeddings.jl. The sums below are written from these by hand.
  @Test(
    "Flux's and Metalhead's formulas, from their sources",
    arguments: [
      ("flux", "Dense(in: 64, out: 48)", "weight", 48 + 64),
      ("flux", "Bilinear(in: 5, 7, out: 3)", "weight", 3 * (5 + 7)),
      ("flux", "Conv(in: 16, out: 24, kernel: [3, 5])", "weight", 15 * (16 + 24)),
      ("flux", "Conv(in: 16, out: 32, kernel: [3, 3], groups: 4)", "weight", 9 * (16 / 4 + 32)),
      ("flux", "Conv(in: 16, out: 16, kernel: [3, 3], groups: 16)", "weight", 9 * (1 + 16)),
      ("flux", "ConvTranspose(in: 16, out: 24, kernel: [3, 3])", "weight", 9 * (24 + 16)),
      ("flux", "ConvTranspose(in: 16, out: 24, kernel: [3, 3], groups: 2)", "weight", 9 * (24 / 2 + 16)),
      ("flux", "RNN(in: 40, hidden: 48)", "weight_ih_l0", 48 + 40),
      ("flux", "RNN(in: 40, hidden: 48)", "weight_hh_l0", 96),
      ("flux", "LSTM(in: 40, hidden: 48)", "weight_ih_l0", 4 * 48 + 40),
      ("flux", "LSTM(in: 40, hidden: 48)", "weight_hh_l0", 4 * 48 + 48),
      ("flux", "GRU(in: 40, hidden: 48)", "weight_ih_l0", 3 * 48 + 40),
      ("flux", "GRU(in: 40, hidden: 48)", "weight_hh_l0", 3 * 48 + 48),
      ("flux", "MultiHeadAttention(64, heads: 4)", "in_proj_weight", 64 + 64),
      ("metalhead", "MultiHeadAttention(64, heads: 4)", "in_proj_weight", 3 * 64 + 64),
      ("metalhead", "MultiHeadAttention(64, heads: 4)", "out_proj.weight", 64 + 64),
      ("metalhead", "Conv(in: 16, out: 32, kernel: [3, 3], groups: 4)", "weight", 9 * (16 / 4 + 32)),
    ])
  func glorot(_ recipe: String, _ layer: String, _ field: String, _ fans: Int) throws {
    let draws = try draws(recipe, layer)
    let bound = (24 / Double(fans)).squareRoot() / 2
    let draw = try #require(draws[field])
    #expect(draw.method == .uniform)
    #expect(abs((draw["high"] ?? 0) / bound - 1) < 1e-12 && abs((draw["low"] ?? 0) / -bound - 1) < 1e-12)
    for (name, draw) in draws where name.contains("bias") { #expect(draw == .constant(0), "\(name)") }
  }

  @Test(
    "Flux's tables and norms, Metalhead's tokens and positions",
    arguments: [
      ("flux", "Embedding(vocabulary: 80, size: 36)", "weight", Draw.normal(std: 1)),
      ("flux", "BatchNorm(12)", "weight", .constant(1)), ("flux", "LayerNorm([12])", "bias", .constant(0)),
      ("metalhead", "ClassToken(12)", "", .constant(0)),
      ("metalhead", "PositionEmbedding(length: 5, size: 12)", "", .uniform(low: 0, high: 1)),
    ])
  func others(_ recipe: String, _ layer: String, _ field: String, _ expected: Draw) throws {
    #expect(try draws(recipe, layer)[field] == expected)
  }

  private func draws(_ recipe: String, _ layer: String) throws -> [String: Draw] {
    let model = AnyNode(try LayerRegistry.standard.layer(parsing: layer))
    let plan = try Plan(Recipe.named(recipe).rules, for: Inventory(of: model), seed: 0)
    return Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.name, $0.draw) })
  }

  @Test("A forget gate's bias is told from the layer, in every layer and direction, and refused elsewhere")
  func forgetBias() throws {
    let rules = [try Rule(RuleText(.fill("LSTM.bias_ih_*=forget_bias(2)")))]
    let layer = try LayerRegistry.standard.layer(parsing: "LSTM(in: 3, hidden: 2, layers: 2, bidirectional: true)")
    let tensors = try layer.tensors(by: rules, seed: 1)
    for suffix in ["l0", "l0_reverse", "l1", "l1_reverse"] {
      #expect(tensors["bias_ih_\(suffix)"]?.floats == [0, 0, 2, 2, 0, 0, 0, 0])
    }
    for text in ["GRU(in: 3, hidden: 2)", "Dense(in: 3, out: 4)"] {
      let inventory = try Inventory(of: AnyNode(LayerRegistry.standard.layer(parsing: text)))
      let error = #expect(throws: Diagnostic.self) {
        try Plan([Rule(RuleText(.fill("@bias=forget_bias")))], for: inventory, seed: 0)
      }
      #expect(error?.code == .unsuitableShape)
    }
  }

  @Test("Rules of a recipe that reach nothing are told; those of a framework's are counted")
  func unreached() throws {
    let model = AnyNode(try LayerRegistry.standard.layer(parsing: "Dense(in: 3, out: 4)"))
    func notes(_ recipe: String) throws -> [String] {
      try Plan(Recipe.named(recipe).rules, for: Inventory(of: model), seed: 0).unreachedRules.map(\.description)
    }
    #expect(
      try notes("gpt2") == [
        "--recipe gpt2: 4 of 6 rules reached nothing: Embedding.weight?=normal(std: (config.initializer_range ?? 0.02)), "
          + "**.c_proj.weight?=normal(std: (config.initializer_range ?? 0.02) / sqrt(2 * blocks)), LayerNorm?=default and 1 more"
      ])
    #expect(try notes("keras") == ["--recipe keras: 18 of 21 rules are for what is not here"])
    #expect(try notes("fresh").isEmpty)
    let overridden = try Plan(
      Recipe.named("bert").rules + [Rule(RuleText(.fill("**=default")))], for: Inventory(of: Net()), seed: 0)
    #expect(overridden.unreachedRules.isEmpty)
  }
}

extension Node {
  /// The tensors after `**=default` and the rules, by path.
  fileprivate func tensors(by rules: [Rule], seed: UInt64) throws -> [String: Tensor] {
    var node = AnyNode(self)
    let plan = try Plan([Rule(RuleText(.fill("**=default")))] + rules, for: Inventory(of: node), seed: seed)
    try plan.execute(on: &node, threads: 2)
    return Dictionary(uniqueKeysWithValues: try node.leaves().map { ($0.path.description, $0.tensor) })
  }
}

/// Moments of a sample.
private struct Moments {
  let mean, std, kurtosis, low, high: Double

  init(_ values: [Float]) {
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let fourth = values.reduce(0) { sum, value in
      let square = (Double(value) - mean) * (Double(value) - mean)
      return sum + square * square
    }
    (self.mean, std, kurtosis) = (mean, variance.squareRoot(), fourth / count / (variance * variance))
    (low, high) = (Double(values.min() ?? .nan), Double(values.max() ?? .nan))
  }
}
