import Architectures
import Diagnostics
import JSONText
import LayerVocabulary
import Testing

@Test(
  "Built-in notes take no architecture of other beginnings for theirs",
  arguments: [
    // Names of the first block, as transformers writes them.
    (
      "bert", "bert.",
      [
        "embeddings.word_embeddings.weight", "embeddings.token_type_embeddings.weight",
        "embeddings.position_embeddings.weight", "encoder.layer.0.attention.self.query.weight",
        "encoder.layer.0.attention.output.LayerNorm.weight",
      ], []
    ),
    (
      nil, "layoutlm.",
      [
        "embeddings.word_embeddings.weight", "embeddings.token_type_embeddings.weight",
        "embeddings.position_embeddings.weight", "encoder.layer.0.attention.self.query.weight",
        "encoder.layer.0.attention.output.LayerNorm.weight",
      ], []
    ),
    // LLaMA's norms begin at 1, the first Gemma's at 0: names do not tell them apart.
    (
      nil, "model.",
      [
        "embed_tokens.weight", "layers.0.input_layernorm.weight", "layers.0.post_attention_layernorm.weight",
        "layers.0.self_attn.q_proj.weight", "layers.0.mlp.gate_proj.weight",
      ], []
    ),
    (
      "gemma", "model.",
      [
        "embed_tokens.weight", "layers.0.input_layernorm.weight", "layers.0.post_attention_layernorm.weight",
        "layers.0.pre_feedforward_layernorm.weight", "layers.0.post_feedforward_layernorm.weight",
        "layers.0.self_attn.q_proj.weight",
      ], []
    ),
    // Gemma 4's begin at 1.
    (
      nil, "model.",
      [
        "embed_tokens.weight", "layers.0.input_layernorm.weight", "layers.0.post_attention_layernorm.weight",
        "layers.0.pre_feedforward_layernorm.weight", "layers.0.post_feedforward_layernorm.weight",
        "layers.0.self_attn.q_proj.weight",
      ], ["model.layers.0.layer_scalar"]
    ),
    (
      "vit", "vit.",
      [
        "embeddings.cls_token", "embeddings.position_embeddings", "embeddings.patch_embeddings.projection.weight",
        "encoder.layer.0.layernorm_before.weight",
      ], ["classifier.weight"]
    ),
    (
      nil, "dpt.",
      [
        "embeddings.cls_token", "embeddings.position_embeddings", "embeddings.patch_embeddings.projection.weight",
        "encoder.layer.0.layernorm_before.weight",
      ], ["neck.convs.0.weight"]
    ),
    (
      "wav2vec2", "wav2vec2.",
      [
        "feature_extractor.conv_layers.0.conv.weight", "feature_projection.projection.weight",
        "encoder.pos_conv_embed.conv.bias",
      ], []
    ),
    (
      nil, "hubert.",
      [
        "feature_extractor.conv_layers.0.conv.weight", "feature_projection.projection.weight",
        "encoder.pos_conv_embed.conv.bias",
      ], []
    ),
    (
      "mixtral", "model.", ["layers.0.block_sparse_moe.experts.0.w1.weight", "layers.0.block_sparse_moe.gate.weight"],
      []
    ),
    (
      nil, "model.", ["layers.0.block_sparse_moe.experts.0.w1.weight", "layers.0.block_sparse_moe.gate.weight"],
      ["model.layers.1.self_attn.query_decay"]
    ),
  ] as [(String?, String, [String], [String])])
func lookalikes(_ note: String?, _ prefix: String, _ names: [String], _ others: [String]) throws {
  #expect(try NoteLibrary().fit(nil, names: names.map { prefix + $0 } + others)?.note.name == note)
}
