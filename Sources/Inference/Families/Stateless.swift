import Diagnostics
import Functors
import Initializers
import Layers
import Tensors

extension Flatten: ForwardLayer {
  /// The axes before ``Layers/Flatten/from``, and one for all others; from the last axis on where it is
  /// negative.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] {
    let input = try only(inputs)
    let first = from < 0 ? from + input.rank : from
    guard input.sizes.indices.contains(first) else {
      throw wrongShape(input, expected: "a tensor with an axis \(from)")
    }
    return [try .checked(input.sizes[..<first] + [input.count(first..<input.rank)])]
  }

  /// The same elements.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    [inputs[0].reshaped(try resultShape(inputs))]
  }
}

/// Dropout is for training: a forward pass gives back its input.
extension Dropout: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [try only(inputs)] }
  /// The input.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    [try only(inputs)]
  }
}

extension PassThrough: ForwardLayer {
  /// The input's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [try only(inputs)] }
  /// The input.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    [try only(inputs)]
  }
}

/// A parameter gives its value, whatever it is given, so that it can be a branch of a container.
extension Parameter: ForwardLayer {
  /// The value's shape.
  public func inferShapes(_ inputs: [Shape]) throws(Diagnostic) -> [Shape] { [value.shape] }

  /// The value.
  public func forward(_ inputs: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> [Tensor] {
    guard !value.isLazy || value.count == 0 else { throw .noContents(value, of: kind.name) }
    return [value.dtype.isFloatingPoint ? value.converted(to: .f32) : value]
  }
}

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
    let indices = try indices(inputs[0])
    let result = try Tensor.computed(shape, by: kind.name, from: [weight]) { x, y in
      ElementKernel.lookUp(indices, in: x[0], size: weight.shape[1], into: y)
    }
    return [result]
  }

  private func indices(_ input: Tensor) throws(Diagnostic) -> [Int] {
    guard !input.dtype.isFloatingPoint, input.dtype != .opaque, input.dtype != .bool else {
      throw Diagnostic(.inputType, "'Embedding' looks up integers", expected: "i64", found: "\(input)")
    }
    guard !input.isLazy || input.count == 0 else { throw .noContents(input, of: kind.name) }
    let rows = weight.shape[0]
    let elements = input.elements
    try input.validate()
    if let wrong = elements.first(where: { $0 < 0 || $0 >= Double(rows) }) {
      throw Diagnostic(
        .indexOutOfRange, "'Embedding' has no row of that index",
        expected: rows == 0 ? "no index" : "0 to \(rows - 1)", found: "\(ArgumentValue.number(wrong))")
    }
    return elements.map { Int($0) }
  }
}
