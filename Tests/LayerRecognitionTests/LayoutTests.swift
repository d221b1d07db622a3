import Checkpoints
import Diagnostics
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Tensors
import TestSupport
import Testing

private let gpt2: KeyValuePairs<String, [Int]> = [
  "wte.weight": [50257, 768], "wpe.weight": [1024, 768], "h.0.ln_1.weight": [768], "h.0.ln_1.bias": [768],
  "h.0.attn.bias": [1, 1, 1024, 1024], "h.0.attn.c_attn.weight": [768, 2304], "h.0.attn.c_attn.bias": [2304],
  "h.0.attn.c_proj.weight": [768, 768], "h.0.attn.c_proj.bias": [768], "h.0.ln_2.weight": [768],
  "h.0.ln_2.bias": [768], "h.0.mlp.c_fc.weight": [768, 3072], "h.0.mlp.c_fc.bias": [3072],
  "h.0.mlp.c_proj.weight": [3072, 768], "h.0.mlp.c_proj.bias": [768], "ln_f.weight": [768],
  "ln_f.bias": [768],
]

@Test("GPT-2's matrices are read as [in, out], from their biases and names, and its mask as a buffer")
func gpt2IsRead() throws {
  let leaves = try inferred(tensors(gpt2), RecognitionOptions(format: "pt"))
  #expect(
    lines(leaves).filter { !$0.contains("none") || $0.hasPrefix("h.0.attn.bias") } == [
      "wte.weight weight Embedding 1/768", "wpe.weight weight Embedding 1/768",
      "h.0.attn.bias buffer Parameter none",
      "h.0.attn.c_attn.weight weight Dense 768/768", "h.0.attn.c_proj.weight weight Dense 768/768",
      "h.0.mlp.c_fc.weight weight Dense 768/3072", "h.0.mlp.c_proj.weight weight Dense 3072/768",
    ])
  #expect(
    leaves.filter { $0.owner == "Dense" && $0.role == .weight }.allSatisfy { $0.geometry?.outAxis == 1 })
  #expect(leaves.allSatisfy { $0.others.isEmpty })
}

@Test("A re-implementation of GPT-2 with linear layers is read as [out, in]")
func linearGPT2IsRead() throws {
  let leaves = try inferred(
    tensors([
      "h.0.attn.c_attn.weight": [2304, 768], "h.0.attn.c_proj.weight": [768, 768],
      "h.0.mlp.c_fc.weight": [3072, 768],
      "h.0.mlp.c_proj.weight": [768, 3072],
    ]))
  #expect(leaves.map(\.geometry?.outAxis) == [0, 0, 0, 0])
  #expect(leaves.map(\.fans) == ["768/768", "768/768", "768/3072", "3072/768"])
}

@Test("An orientation that nothing tells is kept open, and layout or type decide it")
func unknownOrientation() throws {
  let alone: KeyValuePairs = ["c_proj.weight": [768, 500]]
  let open = try inferred(tensors(alone))
  #expect(open.map(\.geometry?.outAxis) == [0])
  #expect(open.map { $0.others.map(\.outAxis) } == [[1]])
  // A bias of neither length tells nothing, and begins by a fan-in that is not known.
  let odd = try inferred(tensors(["c_proj.weight": [768, 500], "c_proj.bias": [7]]))
  #expect(throws: Diagnostic.self) { try odd[1].draw() }
  let withBias: KeyValuePairs = ["c_proj.weight": [768, 768], "c_proj.bias": [768]]
  let closed = try inferred(tensors(withBias), RecognitionOptions(layout: .conv1d))
  #expect(closed.first?.geometry?.outAxis == 1 && closed.first?.others.isEmpty == true)
  let torch = try inferred(tensors(alone), RecognitionOptions(layout: .torch))
  #expect(torch.first?.geometry?.outAxis == 0 && torch.first?.others.isEmpty == true)
}

@Test("Flax's names: kernels with outputs last, statistics in a collection of their own, heads as an axis")
func flaxIsRead() throws {
  #expect(
    try lines([
      "params.stem.kernel": [7, 5, 3, 64], "params.bn.scale": [64], "params.bn.bias": [64],
      "params.depthwise.kernel": [3, 3, 1, 64], "params.ln.scale": [64], "params.ln.bias": [64],
      "params.rms_norm.scale": [64], "params.fc.kernel": [64, 10], "params.fc.bias": [10],
      "params.Embed_0.embedding": [100, 64], "params.attn.query.kernel": [64, 4, 16],
      "params.attn.query.bias": [4, 16], "params.attn.out.kernel": [4, 16, 60], "params.attn.out.bias": [60],
      "params.conv1d.kernel": [3, 8, 16], "params.ConvTranspose_0.kernel": [2, 2, 6, 10],
      "batch_stats.bn.mean": [64], "batch_stats.bn.var": [64],
    ]) == [
      "params.stem.kernel weight Conv 105/2240", "params.bn.scale scale BatchNorm none",
      "params.bn.bias bias BatchNorm none", "params.depthwise.kernel weight Conv 9/9",
      "params.ln.scale scale Scale none", "params.ln.bias bias Scale none",
      "params.rms_norm.scale scale RMSNorm none", "params.fc.kernel weight Dense 64/10",
      "params.fc.bias bias Dense none", "params.Embed_0.embedding weight Embedding 1/64",
      "params.attn.query.kernel weight Dense 64/64", "params.attn.query.bias bias Dense none",
      "params.attn.out.kernel weight Dense 64/60", "params.attn.out.bias bias Dense none",
      "params.conv1d.kernel weight Conv 24/48", "params.ConvTranspose_0.kernel weight ConvTranspose 24/40",
      "batch_stats.bn.mean buffer BatchNorm none", "batch_stats.bn.var buffer BatchNorm none",
    ])
}

@Test("A field keeps the file's name in the path and the layer's in selectors")
func fieldsKeepTheFilesNames() throws {
  let leaves = try inferred(
    tensors([
      "params.fc.kernel": [4, 2], "params.bn.scale": [4], "params.bn.bias": [4], "batch_stats.bn.mean": [4],
      "LayerNorm.gamma": [4], "LayerNorm.beta": [4], "b.gamma": [4], "b.beta": [4], "b.moving_mean": [4],
      "b.moving_variance": [4],
    ]))
  #expect(
    leaves.map(\.field) == [
      "weight", "weight", "bias", "running_mean", "weight", "bias", "weight", "bias", "running_mean",
      "running_var",
    ])
}

@Test("MLX's convolutions have their channels last, told by metadata or by the shapes of the file")
func mlxIsRead() throws {
  let list: KeyValuePairs = [
    "conv1.weight": [64, 7, 7, 3], "conv2.weight": [64, 3, 3, 64], "fc.weight": [10, 64],
  ]
  let expected = [
    "conv1.weight weight Conv 147/3136", "conv2.weight weight Conv 576/576", "fc.weight weight Dense 64/10",
  ]
  #expect(try lines(list) == expected)
  #expect(try lines(list, RecognitionOptions(format: "mlx")) == expected)
  #expect(try lines(list, RecognitionOptions(layout: .mlx)) == expected)
  #expect(try lines(list, RecognitionOptions(format: "pt"))[1] == "conv2.weight weight Conv 576/12288")
}
