import CallText
import Diagnostics
import LayerVocabulary

/// Another framework's name, parameters and defaults for one of the initializers.
struct Preset: Sendable {
  let descriptor: InitializerDescriptor
  let make: InitializerRegistry.Make

  /// - Parameters:
  ///   - aliases: other spellings, with the framework's prefix.
  ///   - meaning: the initializer that it makes, in terms of its own parameters.
  init(
    _ name: String, aliases: [String] = [], _ parameters: [InitializerDescriptor.Parameter] = [],
    meaning: String, note: String? = nil, _ make: @escaping InitializerRegistry.Make
  ) {
    let framework = name.prefix { $0 != "." }
    descriptor = InitializerDescriptor(
      name, aliases: aliases,
      summary: "\(framework)'s spelling and defaults" + (note.map { "; \($0)" } ?? ""),
      formula: "= \(meaning)", parameters: parameters,
      reference: "\(Preset.reference[String(framework)] ?? "")")
    self.make = make
  }

  private static let reference = [
    "torch": "torch.nn.init", "timm": "timm.layers.weight_init", "jax": "jax.nn.initializers",
    "flax": "flax.linen.initializers", "keras": "keras.initializers", "flux": "Flux.jl", "mlx": "mlx.nn.init",
  ]

  static let all = torch + timm + jax("jax") + jax("flax") + flax + keras + flux + mlx
}

extension InitializerDescriptor.Parameter {
  /// Where fans come from: as the framework takes them, from the shape.
  static let fansOfShape = Self("fans", .word("shape"), "shape: as the framework; layer: the layer's own")

  /// A number.
  static func number(_ name: String, _ value: Double?, _ summary: String = "a number") -> Self {
    Self(name, value.map { .number($0) }, summary, takesNumbersAlone: true)
  }
}
