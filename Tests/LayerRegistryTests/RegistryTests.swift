import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors
import Testing

private let registry = LayerRegistry.standard

/// The type, the code that makes it, and the shapes of the tensors of a layer made from text.
private func made(_ text: String, _ children: [any Node] = []) throws -> (code: String, shapes: [String]) {
  let layer = try registry.layer(parsing: text, children: children)
  var shapes: [String] = []
  try layer.forEach { visit in
    if let tensor = visit.tensor, visit.node is Tensor { shapes.append("\(visit.path) \(tensor)") }
    return .descend
  }
  return ((layer as? any PrintableLayer)?.code ?? "", shapes)
}

@Test(
  "The code that a layer prints makes the same layer",
  arguments: [
    "Dense(in: 3, out: 6)", "Dense(in: 3, out: 6, bias: false, parts: 3, startsWithZeroBias: true)",
    "Conv(in: 64, out: 16, kernel: [1, 1])",
    "Conv(in: 4, out: 8, kernel: [3, 1, 2], stride: [2, 1, 1], padding: [1, 0, 1], dilation: [1, 2, 1], groups: 2, bias: false)",
    "ConvTranspose(in: 4, out: 8, kernel: [2, 2], stride: [2, 2], padding: [1, 1], outputPadding: [1, 0], dilation: [1, 2], groups: 4, bias: false)",
    "Embedding(vocabulary: 10, size: 4)", "Embedding(vocabulary: 10, size: 4, paddingIndex: 0)",
    "Bilinear(in: 20, 30, out: 40)", "Bilinear(in: 2, 3, out: 4, bias: false)",
    "BatchNorm(64)", "BatchNorm(3, eps: 0.001, momentum: 0.5, affine: false, trackRunningStats: false)",
    "InstanceNorm(3, eps: 0.001, momentum: 0.5, affine: true, trackRunningStats: true)",
    "GroupNorm(groups: 32, 256)", "GroupNorm(groups: 2, 4, eps: 0.5, affine: false)",
    "LayerNorm([768], eps: 1e-06)", "LayerNorm([3, 4], bias: false)", "LayerNorm([4], affine: false)",
    "RMSNorm([4096])", "RMSNorm([2, 2], eps: 0.1, affine: false)", "Scale([768])",
    "Scale([3, 1, 1], bias: false)",
    "LayerScale([96, 1, 1])", "LayerScale([4], value: 0.1)", "PReLU(64)", "PReLU(1, slope: 0.5)",
    "RNN(in: 3, hidden: 4)", "GRU(in: 3, hidden: 4, layers: 2, bias: false, bidirectional: true)",
    "LSTM(in: 3, hidden: 4, layers: 2, projection: 2, batchFirst: true)",
    "MultiHeadAttention(768, heads: 12)",
    "MultiHeadAttention(8, heads: 2, bias: false, biasKV: true, keySize: 3, valueSize: 5, batchFirst: true)",
    "Parameter([1, 1, 768])", "Parameter([2], role: .scale, start: .normal(std: 0.02))",
    "Parameter([2], start: .zeros)",
    "Activation(.relu)", "Activation(.softmax)",
    "Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])",
    "Pool(.mean, kernel: [2], ceilMode: true)", "Pool(.mean, output: [1, 1])", "Flatten()",
    "EmbeddingBag(vocabulary: 10, size: 4, reduction: .max)", "SpatialGate(196)", "ClassToken(768)",
    "PositionEmbedding(197, size: 768)", "WindowAttention(96, heads: 3)",
    "WindowAttention(6, heads: 2, window: 4, shift: 2)", "PatchMerge()", "Permute([0, 2, 1])", "Take(axis: 1, 0)",
    "Chunk(2, axis: 1)", "PixelShuffle(2)", "ChannelShuffle(groups: 2)", "Upsample(2.0, mode: .bilinear)",
    "LocalResponseNorm(5, k: 2.0)", "Rescale(0.17)", "AlphaDropout(0.5)", "DropBlock(0.1, size: 7)",
    "StochasticDepth(0.2, mode: .batch)", "Activation(.leakyrelu)",
    "Flatten(from: -2)",
    "Dropout(0.5)", "Dropout(0.0)", "PassThrough()",
  ])
private func printedCode(_ text: String) throws {
  let (code, shapes) = try made(text)
  #expect(code == text)
  #expect(try made(code).shapes == shapes)
}

@Test(
  "Other spellings make the same layers",
  arguments: [
    ("Linear(3, 6)", "Dense(in: 3, out: 6)"), (" Dense ( out : 6 , in : 3 ) ", "Dense(in: 3, out: 6)"),
    (
      "Conv2d(in: 4, out: 8, kernel: [3, 3], stride: 2, padding: 1)",
      "Conv(in: 4, out: 8, kernel: [3, 3], stride: [2, 2], padding: [1, 1])"
    ),
    ("Conv1d(4, 8, 3)", "Conv(in: 4, out: 8, kernel: [3])"),
    ("Bilinear(3, 2, 4)", "Bilinear(in: 2, 3, out: 4)"),
    ("GroupNorm(256, 32)", "GroupNorm(groups: 32, 256)"), ("LayerNorm(768)", "LayerNorm([768])"),
    ("PReLU", "PReLU(1)"), ("Activation(relu)", "Activation(.relu)"),
    ("Activation(function: .gelu)", "Activation(.gelu)"),
    ("Pool(mean, output: 1)", "Pool(.mean, output: [1])"),
    ("Pool(max, [2, 2], 1)", "Pool(.max, kernel: [2, 2], stride: [1, 1])"),
    ("Identity", "PassThrough()"), ("Embed(10, 4, none)", "Embedding(vocabulary: 10, size: 4)"),
    ("LSTM(in: 3, hidden: 4, projection: none)", "LSTM(in: 3, hidden: 4)"),
    (
      "Parameter([2], start: kaiming_normal(mode: fan_out))",
      "Parameter([2], start: .kaiming_normal(mode: fan_out))"
    ),
  ])
private func spellings(_ text: String, _ code: String) throws { #expect(try made(text).code == code) }

@Test("Tensors are lazy, of the sizes and types asked for, under torch's names")
func tensors() throws {
  #expect(
    try made("Conv(in: 6, out: 4, kernel: [3, 3], groups: 2, dtype: bf16)").shapes
      == ["weight bf16 [4, 3, 3, 3] (lazy)", "bias bf16 [4] (lazy)"])
  #expect(
    try made("BatchNorm(4)").shapes == [
      "weight f32 [4] (lazy)", "bias f32 [4] (lazy)", "running_mean f32 [4] (lazy)",
      "running_var f32 [4] (lazy)",
      "num_batches_tracked i64 [] (lazy)",
    ])
  #expect(
    try made("GRU(in: 3, hidden: 4, bidirectional: true, bias: false)").shapes == [
      "weight_ih_l0 f32 [12, 3] (lazy)", "weight_hh_l0 f32 [12, 4] (lazy)",
      "weight_ih_l0_reverse f32 [12, 3] (lazy)",
      "weight_hh_l0_reverse f32 [12, 4] (lazy)",
    ])
}

@Test("Containers take children by position, and connections as words")
func containers() throws {
  let children: [any Node] = [
    Conv(in: 1, out: 1, kernel: [1]), BatchNorm(1, affine: false, trackRunningStats: false),
  ]
  let shapes = ["0.weight f32 [1, 1, 1] (lazy)", "0.bias f32 [1] (lazy)"]
  for (text, code) in [
    ("Chain", "Chain("), ("Sequential()", "Chain("), ("Parallel(.add)", "Parallel(.add, "),
    ("SkipConnection(connection: multiply)", "SkipConnection(.multiply, "),
    ("Parallel(concatenate)", "Parallel(.concatenate(axis: 1), "),
    ("SkipConnection(.concatenate(axis: -1))", "SkipConnection(.concatenate(axis: -1), "),
  ] {
    let result = try made(text, children)
    #expect(result.code == code && result.shapes == shapes, "\(text)")
  }
  #expect(try made("Chain").shapes == [])
}

@Test("Every kind can be made from text, and says what it takes")
func everyKind() throws {
  let texts = [
    "Dense(1, 1)", "Conv(1, 1, [1])", "ConvTranspose(1, 1, [1])", "Embedding(1, 1)", "EmbeddingBag(1, 1)",
    "SpatialGate(1)", "Bilinear(1, 1, 1)", "BatchNorm(1)", "LayerNorm([1])", "GroupNorm(1, 1)", "InstanceNorm(1)",
    "RMSNorm([1])", "LocalResponseNorm(1)", "Scale([1])", "LayerScale([1])", "PReLU", "RNN(1, 1)", "LSTM(1, 1)",
    "GRU(1, 1)", "MultiHeadAttention(1, 1)", "WindowAttention(1, 1)", "PatchMerge", "ClassToken(1)",
    "PositionEmbedding(1, 1)", "Parameter([1])", "Chain", "Parallel(add)", "SkipConnection(add)", "Join(add)",
    "PairwiseFusion(add)", "Split", "Maxout", "Compose", "Auxiliary", "Activation(relu)", "Rescale(1)",
    "Pool(max, [1])", "Flatten", "Dropout", "AlphaDropout", "DropBlock", "StochasticDepth(0)", "Permute([0])", "Take",
    "Chunk(1)", "PixelShuffle(1)", "ChannelShuffle(1)", "Upsample(1)", "Identity",
  ]
  let kinds = try texts.map { try registry.layer(parsing: $0).kind.name }
  #expect(kinds == registry.descriptors.map(\.kind.name))
  #expect(kinds == LayerCatalog.kinds.map(\.kind.name))
  for descriptor in registry.descriptors {
    let isSaid = !descriptor.summary.isEmpty && descriptor.parameters.allSatisfy { !$0.summary.isEmpty }
    let names = descriptor.parameters.map(\.name)
    #expect(
      isSaid && Set(names).count == names.count && descriptor.origin == "built in", "\(descriptor.kind.name)")
    for name in [descriptor.kind.name] + descriptor.kind.aliases {
      #expect(registry.descriptor(named: name)?.kind == descriptor.kind)
    }
  }
}

@Test("Defaults of a descriptor are those of the Swift initializer")
func defaults() throws {
  for text in [
    "Dense(3, 6", "Conv(4, 8, [3, 3]", "BatchNorm(3", "LSTM(3, 4", "MultiHeadAttention(8, 2", "PReLU(",
  ] {
    let bare = try made(text + ")")
    let descriptor = try #require(registry.descriptor(named: text.prefix { $0 != "(" }))
    let given = text.split(separator: "(")[1...].joined().split(separator: ", ").count
    let spelled = descriptor.parameters.filter { $0.defaultValue != nil }.map {
      "\($0.name): \($0.defaultValue?.description ?? "")"
    }
    let prefix = given == 0 || text.hasSuffix("(") ? text : text + ", "
    #expect(try made(prefix + spelled.joined(separator: ", ") + ")") == bare)
  }
}
