import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors
import TestSupport
import Testing

private enum Start: Equatable {
  case constant(Double)
  /// Within ±the bound.
  case uniform(Double)
  case normal(Double)
  case unknown
}

/// How torch's modules begin, from the reset_parameters of its documentation, in numbers worked out by hand.
private let expectations: [(any Layer, [String: Start])] = [
  (Dense(in: 16, out: 7), ["weight": .uniform(0.25), "bias": .uniform(0.25)]),
  (Conv(in: 4, out: 6, kernel: [2, 2]), ["weight": .uniform(0.25), "bias": .uniform(0.25)]),
  (Conv(in: 8, out: 6, kernel: [2, 2], groups: 2), ["weight": .uniform(0.25), "bias": .uniform(0.25)]),
  (Conv(in: 4, out: 4, kernel: [2, 2], groups: 4), ["weight": .uniform(0.5), "bias": .uniform(0.5)]),
  // torch reads the fan-in of a transposed convolution from the second axis: out/groups · taps = 16.
  (ConvTranspose(in: 9, out: 4, kernel: [2, 2]), ["weight": .uniform(0.25), "bias": .uniform(0.25)]),
  (Embedding(vocabulary: 10, size: 4), ["weight": .normal(1)]),
  (Bilinear(in: 16, 9, out: 5), ["weight": .uniform(0.25), "bias": .uniform(0.25)]),
  (Scale([4]), ["weight": .constant(1), "bias": .constant(0)]),
  (LayerScale([4]), ["": .constant(1e-6)]),
  (LayerScale([4], value: 0.1), ["": .constant(0.1)]),
  (LayerNorm([4]), ["weight": .constant(1), "bias": .constant(0)]),
  (RMSNorm([4]), ["weight": .constant(1)]),
  (GroupNorm(groups: 2, 4), ["weight": .constant(1), "bias": .constant(0)]),
  (
    BatchNorm(4),
    [
      "weight": .constant(1), "bias": .constant(0), "running_mean": .constant(0), "running_var": .constant(1),
      "num_batches_tracked": .constant(0),
    ]
  ),
  (InstanceNorm(4, affine: true), ["weight": .constant(1), "bias": .constant(0)]),
  (PReLU(4), ["weight": .constant(0.25)]),
  (
    LSTM(in: 3, hidden: 16),
    [
      "weight_ih_l0": .uniform(0.25), "weight_hh_l0": .uniform(0.25), "bias_ih_l0": .uniform(0.25),
      "bias_hh_l0": .uniform(0.25),
    ]
  ),
  (GRU(in: 3, hidden: 16, bias: false), ["weight_ih_l0": .uniform(0.25), "weight_hh_l0": .uniform(0.25)]),
  (RNN(in: 3, hidden: 16, bias: false), ["weight_ih_l0": .uniform(0.25), "weight_hh_l0": .uniform(0.25)]),
  // xavier_uniform_ of the packed [3E, E]: √(6 / 4E), E = 24; out_proj as Linear, but without a bias to begin
  // with.
  (
    MultiHeadAttention(24, heads: 3, biasKV: true),
    [
      "in_proj_weight": .uniform(0.25), "in_proj_bias": .constant(0),
      "bias_k": .normal((1.0 / 24).squareRoot()),
      "bias_v": .normal((1.0 / 24).squareRoot()), "out_proj.weight": .uniform((1.0 / 24).squareRoot()),
      "out_proj.bias": .constant(0),
    ]
  ),
  (
    MultiHeadAttention(48, heads: 3, bias: false, keySize: 16),
    [
      "q_proj_weight": .uniform(0.25), "k_proj_weight": .uniform((6.0 / 64).squareRoot()),
      "v_proj_weight": .uniform(0.25), "out_proj.weight": .uniform((1.0 / 48).squareRoot()),
    ]
  ),
  (Parameter([1, 1, 4], start: nil), ["": .unknown]),
]

private func start(_ draw: Draw?) -> Start {
  guard let draw else { return .unknown }
  switch draw.method {
  case .constant: return .constant(draw["value"] ?? .nan)
  case .uniform where draw["low"] == draw["high"].map { -$0 }: return .uniform(rounded(draw["high"]))
  case .normal where draw["mean"] == 0: return .normal(rounded(draw["std"]))
  default: return .unknown
  }
}

private func rounded(_ value: Double?) -> Double { ((value ?? .nan) * 1e9).rounded() / 1e9 }

private func rounded(_ start: Start) -> Start {
  switch start {
  case .uniform(let bound): .uniform(rounded(bound))
  case .normal(let std): .normal(rounded(std))
  default: start
  }
}

@Test("A new layer begins as torch's does")
func layersBeginAsInTorch() throws {
  for (layer, expected) in expectations {
    let found = try Dictionary(uniqueKeysWithValues: flatten(layer).map { ($0.path, start(try $0.draw())) })
    #expect(found == expected.mapValues(rounded), "\(layer)")
  }
}
