import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Tensors

extension LayerRegistry {
  mutating func addStateless() {
    add(
      .activation, "function of each element", [],
      [
        .init(
          "function", nil,
          "which one: " + Activation.Function.allCases.map(\.rawValue).joined(separator: ", "))
      ]
    ) { a, _ throws(Diagnostic) in Activation(try a.word("function")) }
    add(.rescale, "fixed factor of all elements", [], [.init("factor", nil, "the factor")]) {
      a, _ throws(Diagnostic) in Rescale(try a.finite("factor"))
    }
    addPool()
    add(.flatten, "joins axes", [], [.init("from", .number(1), "the first axis that is joined")]) {
      a, _ throws(Diagnostic) in Flatten(from: try a.integer("from", in: -32...32))
    }
    addDropouts()
    addRearrangements()
    add(.identity, "gives back its input") { _, _ throws(Diagnostic) in PassThrough() }
  }

  mutating func addParameter() {
    add(
      .parameter, "a tensor on its own: class token, position embedding", [],
      [
        .init("sizes", nil, "the tensor's shape, in brackets"),
        .init("role", .word("weight"), "what it is for: weight, bias, scale or buffer"),
        .init("start", .word("none"), "how it begins: an initializer, or none where that is not known"),
        .dtype,
      ]
    ) { a, _ throws(Diagnostic) in
      var start: (any Initializer)?
      if case .word(let text) = a["start"], text != "none" {
        start = try InitializerRegistry.standard.initializer(parsing: text)
      }
      return Parameter(try a.shape("sizes"), role: try a.word("role"), start: start, dtype: try a.dtype())
    }
  }

  private mutating func addPool() {
    add(
      .pool, "maximum or mean under a window", [],
      [
        .init("reduction", nil, "what is taken of a window: max or mean"),
        .init("kernel", .word("none"), "the window's size along each of 1 to 3 spatial axes, in brackets"),
        .init("stride", .word("none"), "the window's step along each of them, or none for the window's size"),
        .axes("padding", 0, "the margin before and after"),
        .flag("ceilMode", false, "whether a window that reaches beyond the end counts"),
        .init("output", .word("none"), "the output's spatial sizes, where windows follow from them"),
      ]
    ) { a, _ throws(Diagnostic) in
      let reduction: Pool.Reduction = try a.word("reduction")
      guard a["kernel"] != .word("none") else {
        guard a["output"] != .word("none") else {
          throw Diagnostic(.missingArgument, "'Pool' needs its window", expected: "'kernel' or 'output'")
        }
        return Pool(reduction, output: try a.kernel("output"))
      }
      guard a["output"] == .word("none") else {
        throw a.wrongKind("output", expected: "'none' beside a kernel")
      }
      let kernel = try a.kernel()
      return Pool(
        reduction, kernel: kernel,
        stride: a["stride"] == .word("none") ? nil : try a.axes("stride", kernel.count, from: 1),
        padding: try a.axes("padding", kernel.count), ceilMode: try a.flag("ceilMode"))
    }
  }

  private mutating func addDropouts() {
    let dropped = LayerDescriptor.Parameter("probability", .number(0.5), "the part that is dropped, from 0 to 1")
    add(
      .dropout, "sets elements to 0 in training", [], [dropped], reference: "Srivastava et al., Dropout, 2014"
    ) { a, _ throws(Diagnostic) in Dropout(try a.number("probability", in: 0...1)) }
    add(
      .alphaDropout, "dropout that keeps mean and variance", [], [dropped],
      reference: "Klambauer et al., Self-normalizing neural networks, 2017"
    ) { a, _ throws(Diagnostic) in AlphaDropout(try a.number("probability", in: 0...1)) }
    add(
      .dropBlock, "sets square regions to 0 in training", [],
      [
        .init("probability", .number(0.1), "the part that is dropped, from 0 to 1"),
        .init("size", .number(7), "the side of a region"),
      ], reference: "Ghiasi et al., DropBlock, 2018"
    ) { a, _ throws(Diagnostic) in
      DropBlock(try a.number("probability", in: 0...1), size: try a.size("size", from: 1))
    }
    add(
      .stochasticDepth, "leaves out a branch in training", [],
      [
        .init("probability", nil, "how often, from 0 to 1"),
        .init("mode", .word("row"), "what is left out as one: row, a single sample's branch, or batch"),
      ], reference: "Huang et al., Deep networks with stochastic depth, 2016"
    ) { a, _ throws(Diagnostic) in
      StochasticDepth(try a.number("probability", in: 0...1), mode: try a.word("mode"))
    }
  }

  private mutating func addRearrangements() {
    add(
      .permute, "brings axes into another order", [],
      [.init("axes", nil, "for each axis of the result, the axis of the input, in brackets")]
    ) { a, _ throws(Diagnostic) in
      let axes = try a.integers("axes", in: 0...31)
      guard axes.sorted() == Array(axes.indices) else {
        throw a.outOfRange("axes", expected: "each axis once", found: .list(axes.map(Double.init)))
      }
      return Permute(axes)
    }
    let axis = LayerDescriptor.Parameter("axis", .number(1), "the axis; channels are axis 1")
    add(
      .take, "one index of an axis", [],
      [.init("index", .number(0), "which index, not labeled in Swift"), axis]
    ) { a, _ throws(Diagnostic) in
      Take(axis: try a.integer("axis", in: -32...32), try a.integer("index", in: 0...Int(Int32.max)))
    }
    add(.chunk, "equal parts along an axis", [], [.init("parts", nil, "how many"), axis]) {
      a, _ throws(Diagnostic) in
      Chunk(try a.integer("parts", in: 1...65536), axis: try a.integer("axis", in: -32...32))
    }
    add(
      .pixelShuffle, "makes channels places", [], [.init("factor", nil, "by how much height and width grow")],
      reference: "Shi et al., Real-time single image and video super-resolution, 2016"
    ) { a, _ throws(Diagnostic) in PixelShuffle(try a.integer("factor", in: 1...65536)) }
    add(
      .channelShuffle, "mixes the channels of groups", [], [.init("groups", nil, "the number of groups")],
      reference: "Zhang et al., ShuffleNet, 2018"
    ) { a, _ throws(Diagnostic) in ChannelShuffle(groups: try a.size("groups", from: 1)) }
    add(
      .upsample, "makes pictures larger", [],
      [
        .init("factor", nil, "by how much height and width grow"),
        .init("mode", .word("nearest"), "how values are found: nearest or bilinear"),
      ]
    ) { a, _ throws(Diagnostic) in
      Upsample(try a.number("factor", in: 0x1p-16...65536), mode: try a.word("mode"))
    }
  }
}
