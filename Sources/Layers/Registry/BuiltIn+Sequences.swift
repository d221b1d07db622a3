import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

extension LayerRegistry {
  mutating func addSequences() {
    addRecurrent(.rnn, "plain recurrent network", reference: "Elman, Finding structure in time, 1990") {
      RNN(
        in: $0.inputs, hidden: $0.hidden, layers: $0.layers, bias: $0.hasBias,
        bidirectional: $0.isBidirectional,
        batchFirst: $0.isBatchFirst, dtype: $1)
    }
    addRecurrent(
      .lstm, "long short-term memory, four gates packed",
      reference: "Hochreiter, Schmidhuber, Long short-term memory, 1997"
    ) {
      LSTM(
        in: $0.inputs, hidden: $0.hidden, layers: $0.layers, bias: $0.hasBias,
        bidirectional: $0.isBidirectional,
        projection: $0.projection, batchFirst: $0.isBatchFirst, dtype: $1)
    }
    addRecurrent(
      .gru, "gated recurrent unit, three gates packed",
      reference: "Cho et al., Learning phrase representations using RNN encoder-decoder, 2014"
    ) {
      GRU(
        in: $0.inputs, hidden: $0.hidden, layers: $0.layers, bias: $0.hasBias,
        bidirectional: $0.isBidirectional,
        batchFirst: $0.isBatchFirst, dtype: $1)
    }
    addAttention()
    addWindows()
    addTokens()
  }

  private mutating func addWindows() {
    add(
      .windowAttention, "attention within windows of a picture",
      [
        "relative_position_bias_table", "relative_position_index", "qkv.weight", "qkv.bias", "proj.weight",
        "proj.bias",
      ],
      [
        .size("size", "the size of the last axis"), .size("heads", "how many heads the size is split into"),
        .init("window", .number(7), "the side of a window"),
        .init("shift", .number(0), "how far windows are shifted"), .dtype,
      ], reference: "Liu et al., Swin transformer, 2021"
    ) { a, _ throws(Diagnostic) in
      let (size, heads) = (try a.size("size"), try a.size("heads", from: 1))
      let window = try a.integer("window", in: 1...128)
      try a.requireTensor([3 * size, size], "size")
      try a.requireDivisor(heads, "heads", of: size)
      return WindowAttention(
        size, heads: heads, window: window, shift: try a.integer("shift", in: 0...window - 1),
        dtype: try a.dtype())
    }
    add(.patchMerge, "four neighboring places as one", reference: "Liu et al., Swin transformer, 2021") {
      _, _ throws(Diagnostic) in PatchMerge()
    }
  }

  private mutating func addTokens() {
    add(
      .classToken, "learned vector in front of a sequence", [""],
      [.size("size", "the size of the last axis"), .dtype], reference: "Devlin et al., BERT, 2018"
    ) { a, _ throws(Diagnostic) in ClassToken(try a.size("size"), dtype: try a.dtype()) }
    add(
      .positionEmbedding, "learned vector for each place of a sequence", [""],
      [.size("length", "the number of places"), .size("size", "the size of the last axis"), .dtype],
      reference: "Dosovitskiy et al., An image is worth 16x16 words, 2021"
    ) { a, _ throws(Diagnostic) in
      let (length, size) = (try a.size("length"), try a.size("size"))
      try a.requireTensor([length, size], "size")
      return PositionEmbedding(length, size: size, dtype: try a.dtype())
    }
  }

  private mutating func addRecurrent(
    _ kind: LayerKind, _ summary: String, reference: String,
    _ layer: @escaping @Sendable (RecurrentSizes, DType) -> any Layer
  ) {
    let hasProjection = kind == .lstm
    let projection = LayerDescriptor.Parameter(
      "projection", .word("none"), "the size that the hidden state is projected to, or none")
    add(
      kind, summary, ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"],
      [
        .size("in", "the size of the input"), .size("hidden", "the size of the hidden state"),
        .init("layers", .number(1), "how many layers are stacked"),
        .flag("bias", true, "whether there are biases"),
        .flag("bidirectional", false, "whether each layer reads in both directions"),
      ] + (hasProjection ? [projection] : []) + [.batchFirst, .dtype], reference: reference
    ) { a, _ throws(Diagnostic) in
      layer(try RecurrentSizes(a, hasProjection: hasProjection), try a.dtype())
    }
  }

  private mutating func addAttention() {
    add(
      .multiHeadAttention, "attention over several heads",
      ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"],
      [
        .size("size", "the size of the last axis"), .size("heads", "how many heads the size is split into"),
        .flag("bias", true, "whether there are offsets"),
        .flag("biasKV", false, "whether a key and a value are appended"),
        .init(
          "keySize", .word("none"), "the size of the keys' input, or none where it is that of the queries"),
        .init("valueSize", .word("none"), "the same of the values"), .batchFirst, .dtype,
      ], reference: "Vaswani et al., Attention is all you need, 2017"
    ) { a, _ throws(Diagnostic) in
      let (size, heads) = (try a.size("size"), try a.size("heads", from: 1))
      let (keys, values) = (try a.optionalSize("keySize"), try a.optionalSize("valueSize"))
      try a.requireTensor([3 * size, max(size, keys ?? 0, values ?? 0)], "size")
      try a.requireDivisor(heads, "heads", of: size)
      return MultiHeadAttention(
        size, heads: heads, bias: try a.flag("bias"), biasKV: try a.flag("biasKV"), keySize: keys,
        valueSize: values, batchFirst: try a.flag("batchFirst"), dtype: try a.dtype())
    }
  }
}

extension LayerDescriptor.Parameter {
  fileprivate static let batchFirst = flag(
    "batchFirst", false, "whether axis 0 is the batch and axis 1 the sequence")
}

extension RecurrentSizes {
  /// Layers are listed one by one; more of them would be a mistake.
  private static let mostLayers = 4096

  fileprivate init(_ a: Arguments, hasProjection: Bool) throws(Diagnostic) {
    let projection = hasProjection ? try a.optionalSize("projection") : nil
    self.init(
      inputs: try a.size("in"), hidden: try a.size("hidden"),
      layers: try a.integer("layers", in: 1...RecurrentSizes.mostLayers), hasBias: try a.flag("bias"),
      isBidirectional: try a.flag("bidirectional"), projection: projection,
      isBatchFirst: try a.flag("batchFirst"))
    try a.requireTensor([4 * hidden, max(inputs, 2 * max(hidden, projection ?? 0))], "hidden")
  }
}
