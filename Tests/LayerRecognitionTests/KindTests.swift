import Checkpoints
import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Reinitialization
import Tensors
import TestSupport
import Testing

/// Names and shapes as real checkpoints have them, with what they are in the models' sources.
private let cases: [(name: String, list: KeyValuePairs<String, [Int]>, expected: [String])] = [
  (
    "what is free has no beginning",
    [
      "logit_scale": [], "m.A_log": [16], "m.dt_bias": [16], "gate_attn": [1], "sinks": [8], "probe": [1, 1, 8],
      "time_decay": [8],
    ],
    ["logit_scale", "m.A_log", "m.dt_bias", "gate_attn", "sinks", "probe", "time_decay"].map {
      "\($0) other Parameter none"
    }
  ),
  (
    "state",
    [
      "h.attn.masked_bias": [], "h.attn.bias": [1, 1, 4, 4], "gate.e_score_correction_bias": [8], "q.cluster_size": [9],
      "q.embed_avg": [9, 4], "rope.inv_freq": [4], "pixel_mean": [3, 1, 1], "act.x_min": [1], "w.zero_point": [1],
      "fc.exp_avg": [8, 4], "fc.exp_avg_sq": [8, 4], "fc.step": [], "latents_std": [4],
    ],
    [
      "h.attn.masked_bias", "h.attn.bias", "gate.e_score_correction_bias", "q.cluster_size", "q.embed_avg",
      "rope.inv_freq",
      "pixel_mean", "act.x_min", "w.zero_point", "fc.exp_avg", "fc.exp_avg_sq", "fc.step", "latents_std",
    ].map { "\($0) buffer Parameter none" }
  ),
  (
    "tables and maps",
    [
      "shared.weight": [99, 8], "iou_token.weight": [1, 8], "mask_tokens.weight": [4, 8], "query_feat.weight": [9, 8],
      "queries.query.weight": [9, 8], "a.query.weight": [8, 8], "a.key.weight": [8, 8], "embed_out.weight": [99, 8],
      "x_embedder.weight": [8, 4], "embedding_projection.weight": [8, 4], "patch_embedding.weight": [8, 12],
      "unembed.weight": [99, 8],
    ],
    [
      "shared.weight weight Embedding 1/8", "iou_token.weight weight Embedding 1/8",
      "mask_tokens.weight weight Embedding 1/8",
      "query_feat.weight weight Embedding 1/8", "queries.query.weight weight Embedding 1/8",
      "a.query.weight weight Dense 8/8",
      "a.key.weight weight Dense 8/8", "embed_out.weight weight Dense 8/99", "x_embedder.weight weight Dense 4/8",
      "embedding_projection.weight weight Dense 4/8", "patch_embedding.weight weight Dense 12/8",
      "unembed.weight weight Dense 8/99",
    ]
  ),
  (
    "parts of other sizes are not invented",
    ["a.kv_a_proj_with_mqa.weight": [18, 8], "a.kv_b_proj.weight": [32, 4], "a.query_key_value.weight": [20, 8]],
    [
      "a.kv_a_proj_with_mqa.weight weight Dense 8/18", "a.kv_b_proj.weight weight Dense 4/32",
      "a.query_key_value.weight weight Dense 8/20",
    ]
  ),
  (
    "packed experts",
    [
      "moe.input_linear.weight": [4, 256, 64], "moe.output_linear.weight": [4, 64, 128],
      "mlp.experts.down_proj": [4, 64, 128], "mlp.experts.gate_up_proj": [4, 256, 64],
      "mlp.experts.gate_up_proj_bias": [4, 256],
      "in_out.experts.gate_up_proj": [4, 64, 256], "in_out.experts.down_proj": [4, 128, 64],
      "square.router.weight": [4, 64], "square.experts.w1": [4, 64, 80], "square.experts.w2": [4, 80, 64],
    ],
    [
      "moe.input_linear.weight weight Parameter 64/128", "moe.output_linear.weight weight Parameter 128/64",
      "mlp.experts.down_proj weight Parameter 128/64", "mlp.experts.gate_up_proj weight Parameter 64/128",
      "mlp.experts.gate_up_proj_bias other Parameter none",
      "in_out.experts.gate_up_proj weight Parameter 64/128", "in_out.experts.down_proj weight Parameter 128/64",
      "square.router.weight weight Dense 64/4", "square.experts.w1 weight Parameter 64/80",
      "square.experts.w2 weight Parameter 80/64",
    ]
  ),
  (
    "what corrects a router is no bias",
    ["mlp.gate.weight": [8, 4], "mlp.gate.bias": [8], "mlp.experts.0.w1.weight": [8, 4]],
    [
      "mlp.gate.weight weight Dense 4/8", "mlp.gate.bias other Parameter none",
      "mlp.experts.0.w1.weight weight Dense 4/8",
    ]
  ),
  (
    "groups by the widths before, as in ResNeXt",
    [
      "layer1.0.conv1.weight": [64, 32, 1, 1], "layer1.0.bn1.weight": [64], "layer1.0.bn1.bias": [64],
      "layer1.0.conv2.weight": [64, 4, 3, 3], "layer1.0.bn2.weight": [64], "layer1.0.bn2.bias": [64],
      "layer1.0.conv3.weight": [128, 64, 1, 1], "layer1.0.downsample.0.weight": [128, 32, 1, 1],
    ],
    [
      "layer1.0.conv1.weight weight Conv 32/64", "layer1.0.bn1.weight scale BatchNorm none",
      "layer1.0.bn1.bias bias BatchNorm none",
      "layer1.0.conv2.weight weight Conv 36/36", "layer1.0.bn2.weight scale BatchNorm none",
      "layer1.0.bn2.bias bias BatchNorm none",
      "layer1.0.conv3.weight weight Conv 64/128", "layer1.0.downsample.0.weight weight Conv 32/128",
    ]
  ),
  (
    "depthwise, and one channel of sound",
    [
      "feature.conv_layers.0.conv.weight": [16, 1, 10], "block.pw.weight": [8, 16, 1],
      "block.dwconv.weight": [8, 1, 7],
    ],
    [
      "feature.conv_layers.0.conv.weight weight Conv 10/160", "block.pw.weight weight Conv 16/8",
      "block.dwconv.weight weight Conv 7/7",
    ]
  ),
  (
    "transposed by the names around it, and by its kernel",
    [
      "up2.up.weight": [8, 8, 2, 2], "upsample.conv.weight": [16, 1, 4], "up_blocks.0.conv.weight": [8, 8, 3, 3],
      "convt_pre.weight": [4, 4, 8],
    ],
    [
      "up2.up.weight weight ConvTranspose 32/32", "upsample.conv.weight weight ConvTranspose 4/4",
      "up_blocks.0.conv.weight weight Conv 72/72", "convt_pre.weight weight ConvTranspose 32/32",
    ]
  ),
  (
    "weight norm and spectral norm, older and newer names",
    [
      "a.bias": [8], "a.parametrizations.weight.original0": [8, 1, 1],
      "a.parametrizations.weight.original1": [8, 4, 3],
      "b.weight_orig": [8, 4], "b.weight_u": [8], "b.weight_v": [4], "b.bias": [8],
      "c.parametrizations.weight.original": [8, 4],
      "c.parametrizations.weight.0._u": [8], "c.parametrizations.weight.0._v": [4],
    ],
    [
      "a.bias bias Conv none", "a.parametrizations.weight.original0 other Conv none",
      "a.parametrizations.weight.original1 other Conv 12/24", "b.weight_orig other Dense 4/8",
      "b.weight_u buffer Dense none",
      "b.weight_v buffer Dense none", "b.bias bias Dense none", "c.parametrizations.weight.original other Dense 4/8",
      "c.parametrizations.weight.0._u buffer Parameter none", "c.parametrizations.weight.0._v buffer Parameter none",
    ]
  ),
  (
    "TensorFlow's outputs, Flax's cells",
    [
      "d.kernel:0": [4, 8], "d.bias:0": [8], "n.gamma:0": [8], "n.beta:0": [8], "n.moving_mean:0": [8],
      "n.moving_variance:0": [8],
      "cell.ii.kernel": [3, 4], "cell.if.kernel": [3, 4], "cell.ig.kernel": [3, 4], "cell.io.kernel": [3, 4],
      "cell.hi.kernel": [4, 4], "cell.hf.kernel": [4, 4], "cell.hg.kernel": [4, 4], "cell.ho.kernel": [4, 4],
    ],
    [
      "d.kernel:0 weight Dense 4/8", "d.bias:0 bias Dense none", "n.gamma:0 scale BatchNorm none",
      "n.beta:0 bias BatchNorm none",
      "n.moving_mean:0 buffer BatchNorm none", "n.moving_variance:0 buffer BatchNorm none",
    ] + ["ii", "if", "ig", "io"].map { "cell.\($0).kernel weight Dense 3/4" }
      + ["hi", "hf", "hg", "ho"].map { "cell.\($0).kernel weight Dense 4/4" }
  ),
]

@Test("Kinds of tensors are told by rules, not by lists of models", arguments: cases.indices)
func kindsAreTold(_ index: Int) throws {
  #expect(try lines(cases[index].list) == cases[index].expected, "\(cases[index].name)")
}

/// How `default` begins each tensor; nil where it refuses it.
private func beginnings(_ list: KeyValuePairs<String, [Int]>) throws -> [String: Draw?] {
  let root = AnyNode(try InferredTree.infer(tensors(list)).root)
  var found: [String: Draw?] = [:]
  for (name, _) in list {
    do {
      found[name] = try root.plan(seed: 1) { Rule(try Selector(parsing: name), fill: .default) }.steps.first?.draw
    } catch {
      #expect((error as? Diagnostic)?.code == .noFreshState, "\(error)")
      found[name] = .some(nil)
    }
  }
  return found
}

@Test("A known layer begins as it does in torch; what is open is refused")
func beginningsOfKinds() throws {
  let found = try beginnings([
    "norm.weight": [8], "norm.bias": [8], "ln.weight": [8], "fc.weight": [4, 8], "fc.bias": [4], "ls1.gamma": [8],
    "gate": [1],
    "grn.weight": [1, 1, 1, 8], "q.lora_A.default.weight": [2, 8], "q.lora_B.default.weight": [8, 2],
    "q.lora_magnitude_vector.default.weight": [8], "controlnet_blocks.0.weight": [8, 8, 1, 1],
    "controlnet_blocks.0.bias": [8],
    "c.weight_g": [8, 1, 1], "c.weight_v": [8, 4, 3],
  ])
  let bound = 1 / 8.0.squareRoot()
  for (name, value) in [
    ("norm.weight", 1.0), ("norm.bias", 0), ("ln.weight", 1), ("q.lora_B.default.weight", 0),
    ("controlnet_blocks.0.weight", 0),
    ("controlnet_blocks.0.bias", 0),
  ] { #expect(found[name] == .constant(value), "\(name)") }
  for name in ["fc.weight", "fc.bias", "q.lora_A.default.weight"] {
    #expect(found[name] == .uniform(low: -bound, high: bound), "\(name)")
  }
  for name in ["ls1.gamma", "gate", "grn.weight", "q.lora_magnitude_vector.default.weight", "c.weight_g", "c.weight_v"]
  {
    #expect(found[name] == .some(nil), "\(name)")
  }
}

@Test(
  "A norm without a bias is left open where the file is like those that begin it at 0",
  arguments: ["layers.0.pre_feedforward_layernorm.weight", "layers.0.linear_attn.norm.weight", "embed_tokens.weight"])
func normsThatMayBeginAtZero(_ evidence: String) throws {
  let shape = evidence.hasPrefix("embed") ? [256_000, 8] : [8]
  let open = try lines(["layers.0.input_layernorm.weight": [8], "n.weight": [8], "n.bias": [8], evidence: shape])
  #expect(open.contains("layers.0.input_layernorm.weight other RMSNorm none"))
  // One with a bias is an ordinary one.
  #expect(open.contains("n.weight scale Scale none"))
  #expect(try lines(["layers.0.input_layernorm.weight": [8]]) == ["layers.0.input_layernorm.weight scale RMSNorm none"])
}

@Test("A refusal names the others, too")
func refusalNamesAll() throws {
  let root = AnyNode(try InferredTree.infer(tensors(["a": [1], "b": [1], "fc.weight": [4, 8]])).root)
  let error = #expect(throws: Diagnostic.self) {
    try root.plan(seed: 1) { Rule(try Selector(parsing: "**"), fill: .default) }
  }
  #expect(error?.code == .noFreshState)
  #expect(error?.notes == ["nor is it known of 1 more: 'b'"])
}

@Test("Groups that nothing tells are left open: what depends on them is refused, the rest is not")
func openGroups() throws {
  // 32 channels are written, 8 are read, 8 written: four groups, or a part of what is there.
  let list: KeyValuePairs<String, [Int]> = ["b.conv1.weight": [32, 16, 1, 1], "b.convs.0.weight": [8, 8, 3, 3]]
  let root = AnyNode(try InferredTree.infer(tensors(list)).root)
  let weight = try Selector(parsing: "b.convs.0.weight")
  #expect(try root.plan(seed: 1) { Rule(weight, fill: .kaimingNormal()) }.steps.count == 1)
  #expect(throws: Diagnostic.self) { try root.plan(seed: 1) { Rule(weight, fill: .glorotNormal()) } }
}
