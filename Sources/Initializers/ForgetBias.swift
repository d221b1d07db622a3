import CallText
import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// The bias of a long short-term memory: one value for the forget gate, 0 for the others.
///
/// Gers et al. 2000; Jozefowicz et al. 2015, §2.1. Keras calls it `unit_forget_bias`. A layer with two biases, as torch's,
/// adds them: one is to begin so, the other at 0.
public struct ForgetBias: CatalogInitializer {
  /// The value for the forget gate.
  public var value: Double

  /// A forget gate's bias.
  public init(_ value: Double = 1) { self.value = value }

  init(_ arguments: Arguments) throws(Diagnostic) { value = try arguments.number("value") }

  static let described = InitializerDescriptor(
    "forget_bias", summary: "an LSTM's bias: one value for the forget gate, 0 for the other gates",
    formula: "b_f = value; b_i = b_g = b_o = 0", parameters: [.init("value", .number(1), "a finite number")],
    reference: "Gers et al. 2000; Jozefowicz et al. 2015; keras.layers.LSTM (unit_forget_bias)")

  /// Name, formula.
  public var descriptor: InitializerDescriptor { ForgetBias.described }

  /// `value`.
  public var values: [ArgumentValue] { [.number(value)] }

  /// Refuses NaN and infinities.
  public func check() throws(Diagnostic) { try requireFinite("value", value) }

  /// The value in the part that the layer's weight has for the forget gate.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` for anything but the bias of a layer with such a gate.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.role == .bias, context.shape.rank == 1, let weight = context.weightGeometry,
      let part = weight.forgetPart, context.shape[0] % weight.parts == 0
    else { throw unsuitable(context, expected: "the bias of an LSTM, its gates one after the other") }
    return Draw(
      .part, [.init("value", value), .init("part", Double(part)), .init("parts", Double(weight.parts))])
  }
}

extension Draw {
  /// The value in one part of the first axis, 0 in the others.
  func writePart(_ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape) throws(Diagnostic) {
    let (range, value) = (try partRange(shape), Float(try number("value")))
    values.update(repeating: 0)
    values[range].update(repeating: value)
  }

  /// The elements of the part.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit the shape.
  func partRange(_ shape: Shape) throws(Diagnostic) -> Range<Int> {
    let parts = try integer("parts", in: 1...Int(Int32.max))
    let part = try integer("part", in: 0...parts - 1)
    guard shape.rank > 0, shape[0] % parts == 0, self["value"] != nil else {
      throw malformed("\(parts) parts, \(shape)")
    }
    let size = shape.count / parts
    return part * size..<(part + 1) * size
  }
}

extension Initializer where Self == ForgetBias {
  /// One value for an LSTM's forget gate, 0 for its other gates.
  public static func forgetBias(_ value: Double = 1) -> ForgetBias { ForgetBias(value) }
}
