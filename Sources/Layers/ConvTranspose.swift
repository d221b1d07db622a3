import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A transposed convolution (the adjoint of ``Conv``) over one, two or three spatial axes.
public struct ConvTranspose: PrintableLayer {
  /// The kernels, `[in, out/groups, k…]`.
  public var weight: Tensor
  /// The offset, `[out]`, or nothing.
  public var bias: Tensor?
  /// The step of the kernel along each of the output's spatial axes.
  public var stride: [Int]
  /// What is cut off before and after each of the output's spatial axes.
  public var padding: [Int]
  /// What is added at the end of each of the output's spatial axes.
  public var outputPadding: [Int]
  /// The distance of the kernel's taps along each spatial axis.
  public var dilation: [Int]
  /// How many independent maps the channels are split into.
  public var groups: Int

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight, biases: \.bias)

  /// A layer of given tensors; nil for stride, padding or dilation is 1, 0, 1 along every spatial axis.
  public init(
    weight: Tensor, bias: Tensor? = nil, stride: [Int]? = nil, padding: [Int]? = nil,
    outputPadding: [Int]? = nil,
    dilation: [Int]? = nil, groups: Int = 1
  ) {
    let axes = max(0, weight.shape.rank - 2)
    self.weight = weight
    self.bias = bias
    self.stride = stride ?? Array(repeating: 1, count: axes)
    self.padding = padding ?? Array(repeating: 0, count: axes)
    self.outputPadding = outputPadding ?? Array(repeating: 0, count: axes)
    self.dilation = dilation ?? Array(repeating: 1, count: axes)
    self.groups = groups
  }

  /// A layer of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative, and `groups` divides `in` and `out`.
  public init(
    in inputs: Int, out outputs: Int, kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil,
    outputPadding: [Int]? = nil, dilation: [Int]? = nil, groups: Int = 1, bias: Bool = true,
    dtype: DType = .f32
  ) {
    precondition(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0,
      "\(groups) groups do not divide \(inputs) and \(outputs) channels")
    self.init(
      weight: Tensor(lazy: Shape([inputs, outputs / groups] + kernel), dtype: dtype),
      bias: bias ? Tensor(lazy: [outputs], dtype: dtype) : nil, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups)
  }

  /// `ConvTranspose`, or `ConvTranspose1d`, `ConvTranspose2d`, `ConvTranspose3d`.
  public var kind: LayerKind { .convTranspose }

  /// `[in, out/groups, k…]`.
  public func geometry(of field: String) -> Geometry? {
    field == "weight" ? Geometry(outAxis: 1, inAxes: [0], groups: groups, isTransposed: true) : nil
  }

  /// Uniform within ±1/√(out/groups·taps), both: torch reads the fan-in of its default from the shape.
  public func fresh(_ field: String) -> (any Initializer)? {
    switch field {
    case "weight": Fresh.weightByShape
    case "bias": Fresh.bias(beside: weight, Geometry())
    default: nil
    }
  }

  /// `ConvTranspose(in: 64, out: 32, kernel: [2, 2], stride: [2, 2])`.
  public var code: String {
    ConvolutionCode.text(
      "ConvTranspose", inputs: weight.shape.size(0), outputs: weight.shape.size(1) * groups, weight,
      stride: stride, padding: padding, dilation: dilation, groups: groups, bias: bias,
      outputPadding: Call.argument("outputPadding", outputPadding, unless: stride.map { _ in 0 }))
  }
}
