import Diagnostics
import Functors
import Initializers
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
    addPool()
    add(.flatten, "joins axes", [], [.init("from", .number(1), "the first axis that is joined")]) {
      a, _ throws(Diagnostic) in Flatten(from: try a.integer("from", in: -32...32))
    }
    add(
      .dropout, "sets elements to 0 in training", [],
      [.init("probability", .number(0.5), "the part that is dropped, from 0 to 1")],
      reference: "Srivastava et al., Dropout, 2014"
    ) { a, _ throws(Diagnostic) in Dropout(try a.number("probability", in: 0...1)) }
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
}
