import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Reinitialization
import Tensors
import TestSupport
import Testing

/// What stands elsewhere in a file, or in a name, and what it says of a tensor.
private let cases: [(name: String, list: KeyValuePairs<String, [Int]>, expected: [String])] = [
  (
    "norms of queries and keys in a decoder may be 1 + w",
    ["l.0.input_layernorm.weight": [8], "l.0.attn.q_norm.weight": [4], "l.0.attn.k_norm.weight": [4]],
    [
      "l.0.input_layernorm.weight other RMSNorm none", "l.0.attn.q_norm.weight other RMSNorm none",
      "l.0.attn.k_norm.weight other RMSNorm none",
    ]
  ),
  (
    "Praxis's norms are 1 + w, with a bias, too",
    ["head.per_dim_scale": [4], "layernorm.weight": [8], "layernorm.bias": [8]],
    [
      "head.per_dim_scale other Parameter none", "layernorm.weight other Scale none",
      "layernorm.bias other Scale none",
    ]
  ),
  (
    "norms behind attention with computed position biases",
    [
      "b.attn.cpb_mlp.0.weight": [16, 2], "b.attn.cpb_mlp.0.bias": [16], "b.norm1.weight": [8], "b.norm1.bias": [8],
      "norm.weight": [8], "norm.bias": [8],
    ],
    [
      "b.attn.cpb_mlp.0.weight weight Dense 2/16", "b.attn.cpb_mlp.0.bias bias Dense none",
      "b.norm1.weight other Scale none", "b.norm1.bias other Scale none",
      "norm.weight scale Scale none", "norm.bias bias Scale none",
    ]
  ),
  (
    "the norm that ends a bottleneck, and those before its convolutions",
    [
      "post.conv3.weight": [32, 8, 1, 1], "post.norm3.weight": [32], "post.norm3.bias": [32],
      "pre.norm3.weight": [8], "pre.norm3.bias": [8], "pre.conv3.weight": [32, 8, 1, 1],
      "unet.norm1.weight": [8], "unet.norm1.bias": [8], "unet.conv1.weight": [16, 8, 3, 3],
    ],
    [
      "post.conv3.weight weight Conv 8/32", "post.norm3.weight other Scale none",
      "post.norm3.bias other Scale none",
      "pre.norm3.weight scale Scale none", "pre.norm3.bias bias Scale none", "pre.conv3.weight weight Conv 8/32",
      "unet.norm1.weight scale GroupNorm none", "unet.norm1.bias bias GroupNorm none",
      "unet.conv1.weight weight Conv 72/144",
    ]
  ),
  (
    "norms of groups, in modules of their own, in lists, and before what is laid over pictures",
    [
      "a.norm1.norm_layer.weight": [8], "a.norm1.norm_layer.bias": [8], "a.conv1.conv.weight": [16, 8, 3, 3, 3],
      "mid.norm1.weight": [8], "mid.norm1.bias": [8], "mid.conv1.weight": [4, 8, 1, 1], "mid.norm2.weight": [4],
      "mid.norm2.bias": [4], "mid.conv2.weight": [4, 4, 3, 3],
      "conv_norm_out.weight": [8], "conv_norm_out.bias": [8], "conv_out.weight": [3, 8, 3, 3],
      "in_layers.0.weight": [8], "in_layers.0.bias": [8], "in_layers.2.weight": [16, 8, 3, 3],
      "input_proj.0.0.weight": [8, 64, 1, 1], "input_proj.0.1.weight": [8], "input_proj.0.1.bias": [8],
      "t.norm.weight": [8], "t.norm.bias": [8], "t.proj_in.weight": [8, 8], "t.transformer_blocks.0.norm1.weight": [8],
      "t.transformer_blocks.0.norm1.bias": [8], "t.proj_out.weight": [8, 8],
      "attn_1.norm.weight": [8], "attn_1.norm.bias": [8], "attn_1.q.weight": [8, 8, 1, 1],
    ],
    [
      "a.norm1.norm_layer.weight scale GroupNorm none", "a.norm1.norm_layer.bias bias GroupNorm none",
      "a.conv1.conv.weight weight Conv 216/432",
      "mid.norm1.weight scale GroupNorm none", "mid.norm1.bias bias GroupNorm none", "mid.conv1.weight weight Conv 8/4",
      "mid.norm2.weight scale GroupNorm none", "mid.norm2.bias bias GroupNorm none",
      "mid.conv2.weight weight Conv 36/36",
      "conv_norm_out.weight scale GroupNorm none", "conv_norm_out.bias bias GroupNorm none",
      "conv_out.weight weight Conv 72/27",
      "in_layers.0.weight scale GroupNorm none", "in_layers.0.bias bias GroupNorm none",
      "in_layers.2.weight weight Conv 72/144",
      "input_proj.0.0.weight weight Conv 64/8", "input_proj.0.1.weight scale GroupNorm none",
      "input_proj.0.1.bias bias GroupNorm none",
      "t.norm.weight scale GroupNorm none", "t.norm.bias bias GroupNorm none", "t.proj_in.weight weight Dense 8/8",
      "t.transformer_blocks.0.norm1.weight scale Scale none", "t.transformer_blocks.0.norm1.bias bias Scale none",
      "t.proj_out.weight weight Dense 8/8",
      "attn_1.norm.weight scale GroupNorm none", "attn_1.norm.bias bias GroupNorm none",
      "attn_1.q.weight weight Conv 8/8",
    ]
  ),
  (
    "norms over channels, before and behind patches, and between maps",
    [
      "stem.0.weight": [8, 3, 4, 4], "stem.1.weight": [8], "stem.1.bias": [8],
      "downsample.0.weight": [8], "downsample.0.bias": [8], "downsample.1.weight": [16, 8, 2, 2],
      "neck.0.weight": [8, 16, 1, 1], "neck.1.weight": [8], "neck.1.bias": [8], "neck.2.weight": [8, 8, 3, 3],
      "mlp.0.weight": [8, 8], "mlp.1.weight": [8], "mlp.1.bias": [8],
      "block.norm.weight": [8], "block.norm.bias": [8], "block.conv_dw.weight": [8, 1, 7, 7],
    ],
    [
      "stem.0.weight weight Conv 48/128", "stem.1.weight scale Scale none", "stem.1.bias bias Scale none",
      "downsample.0.weight scale Scale none", "downsample.0.bias bias Scale none",
      "downsample.1.weight weight Conv 32/64",
      "neck.0.weight weight Conv 16/8", "neck.1.weight scale Scale none", "neck.1.bias bias Scale none",
      "neck.2.weight weight Conv 72/72",
      "mlp.0.weight weight Dense 8/8", "mlp.1.weight scale Scale none", "mlp.1.bias bias Scale none",
      "block.norm.weight scale Scale none", "block.norm.bias bias Scale none",
      "block.conv_dw.weight weight Conv 49/49",
    ]
  ),
  (
    "the depth of a picture is no depthwise layer",
    [
      "fusion.depth_layer.convolution1.weight": [16, 1, 3, 3], "fusion.depth_layer.convolution1.bias": [16],
      "fusion.depth_layer.convolution2.weight": [16, 16, 3, 3], "block.depth_conv.weight": [16, 1, 3, 3],
    ],
    [
      "fusion.depth_layer.convolution1.weight weight Conv 9/144", "fusion.depth_layer.convolution1.bias bias Conv none",
      "fusion.depth_layer.convolution2.weight weight Conv 144/144", "block.depth_conv.weight weight Conv 9/9",
    ]
  ),
  (
    "codes that are counted are state; conditions of a norm are none of a map",
    [
      "q.codebook.embed": [9, 4], "q.codebook.cluster_size": [9], "norm.scale.weight": [4, 8],
      "proj.scale.weight": [4, 8],
    ],
    [
      "q.codebook.embed buffer Parameter none", "q.codebook.cluster_size buffer Parameter none",
      "norm.scale.weight other Dense 8/4", "proj.scale.weight weight Dense 8/4",
    ]
  ),
  (
    "rows of tables in embeddings, masks at a higher resolution",
    [
      "embeddings.row_embedder.weight": [99, 8], "x_embedder.weight": [8, 4],
      "mask_predictor.conv5_mask.weight": [8, 8, 2, 2],
      "mask_downsample.weight": [8, 8, 2, 2],
    ],
    [
      "embeddings.row_embedder.weight weight Embedding 1/8", "x_embedder.weight weight Dense 4/8",
      "mask_predictor.conv5_mask.weight weight ConvTranspose 32/32", "mask_downsample.weight weight Conv 32/32",
    ]
  ),
]

@Test("What a whole file says decides where a tensor alone does not", arguments: cases.indices)
func evidenceDecides(_ index: Int) throws {
  #expect(try lines(cases[index].list) == cases[index].expected, "\(cases[index].name)")
}

private func inventory(_ list: KeyValuePairs<String, [Int]>, _ options: RecognitionOptions = RecognitionOptions())
  throws
  -> Inventory
{
  try Inventory(of: AnyNode(InferredTree.infer(tensors(list), options: options).root))
}

private func options(_ config: String) throws -> RecognitionOptions {
  RecognitionOptions(config: try ModelConfig(parsing: config))
}

@Test("config.json tells unequal parts, and factors of branches")
func configTells() throws {
  let list: KeyValuePairs<String, [Int]> = [
    "attn.qkv_proj.weight": [32, 16], "self_attention.query_key_value.weight": [32, 16], "ls1.gamma": [8],
    "logit_scale": [],
  ]
  let config =
    #"{"num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 16, "layer_scale_init_value": 1e-5, "logit_scale_init_value": 2.6592}"#
  let told = try inventory(list, options(config))
  func geometry(_ leaf: Int) -> Geometry? { told.leaves[leaf].geometry }
  #expect(geometry(0)?.packed.map(\.size) == [16, 8, 8] && geometry(0)?.packed.map(\.name) == ["q", "k", "v"])
  #expect(geometry(1)?.packed.isEmpty == true, "heads one after the other have no such parts")
  #expect((told.leaves[2].fresh as? Constant)?.value == 1e-5)
  #expect((told.leaves[3].fresh as? Constant)?.value == 2.6592)
  // Heads of another size than config.json's are not taken for them.
  let other = try inventory(list, options(#"{"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}"#))
  #expect(other.leaves[0].geometry?.packed.isEmpty == true && other.leaves[2].fresh == nil)
}

@Test("A note that was chosen by names alone does not stand against what the tensors say")
func namesAlone() throws {
  let list: KeyValuePairs<String, [Int]> = [
    "h.c_fc.weight": [4, 16], "h.c_fc.bias": [16], "m.in_proj.weight": [16, 4], "m.conv1d.weight": [8, 1, 4],
    "e.position_embeddings.weight": [9, 4], "l.input_layernorm.weight": [4], "l.q_norm.weight": [2],
    "l.k_norm.weight": [2],
  ]
  let lines = [
    ("**.c_fc", "Dense"), ("**.conv1d", "Conv"), ("**.position_embeddings", "Parameter(role: weight, begins: zeros)"),
    ("**.*norm", "RMSNorm"),
  ]
  for isByNames in [true, false] {
    var options = RecognitionOptions()
    options.told = try lines.map {
      try TypeOverride($0.0, is: $0.1, note: "a note", isByNames: isByNames, layers: .standard, initializers: .standard)
    }
    let tree = try InferredTree.infer(tensors(list), options: options)
    let found = try flatten(tree.root).map { "\($0.path) \($0.role.rawValue) \($0.owner) \($0.fans)" }
    #expect(found.contains("h.c_fc.weight weight Dense \(isByNames ? "4/16" : "16/4")"))
    #expect(found.contains("m.conv1d.weight weight Conv 4/4"))
    #expect(found.contains("e.position_embeddings.weight weight Embedding 1/4"))
    #expect(found.contains("l.input_layernorm.weight \(isByNames ? "other" : "scale") RMSNorm none"))
    #expect(tree.warnings.count == 1 && tree.warnings[0].contains("that of a layer"))
  }
}

@Test("A head in a branch without an embedding may be a tied embedding, and has no beginning")
func tiedHead() throws {
  func refused(_ list: KeyValuePairs<String, [Int]>) throws -> Bool {
    let root = AnyNode(try InferredTree.infer(tensors(list)).root)
    do {
      _ = try root.plan(seed: 1) { Rule(try Selector(parsing: "**.lm_head"), fill: .default) }
      return false
    } catch { return (error as? Diagnostic)?.code == .noFreshState }
  }
  #expect(try refused(["a.lm_head.weight": [9, 4], "b.embed_tokens.weight": [9, 4]]))
  #expect(try !refused(["a.lm_head.weight": [9, 4], "a.model.embed_tokens.weight": [9, 4]]))
}

@Test(
  "Rules for weights and scales say of weight norm and spectral norm why they reach nothing",
  arguments: ["@weight", "@scale", "a.weight", "a"])
func computedWeights(_ selector: String) throws {
  let list: KeyValuePairs<String, [Int]> = [
    "a.weight_g": [8, 1, 1], "a.weight_v": [8, 4, 3], "a.bias": [8], "b.weight_orig": [8, 4], "b.weight_u": [8],
    "c.parametrizations.weight.original0": [1, 1, 3], "c.parametrizations.weight.original1": [8, 4, 3],
  ]
  let root = AnyNode(try InferredTree.infer(tensors(list)).root)
  let error = #expect(throws: Diagnostic.self) {
    try root.plan(seed: 1) { Rule(try Selector(parsing: selector), fill: .normal(std: 1)) }
  }
  #expect(error?.code == .ruleMatchesNothing)
  #expect(error?.notes.contains { $0.contains("'a.weight_g' is no weight") && $0.contains("weight norm") } == true)
  #expect(error?.hints.contains { $0.contains("'a.weight_v=normal(std: 0.02)'") && $0.contains("sqrt(12)") } == true)
  // Each says its own way.
  for (name, words) in [
    ("b.weight_orig", "remove_spectral_norm"), ("c.parametrizations.weight.original1", "sqrt(32)"),
    ("c.parametrizations.weight.original0", "remove_parametrizations"),
  ] {
    let error = #expect(throws: Diagnostic.self) {
      try root.plan(seed: 1) { Rule(try Selector(parsing: name), fill: .default) }
    }
    #expect(error?.code == .noFreshState && error?.hints.contains { $0.contains(words) } == true, "\(name)")
  }
}

@Test(
  "A hint for a name that has to be quoted is a rule that reaches it", arguments: ["a..b", "\":\"", "a b.c", "*.x"])
func hintsAreRules(_ name: String) throws {
  let root = AnyNode(try InferredTree.infer(tensors([name: [1]])).root)
  let error = #expect(throws: Diagnostic.self) {
    try root.plan(seed: 1) { Rule(try Selector(parsing: "**"), fill: .default) }
  }
  let hints = error?.hints ?? []
  let value = try #require(hints.first { $0.hasSuffix("gives it a value") })
  let keep = try #require(hints.first { $0.hasPrefix("--keep") })
  func quoted(_ hint: String) -> String {
    String(hint.dropFirst(hint.prefix { $0 != "'" }.count + 1).prefix { $0 != "'" })
  }
  #expect(try root.plan(seed: 1) { try Rule(RuleText(parsing: quoted(value))) }.steps.count == 1)
  let kept = try root.plan(seed: 1) {
    try Rule(RuleText(parsing: "**=ones"))
    try Rule(RuleText(.keep(quoted(keep))))
  }
  #expect(kept.steps.isEmpty && kept.kept.count == 1)
}

@Test("What the code that conditions a ControlNet begins at, and a table of steps that is called a map")
func beginsAndGuesses() throws {
  let told = try inventory([
    "controlnet_cond_embedding.conv_out.weight": [8, 4, 3, 3], "controlnet_cond_embedding.conv_out.bias": [8],
    "unet.conv_out.weight": [8, 4, 3, 3],
  ])
  #expect((told.leaves[0].fresh as? Constant)?.value == 0 && (told.leaves[1].fresh as? Constant)?.value == 0)
  #expect(told.leaves[2].fresh != nil && !(told.leaves[2].fresh is Constant))
  let root = try InferredTree.infer(
    tensors(["time_proj.weight": [100, 8], "q_proj.weight": [8, 8], "time.weight": [8, 8], "time.bias": [8]])
  ).root
  #expect(root.children.map { ($0.node as? any Layer)?.recognition?.isGuess } == [true, false, false])
  let short = try InferredTree.infer(
    tensors([
      "A_log": [8], "conv_k.weight": [8, 1, 4], "conv_b.weight": [8, 1, 4], "conv_b.bias": [8],
      "conv.weight": [8, 2, 3],
    ])
  ).root
  let guesses = short.children.compactMap { ($0.node as? any Layer)?.recognition?.isGuess }
  #expect(guesses.suffix(3) == [true, false, false])
}
