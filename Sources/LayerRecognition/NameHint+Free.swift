extension NameHint {
  /// State: what is computed or counted, not trained.
  var isState: Bool {
    if has("mask") && !has("token") && !has("emb") { return true }
    if has("correction") && isBias { return true }
    // Vectors of power iterations: `parametrizations.weight.0._u`.
    if isOne(of: ["_u", "_v"]) { return true }
    return isStatistic || isTable || isQuantization || NameHint.stateWords.contains(lastWord)
  }

  /// Running means, moments of an optimizer, counts of a codebook.
  private var isStatistic: Bool {
    has("running_") || has("moving_mean") || has("moving_var") || has("num_batches") || has("num_updates")
      || has("exp_avg") || has("momentum_buffer") || has("cluster_size") || has("cluster_usage") || has("embed_avg")
      || has("embed_sum") || hasWord("ema")
  }

  /// What is computed once: positions, frequencies.
  private var isTable: Bool {
    has("inv_freq") || has("freqs_c") || hasWord("freqs") || has("_cached") || has("position_ids")
      || has("coords_table") || has("_index") || hasWord("pe") || has("_idx")
  }

  private var isQuantization: Bool {
    has("absmax") || has("quant_") || has("zero_point") || has("scale_inv") || has("weight_scale") || has("input_scale")
      || has("g_idx") || has("_integer")
  }

  private static let stateWords: Set<String> = [
    "inited", "initted", "initialized", "mean", "std", "var", "variance", "step", "steps", "count", "counts", "counter",
    "usage", "idx", "index", "indices", "min", "max", "anchors", "buffer",
  ]

  /// The last run of letters, in lower case.
  private var lastWord: String {
    let trimmed = bytes.reversed().drop { !NameHint.isLetter($0) }
    return String(decoding: trimmed.prefix(while: NameHint.isLetter).reversed(), as: UTF8.self)
  }

  /// Vectors that are learned like weights: tokens, positions, queries.
  var isToken: Bool {
    has("token") || has("embed") || has("pos_emb") || has("position") || hasWord("queries") || hasWord("latents")
      || has("bias_table") || hasWord("prompt")
  }

  /// What a matrix on its own is called that schemes for weights are made for.
  var isMatrix: Bool {
    !has("decay")
      && (has("proj") || has("weight") || has("kernel") || has("table") || has("quer") || has("latent")
        || has("codevector")
        || has("gate_up") || ["w", "q", "k", "v", "o", "r", "u", "fn", "rel", "pos"].contains { hasWord(letters: $0) })
  }

  private func hasWord(letters: String) -> Bool {
    bytes.split { !NameHint.isLetter($0) }.contains { $0.elementsEqual(letters.utf8) }
  }
}
