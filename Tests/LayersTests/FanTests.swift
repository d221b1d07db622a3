import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors
import TestSupport
import Testing

/// The fans of every parameter that has one, `path in/out`, worked out by hand from the layers' definitions.
private let expectations: [(any Layer, [String])] = [
  (Dense(in: 5, out: 7), ["weight 5/7", "bias none"]),
  (Dense(in: 5, out: 15, bias: false, parts: 3), ["weight 5/5"]),
  (Conv(in: 6, out: 10, kernel: [3]), ["weight 18/30", "bias none"]),
  (Conv(in: 6, out: 10, kernel: [3, 5], bias: false), ["weight 90/150"]),
  (Conv(in: 6, out: 10, kernel: [2, 3, 5], bias: false), ["weight 180/300"]),
  (Conv(in: 6, out: 10, kernel: [3, 5], groups: 2, bias: false), ["weight 45/75"]),
  (Conv(in: 6, out: 12, kernel: [3, 5], groups: 6, bias: false), ["weight 15/30"]),
  (ConvTranspose(in: 6, out: 10, kernel: [3, 5], bias: false), ["weight 90/150"]),
  (ConvTranspose(in: 6, out: 10, kernel: [3, 5], groups: 2), ["weight 45/75", "bias none"]),
  (Embedding(vocabulary: 100, size: 12), ["weight 1/12"]),
  (Bilinear(in: 3, 4, out: 5), ["weight 12/5", "bias none"]),
  (Scale([8]), ["weight none", "bias none"]),
  (LayerScale([8]), [" none"]),
  (LayerNorm([8]), ["weight none", "bias none"]),
  (RMSNorm([8]), ["weight none"]),
  (GroupNorm(groups: 2, 8), ["weight none", "bias none"]),
  (PReLU(4), ["weight none"]),
  (Parameter([1, 4, 8]), [" none"]),
  (
    LSTM(in: 5, hidden: 7, projection: 3),
    ["weight_ih_l0 5/7", "weight_hh_l0 3/7", "bias_ih_l0 none", "bias_hh_l0 none", "weight_hr_l0 7/3"]
  ),
  (
    GRU(in: 5, hidden: 7, layers: 2, bias: false),
    ["weight_ih_l0 5/7", "weight_hh_l0 7/7", "weight_ih_l1 7/7", "weight_hh_l1 7/7"]
  ),
  (RNN(in: 5, hidden: 7, bias: false), ["weight_ih_l0 5/7", "weight_hh_l0 7/7"]),
  (
    MultiHeadAttention(12, heads: 3),
    ["in_proj_weight 12/12", "in_proj_bias none", "out_proj.weight 12/12", "out_proj.bias none"]
  ),
  (
    MultiHeadAttention(12, heads: 3, bias: false, keySize: 5, valueSize: 6),
    ["q_proj_weight 12/12", "k_proj_weight 5/12", "v_proj_weight 6/12", "out_proj.weight 12/12"]
  ),
]

@Test("Fans come from the layer: groups, transposition, packed gates and projections, one-hot inputs")
func fansComeFromTheLayer() throws {
  for (layer, expected) in expectations {
    let found = try flatten(layer).map { "\($0.path) \($0.fans)" }
    #expect(found == expected, "\(layer)")
  }
}

@Test("Every geometry fits the tensor it describes")
func geometriesFit() throws {
  for (layer, _) in expectations {
    let misfits = try flatten(layer).filter { leaf in
      leaf.geometry.map { !$0.fits(leaf.tensor.shape) } ?? false
    }
    #expect(misfits.isEmpty, "\(layer)")
  }
}
