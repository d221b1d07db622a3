import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import Layers
import Tensors

/// Of integers of any shape.
extension Embedding: ForwardLayer {
  /// The indices' shape, with an axis for the rows behind it.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard weight.shape.rank == 2 else {
      throw misfit(
        "holds a 'weight' of another shape", expected: "[vocabulary, size]", found: "\(weight.shape)")
    }
    return [try .checked(input.sizes + [weight.shape[1]])]
  }

  /// A row for each index.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let indices = try indices(inputs[0], rows: weight.shape[0])
    let result = try Tensor.computed(shape, by: kind.name, from: [weight]) { x, y in
      ElementKernel.lookUp(indices, in: x[0], size: weight.shape[1], into: y)
    }
    return [result]
  }

}

/// Of bags of integers, `[N, L]`.
extension EmbeddingBag: ForwardLayer {
  /// `[N, size]`.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    guard weight.shape.rank == 2 else {
      throw misfit(
        "holds a 'weight' of another shape", expected: "[vocabulary, size]", found: "\(weight.shape)")
    }
    guard input.rank == 2 else { throw wrongShape(input, expected: "[N, L]") }
    return [try .checked([input[0], weight.shape[1]])]
  }

  /// Each bag's rows, reduced; zeros for a bag without rows.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    let shape = try resultShape(inputs)
    let (indices, length) = (try indices(inputs[0], rows: weight.shape[0]), inputs[0].shape[1])
    let result = try Tensor.computed(shape, by: kind.name, from: [weight]) { x, y in
      BagKernel(reduction: reduction, length: length, size: shape[1]).run(indices, in: x[0], into: y)
    }
    return [result]
  }
}

extension Layer {
  /// Indices of a table's rows.
  fileprivate func indices(_ input: Tensor, rows: Int) throws(Diagnostic) -> [Int] {
    guard !input.dtype.isFloatingPoint, input.dtype != .opaque, input.dtype != .bool else {
      throw Diagnostic(.inputType, "'\(kind.name)' looks up integers", expected: "i64", found: "\(input)")
    }
    guard !input.isLazy || input.count == 0 else { throw .noContents(input, of: kind.name) }
    let elements = input.elements
    try input.validate()
    if let wrong = elements.first(where: { $0 < 0 || $0 >= Double(rows) }) {
      throw Diagnostic(
        .indexOutOfRange, "'\(kind.name)' has no row of that index",
        expected: rows == 0 ? "no index" : "0 to \(rows - 1)", found: "\(ArgumentValue.number(wrong))")
    }
    return elements.map { Int($0) }
  }
}
