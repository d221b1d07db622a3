import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A convolution over one, two or three spatial axes, in groups if asked.
public struct Conv: PrintableLayer {
  /// The kernels, `[out, in/groups, k…]`.
  public var weight: Tensor
  /// The offset, `[out]`, or nothing.
  public var bias: Tensor?
  /// The step of the kernel along each spatial axis.
  public var stride: [Int]
  /// The zeros put before and after each spatial axis.
  public var padding: [Int]
  /// The distance of the kernel's taps along each spatial axis.
  public var dilation: [Int]
  /// How many independent convolutions the channels are split into; the inputs' number for a depthwise one.
  public var groups: Int

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight, biases: \.bias)

  /// A layer of given tensors; nil for stride, padding or dilation is 1, 0, 1 along every spatial axis.
  public init(
    weight: Tensor, bias: Tensor? = nil, stride: [Int]? = nil, padding: [Int]? = nil, dilation: [Int]? = nil,
    groups: Int = 1
  ) {
    let axes = max(0, weight.shape.rank - 2)
    self.weight = weight
    self.bias = bias
    self.stride = stride ?? Array(repeating: 1, count: axes)
    self.padding = padding ?? Array(repeating: 0, count: axes)
    self.dilation = dilation ?? Array(repeating: 1, count: axes)
    self.groups = groups
  }

  /// A layer of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative, and `groups` divides `in` and `out`.
  public init(
    in inputs: Int, out outputs: Int, kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil,
    dilation: [Int]? = nil, groups: Int = 1, bias: Bool = true, dtype: DType = .f32
  ) {
    precondition(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0,
      "\(groups) groups do not divide \(inputs) and \(outputs) channels")
    self.init(
      weight: Tensor(lazy: Shape([outputs, inputs / groups] + kernel), dtype: dtype),
      bias: bias ? Tensor(lazy: [outputs], dtype: dtype) : nil, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
  }

  /// `Conv`, or `Conv1d`, `Conv2d`, `Conv3d`.
  public var kind: LayerKind { .conv }

  /// `[out, in/groups, k…]`.
  public func geometry(of field: String) -> Geometry? { field == "weight" ? Geometry(groups: groups) : nil }

  /// Uniform within ±1/√fan_in, both; torch's `kaiming_uniform_(a=√5)`.
  public func fresh(_ field: String) -> (any Initializer)? {
    switch field {
    case "weight": Fresh.weight
    case "bias": Fresh.bias(beside: weight, Geometry(groups: groups))
    default: nil
    }
  }

  /// `Conv(in: 3, out: 64, kernel: [7, 7], stride: [2, 2], padding: [3, 3], bias: false)`.
  public var code: String {
    ConvolutionCode.text(
      "Conv", inputs: weight.shape.size(1) * groups, outputs: weight.shape.size(0), weight, stride: stride,
      padding: padding, dilation: dilation, groups: groups, bias: bias)
  }
}

/// The constructor calls of both convolutions.
enum ConvolutionCode {
  static func text(
    _ name: String, inputs: Int, outputs: Int, _ weight: Tensor, stride: [Int], padding: [Int],
    dilation: [Int],
    groups: Int, bias: Tensor?, outputPadding: String? = nil
  ) -> String {
    let kernel = Array(weight.shape.sizes.dropFirst(2))
    let ones = Array(repeating: 1, count: kernel.count)
    return Call.text(
      name,
      [
        "in: \(inputs)", "out: \(outputs)", "kernel: \(kernel)",
        Call.argument("stride", stride, unless: ones),
        Call.argument("padding", padding, unless: kernel.map { _ in 0 }), outputPadding,
        Call.argument("dilation", dilation, unless: ones), Call.argument("groups", groups, unless: 1),
        Call.argument("bias", bias != nil, unless: true),
      ])
  }
}
