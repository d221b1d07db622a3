import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A tensor of a checkpoint, under the name that it has in the file.
public struct NamedTensor: Sendable {
  /// The name, byte for byte.
  public var name: String
  /// Shape, element type and, unless lazy, the bytes.
  public var tensor: Tensor

  /// A tensor and its name.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}

/// Which axis of a file's weights means what.
public enum WeightLayout: String, Sendable, CaseIterable {
  /// By metadata, names, and biases that fit one axis only.
  case auto
  /// Dense `[out, in]`, Conv `[out, in/groups, k…]`.
  case torch
  /// Dense `[in, out]`, Conv `[k…, in/groups, out]`.
  case flax
  /// Dense `[out, in]`, Conv `[out, k…, in/groups]`.
  case mlx
  /// As torch, but Dense with a bias `[in, out]`, as in GPT-2.
  case conv1d
}

/// A correction of what would be inferred: `--type 'SELECTOR=Conv(groups: 32)'`.
public struct InferenceOverride: Sendable {
  /// Which layers, by path.
  public var matches: @Sendable (String) -> Bool
  /// What they are: a name or alias of ``Layers/LayerCatalog``.
  public var type: String
  /// Numbers that the file does not tell: `groups`, `parts`, `transposed` (not 0: the weight is `[in, out]`).
  public var arguments: [(name: String, value: Double)]
  /// The layer itself, where it is a plugin's: with everything that lies in it, at the names below its path.
  public var layer: (any Layer)?

  /// A layer with all its parts, as it was made from text.
  public init(layer: any Layer, matches: @escaping @Sendable (String) -> Bool) {
    self.init(type: layer.kind.name, matches: matches)
    self.layer = layer
  }

  /// A correction.
  public init(
    type: String, arguments: [(name: String, value: Double)] = [],
    matches: @escaping @Sendable (String) -> Bool
  ) {
    self.matches = matches
    self.type = type
    self.arguments = arguments
  }
}

/// What is known of a checkpoint besides names and shapes.
public struct InferenceOptions: Sendable {
  /// The layout of weights.
  public var layout: WeightLayout
  /// The file's metadata `format` (`pt`, `flax`, `mlx`), if it has one.
  public var format: String?
  /// What is taken off the front of names, in order, wherever it is there.
  public var strippedPrefixes: [String]
  /// Corrections; of two that match a layer, the later counts.
  public var overrides: [InferenceOverride]

  /// Options; by default nothing is known.
  public init(
    layout: WeightLayout = .auto, format: String? = nil, strippedPrefixes: [String] = [],
    overrides: [InferenceOverride] = []
  ) {
    self.layout = layout
    self.format = format
    self.strippedPrefixes = strippedPrefixes
    self.overrides = overrides
  }
}
