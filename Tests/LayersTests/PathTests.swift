import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors
import TestSupport
import Testing

/// The keys, shapes and roles of torch's state dicts, in order, by the documentation of its modules.
private let expectations: [(any Layer, [String])] = [
  (Dense(in: 5, out: 7), ["weight [7, 5] weight", "bias [7] bias"]),
  (Dense(in: 5, out: 7, bias: false), ["weight [7, 5] weight"]),
  (Conv(in: 6, out: 4, kernel: [3, 5], groups: 2), ["weight [4, 3, 3, 5] weight", "bias [4] bias"]),
  (ConvTranspose(in: 6, out: 4, kernel: [3], groups: 2), ["weight [6, 2, 3] weight", "bias [4] bias"]),
  (Embedding(vocabulary: 9, size: 4, paddingIndex: 0), ["weight [9, 4] weight"]),
  (Bilinear(in: 3, 4, out: 5), ["weight [5, 3, 4] weight", "bias [5] bias"]),
  (LayerNorm([3, 4]), ["weight [3, 4] scale", "bias [3, 4] bias"]),
  (LayerNorm([4], bias: false), ["weight [4] scale"]),
  (LayerNorm([4], affine: false), []),
  (GroupNorm(groups: 2, 4), ["weight [4] scale", "bias [4] bias"]),
  (RMSNorm([4]), ["weight [4] scale"]),
  (
    BatchNorm(4),
    [
      "weight [4] scale", "bias [4] bias", "running_mean [4] buffer", "running_var [4] buffer",
      "num_batches_tracked [] buffer",
    ]
  ),
  (BatchNorm(4, affine: false, trackRunningStats: false), []),
  (InstanceNorm(4), []),
  (
    InstanceNorm(4, trackRunningStats: true),
    ["running_mean [4] buffer", "running_var [4] buffer", "num_batches_tracked [] buffer"]
  ),
  (PReLU(4), ["weight [4] scale"]),
  (
    LSTM(in: 5, hidden: 2, layers: 2, bidirectional: true),
    ["l0 5", "l0_reverse 5", "l1 4", "l1_reverse 4"].flatMap { text in
      let (suffix, width) = (text.split(separator: " ")[0], text.split(separator: " ")[1])
      return [
        "weight_ih_\(suffix) [8, \(width)] weight", "weight_hh_\(suffix) [8, 2] weight",
        "bias_ih_\(suffix) [8] bias", "bias_hh_\(suffix) [8] bias",
      ]
    }
  ),
  (
    LSTM(in: 5, hidden: 4, bias: false, projection: 3),
    ["weight_ih_l0 [16, 5] weight", "weight_hh_l0 [16, 3] weight", "weight_hr_l0 [3, 4] weight"]
  ),
  (
    GRU(in: 5, hidden: 4),
    [
      "weight_ih_l0 [12, 5] weight", "weight_hh_l0 [12, 4] weight", "bias_ih_l0 [12] bias",
      "bias_hh_l0 [12] bias",
    ]
  ),
  (RNN(in: 5, hidden: 4, bias: false), ["weight_ih_l0 [4, 5] weight", "weight_hh_l0 [4, 4] weight"]),
  (
    MultiHeadAttention(6, heads: 2, biasKV: true),
    [
      "in_proj_weight [18, 6] weight", "in_proj_bias [18] bias", "bias_k [1, 1, 6] bias",
      "bias_v [1, 1, 6] bias",
      "out_proj.weight [6, 6] weight", "out_proj.bias [6] bias",
    ]
  ),
  (
    MultiHeadAttention(6, heads: 2, bias: false, keySize: 4, valueSize: 5),
    [
      "q_proj_weight [6, 6] weight", "k_proj_weight [6, 4] weight", "v_proj_weight [6, 5] weight",
      "out_proj.weight [6, 6] weight",
    ]
  ),
  (Activation(.relu), []), (Pool(.max, kernel: [2, 2]), []), (Flatten(), []), (Dropout(), []),
  (PassThrough(), []),
]

@Test("Paths, shapes and roles of a layer are those of torch's state dict, in its order")
func pathsAreThoseOfTorch() throws {
  for (layer, expected) in expectations {
    let found = try flatten(layer).map { "\($0.path) \($0.tensor.shape) \($0.role.rawValue)" }
    #expect(found == expected, "\(layer)")
  }
}

@Test("A constructor's tensors have no bytes, and the element type that was asked for")
func constructorsAreLazy() throws {
  let half = Dense(in: 4, out: 2, dtype: .bf16)
  #expect(try flatten(half).allSatisfy { $0.tensor.isLazy && $0.tensor.dtype == .bf16 })
  #expect(try flatten(BatchNorm(4, dtype: .f16)).map(\.tensor.dtype) == [.f16, .f16, .f16, .f16, .i64])
}

@Test("Mapping the identity over a layer gives the same paths, roles and code")
func identityMapKeepsLayers() throws {
  for (layer, _) in expectations {
    let (before, after) = try mapped(layer)
    #expect(before == after)
  }
}

private func mapped(_ layer: some Layer) throws -> (String, String) {
  let mapped = try layer.map(.all) { $0 }
  return ("\(layer) \(try flatten(layer).map(\.path))", "\(mapped) \(try flatten(mapped).map(\.path))")
}

@Test("The catalog has every name and alias once")
func catalogNamesAreUnique() {
  let names = LayerCatalog.kinds.flatMap { [$0.kind.name] + $0.kind.aliases }
  #expect(Set(names).count == names.count)
  let aliases = ["Linear", "Conv2d", "BatchNorm2d", "ConvTranspose2d", "MultiheadAttention", "Sequential"]
  #expect(
    aliases.map { LayerCatalog.kind(named: $0)?.name } == [
      "Dense", "Conv", "BatchNorm", "ConvTranspose", "MultiHeadAttention", "Chain",
    ])
  #expect(LayerCatalog.kind(named: "dense") == nil)
}

@Test("The catalog lists the fields that layers have")
func catalogFieldsExist() throws {
  let variable = ["LSTM", "GRU", "RNN", "MultiHeadAttention"]
  for (layer, paths) in expectations where !paths.isEmpty {
    let known = Set(LayerCatalog.kinds.first { $0.kind == layer.kind }?.fields ?? [])
    let found = paths.compactMap { $0.split(separator: " ").first.map(String.init) }
    let missing = found.filter { !known.contains($0) }
    #expect(
      missing.isEmpty || (variable.contains(layer.kind.name) && missing.count < found.count), "\(layer)")
  }
}
