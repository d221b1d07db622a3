import Diagnostics
import Layers
import Tensors

extension Connection {
  /// The shape of what is joined.
  func joinedShape(_ parts: [Shape]) throws(Diagnostic) -> Shape {
    guard let first = parts.first else { throw misfit(parts, "there is nothing to join") }
    guard case .concatenate(let axis) = self else { return try broadcast(parts) }
    let index = axis < 0 ? axis + first.rank : axis
    guard first.sizes.indices.contains(index) else {
      throw misfit(parts, "there is no axis \(axis) to join along")
    }
    var sizes = first.sizes
    for part in parts.dropFirst() {
      guard part.rank == first.rank, part.sizes.indices.allSatisfy({ $0 == index || part[$0] == first[$0] })
      else {
        throw misfit(parts, "only axis \(axis) may differ in what is joined along it")
      }
      sizes[index] += part[index]
    }
    return try .checked(sizes)
  }

  /// What is joined, as 32-bit floats.
  func joined(_ parts: [Tensor], in pass: ForwardPass) throws(Diagnostic) -> Tensor {
    let shape = try joinedShape(parts.map(\.shape))
    return try Tensor.computed(shape, by: "\(self)", from: parts) { inputs, output in
      let shapes = parts.map(\.shape)
      switch self {
      case .concatenate(let axis):
        JoinKernel.concatenate(inputs, shapes, axis: axis < 0 ? axis + shape.rank : axis, to: output)
      case .add: JoinKernel.combine(inputs, shapes, shape, to: output, threads: pass.threads) { $0 + $1 }
      case .multiply: JoinKernel.combine(inputs, shapes, shape, to: output, threads: pass.threads) { $0 * $1 }
      case .maximum:
        JoinKernel.combine(inputs, shapes, shape, to: output, threads: pass.threads) { $1 > $0 || $1.isNaN ? $1 : $0 }
      }
    }
  }

  /// Sizes match from the last axis on where they are equal or one is 1.
  private func broadcast(_ parts: [Shape]) throws(Diagnostic) -> Shape {
    let rank = parts.map(\.rank).max() ?? 0
    var sizes = Array(repeating: 1, count: rank)
    for part in parts {
      for (axis, size) in part.sizes.enumerated() {
        let place = rank - part.rank + axis
        guard size == sizes[place] || size == 1 || sizes[place] == 1 else {
          throw misfit(parts, "axes of different sizes cannot be joined elementwise")
        }
        if size != 1 { sizes[place] = size }
      }
    }
    return try .checked(sizes)
  }

  private func misfit(_ parts: [Shape], _ message: String) -> Diagnostic {
    Diagnostic(
      .inputShape, message, found: "\(self) of \(parts.map(\.description).joined(separator: ", "))")
  }
}
