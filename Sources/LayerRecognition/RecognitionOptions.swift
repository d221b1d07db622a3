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

/// What is known of a checkpoint besides names and shapes.
public struct RecognitionOptions: Sendable {
  /// The layout of weights.
  public var layout: WeightLayout
  /// The file's metadata `format` (`pt`, `flax`, `mlx`), if it has one.
  public var format: String?
  /// What is taken off the front of names, in order, wherever it is there.
  public var strippedPrefixes: [String]
  /// What the user says of layers; of two that match a layer, the later counts.
  public var overrides: [TypeOverride]
  /// What a note says of the architecture's layers; what the user says stands above it.
  package var told: [TypeOverride] = []
  /// What `config.json` says; nil where there is none.
  public var config: ModelConfig?

  /// Options; by default nothing is known.
  public init(
    layout: WeightLayout = .auto, format: String? = nil, strippedPrefixes: [String] = [],
    overrides: [TypeOverride] = [], config: ModelConfig? = nil
  ) {
    self.layout = layout
    self.format = format
    self.strippedPrefixes = strippedPrefixes
    self.overrides = overrides
    self.config = config
  }
}
