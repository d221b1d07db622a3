import Checkpoints
import Functors
import Initializers
import LayerRecognition
import LayerVocabulary
import Layers
import Tensors
import TestSupport
import Testing

private func residual(_ channels: Int) throws -> any Node {
  try Parallel(
    .add,
    [
      "": try Chain([
        "conv1": Conv(in: channels, out: 2 * channels, kernel: [3, 3], bias: false),
        "bn1": BatchNorm(2 * channels), "relu": Activation(.relu),
      ]),
      "downsample": Chain(
        Conv(in: channels, out: 2 * channels, kernel: [1, 1], bias: false), BatchNorm(2 * channels)),
    ])
}

private func convolutional() throws -> any Node {
  try Chain([
    "conv1": Conv(in: 3, out: 8, kernel: [7, 7], bias: false), "bn1": BatchNorm(8),
    "layer1": Chain([("0", try residual(8)), ("1", try residual(16))] as [(PathKey, any Node)]),
    "depthwise": Conv(in: 32, out: 32, kernel: [5, 5], groups: 32),
    "upconv": ConvTranspose(in: 32, out: 6, kernel: [2, 2]), "prelu": PReLU(6), "fc": Dense(in: 6, out: 10),
  ])
}

/// Without a LayerScale, whose beginning no file tells.
private func transformer() throws -> any Node {
  let block = try Chain([
    "norm1": LayerNorm([12]), "attn": MultiHeadAttention(12, heads: 3),
    "mlp": Chain(Dense(in: 12, out: 48), Activation(.gelu), Dense(in: 48, out: 12)), "norm2": RMSNorm([12]),
  ])
  return try Chain([
    "class_token": Parameter([1, 1, 12]), "patch": Conv(in: 3, out: 12, kernel: [4, 4]),
    "word_embeddings": Embedding(vocabulary: 50, size: 12), "blocks": Chain(block, block),
    "qkv": Dense(in: 12, out: 36, parts: 3), "ln": LayerNorm([12]),
    "head": Dense(in: 12, out: 5, bias: false),
  ])
}

private func recurrent() throws -> any Node {
  try Chain([
    "embedding": Embedding(vocabulary: 30, size: 6),
    "lstm": LSTM(in: 6, hidden: 8, layers: 2, bidirectional: true),
    "gru": GRU(in: 16, hidden: 4), "rnn": RNN(in: 4, hidden: 4, bias: false),
    "bilinear": Bilinear(in: 4, 5, out: 3), "out": Dense(in: 3, out: 2),
  ])
}

private func facts(_ leaf: FlatLeaf) -> String {
  "\(leaf.path) \(leaf.role.rawValue) \(leaf.owner) \(leaf.field) \(leaf.fans)"
}

@Test("A model and its checkpoint have the same paths, roles, owners, fields and fans", arguments: 0..<3)
func modelAndCheckpointAgree(_ index: Int) throws {
  let model = try [convolutional, transformer, recurrent][index]()
  let leaves = try flatten(model)
  let found = try inferred(leaves.map { NamedTensor($0.path, $0.tensor) })
  #expect(leaves.count > 10)
  #expect(found.map(facts) == leaves.map(facts))
}

@Test("A model's checkpoint begins as the model does, wherever the layer says so", arguments: 0..<3)
func modelAndCheckpointBeginAlike(_ index: Int) throws {
  let model = try [convolutional, transformer, recurrent][index]()
  let leaves = try flatten(model)
  let found = try inferred(leaves.map { NamedTensor($0.path, $0.tensor) })
  let (before, after) = (try leaves.map { try $0.draw() }, try found.map { try $0.draw() })
  #expect(after == before)
}

@Test("An inferred tree can be mapped and stays what it was")
func inferredTreesMap() throws {
  let leaves = try flatten(try transformer())
  let root = try InferredTree.infer(leaves.map { NamedTensor($0.path, $0.tensor) }).root
  let mapped = try doubled(root)
  #expect(mapped.map(facts) == leaves.map(facts))
  #expect(mapped.allSatisfy { !$0.tensor.isLazy })
}

private func doubled(_ root: some Node) throws -> [FlatLeaf] {
  try flatten(try root.map { Tensor(repeating: 2, shape: $0.shape) })
}
