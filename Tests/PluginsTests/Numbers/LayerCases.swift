import JSONText
import Reinit
import Testing

/// A layer with values, an input, and what others make of it.
struct LayerCase {
  let text: String
  var nested: [any Layer] = []
  let tensors: [String: [Double]]
  let input: Tensor
  let output: Shape
  let values: [Double]

  /// The layer with its values.
  func layer(in catalog: PluginCatalog) throws -> AnyNode {
    try AnyNode(catalog.layer(text, children: nested)).mapWithPath { path, old in
      let values = try #require(tensors[path.description], "\(text): \(path)")
      try #require(values.count == old.count, "\(text): \(path) has shape \(old.shape)")
      return Tensor(values.map(Float.init), shape: old.shape)
    }
  }

  /// The cases of a plugin's reference.json.
  static func all(of plugin: String) throws -> [LayerCase] {
    let json = try Numbers.reference(plugin)
    return switch plugin {
    case "SqueezeExcite": json.cases().map(squeezeExcite)
    case "Spline": json.cases("forward").map(spline)
    case "SIREN": json.cases("forward_cases").map(siren)
    default: (json.array ?? []).map(lora)
    }
  }

  private static func squeezeExcite(_ json: JSONValue) -> LayerCase {
    let (channels, squeeze) = (Int(json.number("channels")), Int(json.number("squeeze")))
    // 17 channels are squeezed to 1 by default.
    let given = channels == 17 ? "" : "squeeze: \(squeeze), "
    let words = ["activation", "scale"].map { "\($0): \(json[$0]?.string ?? "")" }.joined(separator: ", ")
    let names = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    let tensors = names.map { ($0, json["tensors"]?.numbers($0) ?? []) }
    let shape = Shape(json.sizes("shape"))
    return LayerCase(
      text: "org.reinit.squeeze-excite/SqueezeExcite(channels: \(channels), \(given)\(words))",
      tensors: Dictionary(uniqueKeysWithValues: tensors), input: json.tensor("x", shape), output: shape,
      values: json.numbers("y"))
  }

  private static func spline(_ json: JSONValue) -> LayerCase {
    let (rows, inputs, outputs) = (Int(json.number("rows")), Int(json.number("in")), Int(json.number("out")))
    let isScaled = !json.numbers("spline_scaler").isEmpty
    let names = ["base_weight", "spline_weight", "grid"] + (isScaled ? ["spline_scaler"] : [])
    return LayerCase(
      text: "org.reinit.spline/SplineDense(in: \(inputs), out: \(outputs), grid_size: "
        + "\(Int(json.number("grid_size"))), order: \(Int(json.number("order"))), scaler: \(isScaled))",
      tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, json.numbers($0)) }),
      input: json.tensor("x", [rows, inputs]), output: [rows, outputs], values: json.numbers("y"))
  }

  private static func siren(_ json: JSONValue) -> LayerCase {
    let list = ["in", "out"].map { "\($0): \(Int(json.number($0)))" }
    let more = ["omega", "first", "bias"].map { "\($0): \(json.argument($0))" }
    var tensors = ["weight": json.numbers("weight")]
    if json["bias"]?.bool == true { tensors["bias"] = json.numbers("bias_values") }
    return LayerCase(
      text: "org.reinit.siren/Siren(\((list + more).joined(separator: ", ")))", tensors: tensors,
      input: json.tensor("input", Shape(json.sizes("input_shape"))), output: Shape(json.sizes("output_shape")),
      values: json.numbers("output"))
  }

  private static func lora(_ json: JSONValue) -> LayerCase {
    let (inputs, outputs, rank) = (Int(json.number("in")), Int(json.number("out")), Int(json.number("rank")))
    let rows = json.numbers("x").count / inputs
    let names = ["base.weight": "weight", "base.bias": "bias", "lora_A": "a", "lora_B": "b"]
    return LayerCase(
      text: "org.reinit.lora/LoRA(in: \(inputs), out: \(outputs), rank: \(rank), alpha: \(json.number("alpha")), "
        + "rslora: \(json.number("rslora") == 1))",
      nested: [Dense(in: inputs, out: outputs)], tensors: names.mapValues(json.numbers),
      input: json.tensor("x", [rows, inputs]), output: [rows, outputs], values: json.numbers("result"))
  }
}

extension Numbers {
  /// A network with all four layers in it, without values: [batch, 3, 2, 2] to [batch, 3].
  static func network(in catalog: PluginCatalog) throws -> Chain {
    try Chain([
      "stem": Conv(in: 3, out: 8, kernel: [1, 1]),
      "attention": catalog.layer("SqueezeExcite(channels: 8, squeeze: 2)"),
      "flat": Flatten(),
      "kan": catalog.layer("SplineDense(in: 32, out: 5)"),
      "wave": catalog.layer("Siren(in: 5, out: 4, omega: 2)"),
      "head": catalog.layer("LoRA(in: 4, out: 2, rank: 3)", children: [Dense(in: 4, out: 2)]),
      "tail": Dense(in: 2, out: 3),
    ])
  }
}
