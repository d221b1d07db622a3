import Checkpoints
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Tensors
import TestSupport
import Testing

private let cases: [(name: String, list: KeyValuePairs<String, [Int]>, expected: [String])] = [
  ("3-D weight", ["c.weight": [8, 4, 5]], ["c.weight weight Conv 20/40"]),
  ("5-D weight", ["c.weight": [8, 4, 2, 2, 2]], ["c.weight weight Conv 32/64"]),
  (
    "a bias that fits the second axis only", ["up.weight": [8, 4, 2, 2], "up.bias": [4]],
    ["up.weight weight ConvTranspose 32/16", "up.bias bias ConvTranspose none"]
  ),
  ("transposed by name", ["deconv1.weight": [8, 4, 2, 2]], ["deconv1.weight weight ConvTranspose 32/16"]),
  (
    "packed projections", ["a.qkv.weight": [36, 12], "b.Wqkv.weight": [36, 12], "c.kv.weight": [24, 12]],
    ["a.qkv.weight weight Dense 12/12", "b.Wqkv.weight weight Dense 12/12", "c.kv.weight weight Dense 12/12"]
  ),
  (
    "grouped queries are not three equal parts", ["a.qkv.weight": [20, 12]],
    ["a.qkv.weight weight Dense 12/20"]
  ),
  (
    "embeddings by name",
    [
      "tok_embeddings.weight": [9, 4], "wte.weight": [9, 4], "a.relative_attention_bias.weight": [9, 4],
      "time_embed.0.weight": [9, 4], "time_embed.0.bias": [9],
    ],
    [
      "tok_embeddings.weight weight Embedding 1/4", "wte.weight weight Embedding 1/4",
      "a.relative_attention_bias.weight weight Embedding 1/4", "time_embed.0.weight weight Dense 4/9",
      "time_embed.0.bias bias Dense none",
    ]
  ),
  (
    "layer scale by name",
    [
      "ls1.gamma": [8], "b.layer_scale": [8, 1, 1], "b.gamma_1": [8], "b.norm.weight": [8], "s.gamma": [8],
      "s.conv.weight": [8, 8, 3, 3],
    ],
    [
      "ls1.gamma other LayerScale none", "b.layer_scale other LayerScale none",
      "b.gamma_1 other LayerScale none",
      "b.norm.weight scale RMSNorm none", "s.gamma other LayerScale none", "s.conv.weight weight Conv 72/72",
    ]
  ),
  (
    "tensors on their own",
    [
      "cls_token": [1, 1, 8], "pos_embed": [1, 5, 8], "logit_scale": [], "proj": [8, 4], "affine": [8],
      "decoder.bias": [9], "rotary.inv_freq": [4], "blocks.attn_mask": [4, 7, 7],
      "relative_position_bias_table": [9, 2],
    ],
    [
      "cls_token weight Parameter none", "pos_embed weight Parameter none",
      "logit_scale other Parameter none",
      "proj weight Parameter none", "affine other Parameter none", "decoder.bias other Parameter none",
      "rotary.inv_freq buffer Parameter none", "blocks.attn_mask buffer Parameter none",
      "relative_position_bias_table weight Parameter none",
    ]
  ),
  (
    "norms of one axis",
    [
      "n.weight": [8], "n.bias": [8], "input_layernorm.weight": [8], "factor.weight": [8], "act.weight": [8],
      "prelu1.weight": [1], "group_norm.weight": [8], "group_norm.bias": [8], "bn.weight": [8],
      "bn.bias": [8],
    ],
    [
      "n.weight scale Scale none", "n.bias bias Scale none", "input_layernorm.weight scale RMSNorm none",
      "factor.weight other Parameter none", "act.weight other Parameter none", "prelu1.weight scale PReLU none",
      "group_norm.weight scale GroupNorm none", "group_norm.bias bias GroupNorm none",
      "bn.weight scale BatchNorm none", "bn.bias bias BatchNorm none",
    ]
  ),
  (
    "more than a layer has",
    ["q.weight": [8, 4], "q.lora_A.weight": [2, 4], "q.lora_B.weight": [8, 2], "q.mask": [8, 4]],
    [
      "q.weight weight Dense 4/8", "q.lora_A.weight weight Dense 4/2", "q.lora_B.weight weight Dense 2/8",
      "q.mask buffer Parameter none",
    ]
  ),
  (
    "weight norm", ["c.weight_g": [8, 1, 1], "c.weight_v": [8, 4, 3], "c.bias": [8]],
    ["c.weight_g other Conv none", "c.weight_v other Conv 12/24", "c.bias bias Conv none"]
  ),
]

@Test("Layers are told by names and shapes", arguments: cases.indices)
func layersAreTold(_ index: Int) throws {
  #expect(try lines(cases[index].list) == cases[index].expected, "\(cases[index].name)")
}

@Test("Tensors of integers are buffers, and so is everything beside packed weights but the bias")
func packedWeightsAreBuffers() throws {
  let integers = tensors(["a.weight": [8, 4], "position_ids": [1, 5], "b.qweight": [4, 4]], dtype: .i32)
  let floats = tensors([
    "a.weight_scale": [8], "a.bias": [8], "b.scales": [2, 4], "b.bias": [4], "c.weight": [2, 2],
  ])
  let leaves = try inferred(integers + floats)
  let roles = Dictionary(uniqueKeysWithValues: leaves.map { ($0.path, $0.role) })
  #expect(
    roles == [
      "a.weight": .buffer, "position_ids": .buffer, "b.qweight": .buffer, "a.weight_scale": .buffer,
      "a.bias": .bias,
      "b.scales": .buffer, "b.bias": .bias, "c.weight": .weight,
    ])
  #expect(leaves.filter { $0.role == .buffer }.allSatisfy { $0.geometry == nil })
}

@Test("8-bit floats are weights; those that a scale beside them multiplies are not")
func eightBitWeights() throws {
  for dtype in [DType.f8e4m3, .f8e5m2] {
    let short = tensors(["a.weight": [8, 4], "b.weight": [8, 4], "c.kernel": [8, 4]], dtype: dtype)
    let floats = tensors(["a.bias": [8], "b.weight_scale_inv": [1, 1], "c.bias": [8]])
    let leaves = try inferred(short + floats)
    let roles = Dictionary(uniqueKeysWithValues: leaves.map { ($0.path, $0.role) })
    #expect(
      roles == [
        "a.weight": .weight, "a.bias": .bias, "b.weight": .buffer, "b.weight_scale_inv": .buffer, "c.kernel": .weight,
        "c.bias": .bias,
      ])
  }
}

@Test("A recurrent layer is told by its gates")
func recurrentLayers() throws {
  for (gates, kind) in [(4, "LSTM"), (3, "GRU"), (1, "RNN")] {
    let leaves = try inferred(
      tensors([
        "r.weight_ih_l0": [gates * 8, 5], "r.weight_hh_l0": [gates * 8, 8], "r.bias_ih_l0": [gates * 8],
      ]))
    #expect(
      lines(leaves).map { String($0.dropFirst("r.".count)) } == [
        "weight_ih_l0 weight \(kind) 5/8", "weight_hh_l0 weight \(kind) 8/8", "bias_ih_l0 bias \(kind) none",
      ])
  }
}

@Test("What rests on a guess is marked as one")
func guessesAreMarked() throws {
  let leaves = try inferred(tensors(["c.weight": [8, 4, 3, 3], "fc.weight": [8, 4], "fc.bias": [8]]))
  #expect(leaves.map { $0.geometry?.isGuess } == [true, false, nil])
  let root = try InferredTree.infer(
    tensors([
      "n.weight": [8], "n.bias": [8], "layer_norm.weight": [8], "layer_norm.bias": [8],
      "c.weight": [8, 4, 3, 3],
    ])
  ).root
  #expect(root.children.map { ($0.node as? any Layer)?.recognition?.isGuess } == [true, false, false])
}
