import Initializers
import LayerVocabulary
import Tensors

/// What numbers of config.json say where names and shapes do not, whatever the architecture.
struct ConfigEvidence {
  private let config: ModelConfig?

  init(_ config: ModelConfig?) { self.config = config }

  /// The sizes of queries, keys and values in one matrix, where they are its outputs and not equal.
  func attentionSizes(_ outputs: Int) -> [Int]? {
    guard let heads, heads > 0 else { return nil }
    let keyHeads =
      count(["num_key_value_heads", "n_head_kv", "num_kv_heads", "multi_query_group_num"])
      ?? (config?.says("multi_query") == true ? 1 : heads)
    guard keyHeads > 0, keyHeads != heads, heads.addingReportingOverflow(2 * keyHeads).overflow == false,
      outputs % (heads + 2 * keyHeads) == 0
    else { return nil }
    let size = outputs / (heads + 2 * keyHeads)
    if let told = count(["head_dim", "kv_channels"]) ?? width.map({ $0 / heads }), told != size { return nil }
    return [heads * size, keyHeads * size, keyHeads * size]
  }

  /// The heads that GPT-BigCode deals queries, keys and values out over, where it has keys for each.
  var dealtHeads: Int? {
    guard let config, config.kind(of: "multi_query") != nil, !config.says("multi_query") else { return nil }
    return heads.flatMap { $0 > 0 ? $0 : nil }
  }

  private var heads: Int? { count(["num_attention_heads", "n_head", "n_heads", "num_heads"]) }

  /// What the factor of a residual branch begins at.
  var layerScale: Constant? { constant(["layer_scale_init_value", "layer_scale_initial_scale", "layerscale_value"]) }

  /// What a logit's scale begins at: the logarithm of the factor.
  var logitScale: Constant? { constant(["logit_scale_init_value"]) }

  private var width: Int? { count(["hidden_size", "n_embd", "d_model", "dim"]) }

  private func count(_ fields: [String]) -> Int? {
    fields.lazy.compactMap { config?.number($0) }.first.flatMap { Int(exactly: $0) }.flatMap { $0 < 1 << 32 ? $0 : nil }
  }

  private func constant(_ fields: [String]) -> Constant? {
    fields.lazy.compactMap { config?.number($0) }.first { $0.isFinite && $0 != 0 }.map { Constant($0) }
  }
}
