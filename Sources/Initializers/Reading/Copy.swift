import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// The values of another tensor: of this model, or of another checkpoint.
///
/// A lottery ticket's weights go back to where they began so (Frankle, Carbin, "The Lottery Ticket Hypothesis", 2019), and a
/// copy's to what it is a copy of. The shape is the same; another type is rounded to this one's.
public struct Copy: CatalogInitializer {
  /// The checkpoint, or the path of a tensor.
  public var from: String
  /// The tensor of that checkpoint; the one of the same name where that is empty.
  public var tensor: String

  /// The values of another tensor.
  public init(from: String, tensor: String = "") { (self.from, self.tensor) = (from, tensor) }

  init(_ arguments: Arguments) throws(Diagnostic) {
    from = try arguments.text("from", expected: "a checkpoint or the path of a tensor")
    tensor = try arguments.text("tensor", expected: "the path of a tensor")
  }

  static let described = InitializerDescriptor(
    "copy", summary: "the values of another tensor, of the model or of another checkpoint", formula: "w = v",
    parameters: [
      .init("from", nil, "a checkpoint (with a slash or a format's ending), or a tensor's path"),
      .init("tensor", .word(""), "the checkpoint's tensor; by default the one of the same name"),
    ],
    reference: "Frankle, Carbin 2019 (rewinding)", reads: ["the tensor that is said"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Copy.described }

  /// `from`, `tensor`.
  public var values: [ArgumentValue] { [.word(from), .word(tensor)] }

  /// Refuses a tensor of a checkpoint that is none.
  public func check() throws(Diagnostic) {
    guard tensor.isEmpty || SourceReference.isCheckpoint(from) else {
      throw Diagnostic(
        .argumentOutOfRange, "'copy' has a tensor of a checkpoint, and no checkpoint", expected: "a checkpoint's path",
        found: "from: '\(from)'", hints: ["copy(from: ./\(from), tensor: \(tensor))"])
    }
  }

  /// The source, which has to have the same shape.
  /// - Throws: ``Diagnostics/ErrorCode/sourceMissing``, ``Diagnostics/ErrorCode/unsuitableShape``; opening's codes.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let source = try context.source("from", SourceReference(from, tensor: tensor))
    guard source.shape == context.shape else { throw Diagnostic.anotherShape(source, context) }
    return Draw(.copy).reading(source)
  }
}

/// The old values, times a number.
public struct Scaled: CatalogInitializer {
  /// The factor.
  public var factor: Double

  /// The old values, times a number.
  public init(by factor: Double) { self.factor = factor }

  init(_ arguments: Arguments) throws(Diagnostic) { factor = try arguments.number("by") }

  static let described = InitializerDescriptor(
    "scale", summary: "the old values, times a number", formula: "w ← by·w",
    parameters: [.init("by", nil, "a finite number", takesNumbersAlone: true)],
    reference: "Zhang et al. 2019 (Fixup: scaled branches); Radford et al. 2019 (1/√N)", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Scaled.described }

  /// `by`.
  public var values: [ArgumentValue] { [.number(factor)] }

  /// Refuses NaN and infinities.
  public func check() throws(Diagnostic) { try requireFinite("by", factor) }

  /// The old values and the factor.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let old = try oldValues(of: context)
    return factor == 1 ? Draw(.copy).reading(old) : Draw(.scale, [.init("by", factor)]).reading(old)
  }
}

extension Initializer where Self == Copy {
  /// The values of another tensor; see ``Copy``.
  public static func copy(from: String, tensor: String = "") -> Copy { Copy(from: from, tensor: tensor) }
}

extension Initializer where Self == Scaled {
  /// The old values, times a number.
  public static func scale(by factor: Double) -> Scaled { Scaled(by: factor) }
}
