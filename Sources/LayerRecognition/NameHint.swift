/// What a part of a name suggests.
struct NameHint {
  let bytes: [UInt8]

  init(_ name: String) {
    bytes = name.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
  }

  /// Whether the text occurs anywhere, in any case.
  func has(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard length > 0, bytes.count >= length else { return false }
    let first = text.utf8Start.pointee
    return bytes.withUnsafeBufferPointer { name in
      (0...(name.count - length)).contains { start in
        name[start] == first && (1..<length).allSatisfy { name[start + $0] == text.utf8Start[$0] }
      }
    }
  }

  /// Whether the text occurs between underscores, digits and the ends: `ln` in `ln_1`, `pre_ln`, `ln2`.
  func hasWord(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard bytes.count >= length else { return false }
    return (0...(bytes.count - length)).contains { start in
      (start == 0 || !NameHint.isLetter(bytes[start - 1]))
        && (start + length == bytes.count || !NameHint.isLetter(bytes[start + length]))
        && bytes[start..<(start + length)].elementsEqual(
          UnsafeBufferPointer(start: text.utf8Start, count: length))
    }
  }

  /// Whether the name is one of these, in lower case.
  func isOne(of names: [String]) -> Bool { names.contains { bytes.elementsEqual($0.utf8) } }

  static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || byte >= 128 }

  var isNorm: Bool { has("norm") || hasWord("ln") || hasWord("rms") }
  var isBatchNorm: Bool { has("batchnorm") || has("batch_norm") || hasWord("bn") }
  var isGroupNorm: Bool { has("groupnorm") || has("group_norm") || hasWord("gn") }
  var isLayerNorm: Bool { has("layernorm") || has("layer_norm") || hasWord("ln") }
  var isTransposed: Bool {
    has("deconv") || has("upconv") || has("conv_transpose") || has("convtranspose") || has("transposed")
      || has("conv_trans") || hasWord("convt")
  }
  var isBilinear: Bool { has("bilinear") }
  var isPReLU: Bool { has("prelu") || hasWord("relu") || hasWord("act") || has("activation") }
  /// A table of vectors. (`embed_proj`, `x_embedder`, `patch_embedding` and the like are maps.)
  var isEmbedding: Bool {
    if has("proj") || has("linear") || has("dense") || has("unembed") || has("patch") || has("embed_out")
      || hasWord("out")
      || hasWord("fc") || has("head") || bytes.starts(with: "to_".utf8)
    {
      return false
    }
    if has("embedder") {
      return has("word") || has("token") || has("label") || has("class") || has("char") || has("quer")
    }
    return has("embed") || hasWord("emb") || hasWord("wte") || hasWord("wpe") || has("relative_attention_bias")
      || hasWord("codebook") || hasWord("token") || hasWord("tokens") || hasWord("pe") || hasWord("reference_points")
      || isOne(of: ["shared"]) || (has("quer") && has("feat"))
  }
  /// What is called so may embed the tokens of a text.
  var mayEmbedTokens: Bool { has("embed") || hasWord("emb") || hasWord("wte") || isOne(of: ["shared"]) }
  /// Queries that are learned, unless keys stand beside them.
  var isQuery: Bool { isOne(of: ["query", "queries"]) }
  /// GPT-2's linear maps, which are `[in, out]` there and `[out, in]` in its re-implementations.
  var isConv1D: Bool { hasWord("c_attn") || hasWord("c_proj") || hasWord("c_fc") || hasWord("q_attn") }
  /// Queries, keys and values in one matrix.
  var isPackedQKV: Bool {
    hasWord("qkv") || hasWord("c_attn") || has("query_key_value") || has("wqkv") || has("qkv_proj")
      || has("in_proj_weight")
  }
  /// Two maps of one size in one matrix. (`kv_a_proj_with_mqa`, `kv_b_proj` have parts of other sizes.)
  var isPackedPair: Bool {
    has("gate_up_proj") || isOne(of: ["kv", "to_kv", "kv_proj", "key_value", "w12", "w13"])
  }
  var isLayerScale: Bool {
    has("layer_scale") || has("layerscale") || has("gamma_1") || has("gamma_2") || has("gamma1")
      || has("gamma2")
      || has("lambda_1") || has("lambda_2") || hasWord("ls")
  }
  var isBias: Bool {
    bytes.suffix(4).elementsEqual("bias".utf8) || bytes.suffix(6).elementsEqual("biases".utf8)
  }
}
