import Initializers

/// The layers that are built in: what `reinit list layers` prints, and the type names that rules know.
public enum LayerCatalog {
  /// One kind of layer.
  public struct Entry: Sendable {
    /// Name and aliases.
    public let kind: LayerKind
    /// One line.
    public let summary: String
    /// The names of parameters and buffers, as paths have them.
    public let fields: [String]

    init(_ kind: LayerKind, _ summary: String, _ fields: [String] = []) {
      self.kind = kind
      self.summary = summary
      self.fields = fields
    }
  }

  /// Every kind: maps, norms, recurrent ones and attention, parameters, containers, those without parameters.
  public static let kinds: [Entry] = maps + norms + sequences + others

  /// The kind of that name or alias.
  public static func kind(named name: some StringProtocol) -> LayerKind? {
    kinds.first { $0.kind.matches(name) }?.kind
  }

  private static let maps = [
    Entry(.dense, "linear map, y = x·Wᵀ + b", ["weight", "bias"]),
    Entry(.conv, "convolution over 1, 2 or 3 axes, in groups", ["weight", "bias"]),
    Entry(.convTranspose, "transposed convolution over 1, 2 or 3 axes", ["weight", "bias"]),
    Entry(.embedding, "table of vectors, looked up by index", ["weight"]),
    Entry(.bilinear, "bilinear form of two inputs", ["weight", "bias"]),
  ]
  private static let statistics = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
  private static let norms = [
    Entry(.batchNorm, "normalization of channels over the batch", statistics),
    Entry(.layerNorm, "normalization over the last axes; contains a Scale", ["weight", "bias"]),
    Entry(.groupNorm, "normalization over groups of channels", ["weight", "bias"]),
    Entry(.instanceNorm, "normalization of channels of each sample", statistics),
    Entry(.rmsNorm, "division by the root mean square", ["weight"]),
    Entry(.scale, "elementwise factor and offset", ["weight", "bias"]),
    Entry(.layerScale, "factor of a residual branch, near 0 at first"),
    Entry(.prelu, "rectifier with a learned slope", ["weight"]),
  ]
  private static let gates = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
  private static let sequences = [
    Entry(.rnn, "plain recurrent network", gates),
    Entry(.lstm, "long short-term memory, four gates packed", gates),
    Entry(.gru, "gated recurrent unit, three gates packed", gates),
    Entry(
      .multiHeadAttention, "attention over several heads",
      ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]),
  ]
  private static let others = [
    Entry(.parameter, "a tensor on its own: class token, position embedding"),
    Entry(.chain, "layers one after the other"),
    Entry(.parallel, "branches of one input, joined"),
    Entry(.skipConnection, "layers whose result is joined with their input"),
    Entry(.activation, "function of each element"),
    Entry(.pool, "maximum or mean under a window"),
    Entry(.flatten, "joins axes"),
    Entry(.dropout, "sets elements to 0 in training"),
    Entry(.identity, "gives back its input"),
  ]
}
