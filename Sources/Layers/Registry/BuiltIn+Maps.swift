import CallText
import Diagnostics
import Initializers

extension LayerRegistry {
  mutating func addMaps() {
    addDense()
    addConvolutions()
    add(
      .embedding, "table of vectors, looked up by index", ["weight"],
      [
        .size("vocabulary", "the number of rows"), .size("size", "the length of a row"),
        .init("paddingIndex", .word("none"), "the row that stands for padding, or none"), .dtype,
      ]
    ) { a, _ throws(Diagnostic) in
      let (vocabulary, size) = (try a.size("vocabulary"), try a.size("size"))
      try a.requireTensor([vocabulary, size], "size")
      return Embedding(
        vocabulary: vocabulary, size: size, paddingIndex: try a.optionalSize("paddingIndex"),
        dtype: try a.dtype())
    }
    addEmbeddingBag()
    add(
      .spatialGate, "map of a spatial gating unit, which begins open", ["weight", "bias"],
      [.size("places", "the size of the last axis"), .dtype], reference: "Liu et al., Pay attention to MLPs, 2021"
    ) { a, _ throws(Diagnostic) in
      let places = try a.size("places")
      try a.requireTensor([places, places], "places")
      return SpatialGate(places, dtype: try a.dtype())
    }
    add(
      .bilinear, "bilinear form of two inputs", ["weight", "bias"],
      [
        .size("second", "the size of the second input, not labeled in Swift"),
        .size("in", "the size of the first input"),
        .size("out", "the number of forms"), .bias, .dtype,
      ]
    ) { a, _ throws(Diagnostic) in
      let (first, second, out) = (try a.size("in"), try a.size("second"), try a.size("out"))
      try a.requireTensor([out, first, second], "out")
      return Bilinear(in: first, second, out: out, bias: try a.flag("bias"), dtype: try a.dtype())
    }
  }

  private mutating func addEmbeddingBag() {
    add(
      .embeddingBag, "mean, sum or largest values of looked-up vectors", ["weight"],
      [
        .size("vocabulary", "the number of rows"), .size("size", "the length of a row"),
        .init("reduction", .word("mean"), "what is taken of a bag's rows: mean, sum or max"), .dtype,
      ], reference: "torch.nn.EmbeddingBag"
    ) { a, _ throws(Diagnostic) in
      let (vocabulary, size) = (try a.size("vocabulary"), try a.size("size"))
      try a.requireTensor([vocabulary, size], "size")
      return EmbeddingBag(
        vocabulary: vocabulary, size: size, reduction: try a.word("reduction"), dtype: try a.dtype())
    }
  }

  private mutating func addDense() {
    add(
      .dense, "linear map, y = x·Wᵀ + b", ["weight", "bias"],
      [
        .size("in", "the size of the last axis"), .size("out", "the size it gets"), .bias,
        .init("parts", .number(1), "how many maps are packed along the outputs"),
        .flag("startsWithZeroBias", false, "whether a new bias is 0"), .dtype,
      ]
    ) { a, _ throws(Diagnostic) in
      let (inputs, outputs, parts) = (try a.size("in"), try a.size("out"), try a.size("parts", from: 1))
      try a.requireTensor([outputs, inputs], "out")
      try a.requireDivisor(parts, "parts", of: outputs)
      return Dense(
        in: inputs, out: outputs, bias: try a.flag("bias"), parts: parts,
        startsWithZeroBias: try a.flag("startsWithZeroBias"), dtype: try a.dtype())
    }
  }

  private mutating func addConvolutions() {
    let before: [LayerDescriptor.Parameter] = [
      .size("in", "the number of input channels"), .size("out", "the number of output channels"),
      .init("kernel", nil, "the kernel's size along each of 1 to 3 spatial axes, in brackets"),
      .axes("stride", 1, "the kernel's step"), .axes("padding", 0, "the margin before and after"),
    ]
    let after: [LayerDescriptor.Parameter] = [
      .axes("dilation", 1, "the distance of the kernel's taps"),
      .init("groups", .number(1), "how many parts the channels are split into"), .bias, .dtype,
    ]
    add(
      .conv, "convolution over 1, 2 or 3 axes, in groups", ["weight", "bias"], before + after,
      reference: "torch.nn.Conv2d"
    ) { a, _ throws(Diagnostic) in
      let c = try Convolution(a)
      try a.requireTensor([c.outputs, c.inputs] + c.kernel, "kernel")
      return Conv(
        in: c.inputs, out: c.outputs, kernel: c.kernel, stride: c.stride, padding: c.padding,
        dilation: c.dilation,
        groups: c.groups, bias: try a.flag("bias"), dtype: try a.dtype())
    }
    let extra = LayerDescriptor.Parameter.axes("outputPadding", 0, "what is added at the output's end")
    add(
      .convTranspose, "transposed convolution over 1, 2 or 3 axes", ["weight", "bias"],
      before + [extra] + after,
      reference: "torch.nn.ConvTranspose2d"
    ) { a, _ throws(Diagnostic) in
      let c = try Convolution(a)
      try a.requireTensor([c.outputs, c.inputs] + c.kernel, "kernel")
      return ConvTranspose(
        in: c.inputs, out: c.outputs, kernel: c.kernel, stride: c.stride, padding: c.padding,
        outputPadding: try a.axes("outputPadding", c.kernel.count), dilation: c.dilation, groups: c.groups,
        bias: try a.flag("bias"), dtype: try a.dtype())
    }
  }
}

/// What both convolutions take.
private struct Convolution {
  let inputs, outputs, groups: Int
  let kernel, stride, padding, dilation: [Int]

  init(_ a: Arguments) throws(Diagnostic) {
    (inputs, outputs, groups) = (try a.size("in"), try a.size("out"), try a.size("groups", from: 1))
    kernel = try a.kernel()
    stride = try a.axes("stride", kernel.count, from: 1)
    padding = try a.axes("padding", kernel.count)
    dilation = try a.axes("dilation", kernel.count, from: 1)
    try a.requireDivisor(groups, "groups", of: inputs, outputs)
  }
}
