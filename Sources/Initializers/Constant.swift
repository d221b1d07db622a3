import CallText
import Diagnostics
import LayerVocabulary

/// Fills with one value: zeros, ones, or any other.
///
/// As a layer's own fresh state it may fill integer buffers, such as a counter of batches.
public struct Constant: CatalogInitializer {
  /// The value of every element.
  public var value: Double

  /// A constant.
  public init(_ value: Double) { self.value = value }

  init(_ arguments: Arguments) throws(Diagnostic) { value = try arguments.number("value") }

  static let zeros = InitializerDescriptor(
    "zeros", aliases: ["zero"], summary: "every element 0", formula: "w = 0",
    reference: "torch.nn.init.zeros_; biases of most layers")
  static let ones = InitializerDescriptor(
    "ones", aliases: ["one"], summary: "every element 1", formula: "w = 1",
    reference: "torch.nn.init.ones_; scales of norms")
  static let any = InitializerDescriptor(
    "constant", aliases: ["const"], summary: "every element one value",
    formula: "w = value", parameters: [.init("value", nil, "a finite number", takesNumbersAlone: true)],
    reference: "torch.nn.init.constant_")

  /// `zeros`, `ones` or `constant`, whichever the value is.
  public var descriptor: InitializerDescriptor {
    switch value {
    case 0 where value.sign == .plus: Constant.zeros
    case 1: Constant.ones
    default: Constant.any
    }
  }

  /// The value; none for `zeros` and `ones`.
  public var values: [ArgumentValue] { [.number(value)] }

  /// It is one.
  public var isConstant: Bool { true }

  /// Refuses NaN and infinities.
  public func check() throws(Diagnostic) { try requireFinite("value", value) }

  /// The constant draw.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw { .constant(value) }
}

extension Initializer where Self == Constant {
  /// Every element 0.
  public static var zeros: Constant { Constant(0) }
  /// Every element 1.
  public static var ones: Constant { Constant(1) }
  /// Every element that value.
  public static func constant(_ value: Double) -> Constant { Constant(value) }
}
