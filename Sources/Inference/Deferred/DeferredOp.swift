import COneDNN
import Diagnostics
import Layers
import Tensors

/// An operation that has not been done yet.
struct DeferredOp {
  /// The function that is applied to its result.
  var function: Activation.Function?
  /// What it reads; it has a claim on each, which ends when it is done.
  let inputs: [DeferredTensor]
  /// Computes in oneDNN, the function included; nil where that refuses.
  let compute: (Activation.Function?) throws(Diagnostic) -> BlockedTensor?
  /// Computes with this library's own kernels, without the function.
  let fallback: () throws(Diagnostic) -> Tensor
  /// The same with a norm behind, if it can take that up.
  var normalized: ((BatchNorm) -> DeferredOp)?
  /// The same with something of the same shape added, if it can take that up.
  var adding: ((DeferredTensor) -> DeferredOp)?

  /// The same with a function behind; nil where there is one already.
  func activated(by function: Activation.Function) -> DeferredOp? {
    guard self.function == nil else { return nil }
    var op = self
    op.function = function
    (op.normalized, op.adding) = (nil, nil)
    return op
  }

  /// The result in row-major order, where oneDNN refuses.
  func portable() throws(Diagnostic) -> Tensor {
    let result = try fallback()
    guard let function else { return result }
    return try Activation(function).forward([result], in: ForwardPass(kernels: .own))[0]
  }
}

extension Activation.Function {
  /// oneDNN's name of it, if it has it.
  var blocked: rd_function? {
    switch self {
    case .relu: RD_RELU
    case .relu6: RD_RELU6
    case .gelu: RD_GELU
    case .silu: RD_SILU
    case .sigmoid: RD_SIGMOID
    case .tanh: RD_TANH
    case .hardswish: RD_HARDSWISH
    default: nil
    }
  }
}
