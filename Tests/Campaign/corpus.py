"""Whole rules, selectors and model files, from which fuzzing makes broken ones."""

SELECTORS = [
    "wide.weight", "fc.weight", "conv.weight", "fc.weight", "wide.weight", "Conv.weight", "Conv", "@weight", "@bias", "@scale", "@buffer", "conv.weight", "fc.weight", "fc", "fc.*", "**.weight", "*.bias",
    "wide.weight", "norm > @scale", "BatchNorm.running_*", "norm.running_var", ".conv", '"conv".weight', "Linear", "Dense.weight",
    "conv.weight?", "layer9.**?", "Conv*", "norm **.bias", "org.example.se/*", "*/Gate", "*.weight", "con*.weight", "Conv @weight",
]
INITIALIZERS = [
    "zeros", "ones", "constant(3)", "constant(value: 0.5)", "uniform(low: -1, high: 1)", "normal(mean: 0, std: 0.02)",
    "truncated_normal(mean: 0, std: 1, low: -2, high: 2)", "truncated_normal(mean: 5, std: 0.1, of: result)",
    "truncated_normal(low: -2, high: 2, bounds: sigma, of: result)", "glorot_uniform(gain: 2)", "glorot_normal",
    "kaiming_uniform(mode: fan_out, nonlinearity: leaky_relu, slope: 0.2)", "kaiming_normal(gain: 3, fans: shape)",
    "kaiming_normal(mode: fan_avg, fans: whole)", "lecun_uniform", "lecun_normal(fans: trailing)",
    "variance_scaling(scale: 2, mode: fan_avg, distribution: uniform)", "orthogonal(gain: 1.5)", "delta_orthogonal", "dirac(groups: 2)",
    "identity(gain: 2, shift: 1)", "sparse(sparsity: 0.9, std: 0.01)", "default", "stft(side: real, window: hann)", "forget_bias(value: 1)",
    "torch_layer", "xavier_uniform_", "trunc_normal_(std: 0.02)", "eye", "he_normal", "zero", "truncated_normal(std: 0.5, low: 0, high: 1)",
]
TYPES = ["Conv(groups: 2)", "Dense", "Embedding", "LayerNorm", "BatchNorm", "Conv(groups: 4)", "GroupNorm(groups: 2)", "Scale"]
RECIPE = """# a recipe
Conv.weight = kaiming_normal(mode: fan_out)
@bias = zeros   # all
keep fc
fc.weight? = normal(std: 0.02)
norm > @scale? = ones
"""
MODELS = [
    """layer: Chain
layers:
  - {name: stem, layer: "Conv(in: 3, out: 8, kernel: [3, 3], stride: 2, padding: 1)"}
  - Activation(relu)
  - name: body
    layer: SkipConnection(add)
    id: body
    layers:
      - {name: c, layer: "Conv(in: 8, out: 8, kernel: [3, 3], padding: 1, groups: 2)"}
      - BatchNorm(8)
  - {name: again, share: body}
  - {name: up, layer: "Upsample(2)"}
  - {name: pool, layer: "Pool(mean, output: [2, 2])"}
  - Flatten()
  - {name: fc, layer: Dense, options: {in: 32, out: 4}}
""",
    """{"layer": "Chain", "layers": [{"name": "a", "layer": "Dense(in: 4, out: 8)"}, "Activation(gelu)", "Dropout(0.5)",
  {"name": "b", "layer": "LayerNorm(8)"}, {"name": "c", "layer": "Dense", "options": {"in": 8, "out": 2, "bias": false}}]}
""",
    """layer: Parallel(concatenate)
layers:
  - {name: a, layer: "Conv(in: 3, out: 2, kernel: [1, 1])"}
  - {name: b, layer: "ConvTranspose(in: 3, out: 2, kernel: [3, 3], padding: 1)"}
  - {name: p, layer: "Pool(max, kernel: [3, 3], stride: 1, padding: 1)"}
  - {name: g, layer: "Chain", layers: [{layer: "GroupNorm(groups: 1, channels: 3)"}, "Activation(silu)"]}
""",
    """layer: Chain
layers:
  - {name: e, layer: "Embedding(vocabulary: 10, size: 8)"}
  - {name: r, layer: "LSTM(in: 8, hidden: 4)"}
  - {name: m, layer: "MultiHeadAttention(size: 8, heads: 2)"}
  - {name: n, layer: "RMSNorm(8)"}
  - {name: d, layer: "Bilinear(in: 4, second: 4, out: 2)"}
""",
    """&top
layer: Chain
layers:
  - {name: backbone, model: squeezenet1_1, options: {channels: 3, classes: 10}}
  - {name: s, layer: Split, layers: ["Chunk(parts: 2)", "Permute([0, 1])"]}
""",
]
