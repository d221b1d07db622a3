import Diagnostics
import Reinit

/// A dense block's layer: every convolution is without bias, as in DenseNet.
struct DenseLayer: Layer {
  var norm1, norm2: BatchNorm
  var conv1, conv2: Conv
  static let fields = FieldList(\Self.norm1, \.conv1, \.norm2, \.conv2)

  init(channels: Int, growth: Int) {
    norm1 = BatchNorm(channels)
    conv1 = Conv(in: channels, out: 4 * growth, kernel: [1, 1], bias: false)
    norm2 = BatchNorm(4 * growth)
    conv2 = Conv(in: 4 * growth, out: growth, kernel: [3, 3], padding: [1, 1], bias: false)
  }
}

/// A small DenseNet: a stem, one block, a head.
struct DenseNet: Layer {
  var stem: Conv
  var block: [DenseLayer]
  var norm: BatchNorm
  var classifier: Dense
  static let fields = FieldList(\Self.stem, \.block, \.norm, \.classifier)

  init() {
    stem = Conv(in: 3, out: 8, kernel: [7, 7], bias: false)
    block = (0..<3).map { DenseLayer(channels: 8 + 4 * $0, growth: 4) }
    norm = BatchNorm(20)
    classifier = Dense(in: 20, out: 5)
  }
}

/// An encoder and a decoder, with a norm that holds a scale and a layer scale that looks like one.
struct Autoencoder: Layer {
  var enc: [Dense]
  var norm: LayerNorm
  var gate: LayerScale
  var dec: [Dense]
  static let fields = FieldList(\Self.enc, \.norm, \.gate, \.dec)

  init() {
    enc = [Dense(in: 7, out: 5), Dense(in: 5, out: 3)]
    norm = LayerNorm([3])
    gate = LayerScale([3], value: 1e-6)
    dec = [Dense(in: 3, out: 5), Dense(in: 5, out: 7)]
  }
}
