import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// An initializer whose arguments are those that its descriptor lists, each with its value.
///
/// It only says what its values are, what ranges they have and how they become a draw; what every initializer
/// must do (refuse types and numbers that cannot be held, pass over empty tensors, print itself) is done here.
public protocol CatalogInitializer: Initializer, Equatable {
  /// The value of every parameter, in the order of the descriptor.
  var values: [ArgumentValue] { get }

  /// Whether it fills tensors with one value, and so may fill integer buffers.
  var isConstant: Bool { get }

  /// Checks the arguments by themselves.
  /// - Throws: ``Diagnostics/ErrorCode/argumentOutOfRange``.
  func check() throws(Diagnostic)

  /// The draw for a tensor that has elements, after the arguments were checked.
  func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw
}

extension CatalogInitializer {
  /// Most initializers fill with more than one value.
  public var isConstant: Bool { false }

  /// Most arguments are words, which are right by their type.
  public func check() throws(Diagnostic) {}

  /// The values that are not the defaults, under the parameters' names.
  public var arguments: [InitializerArgument] {
    zip(descriptor.parameters, values).compactMap { parameter, value in
      parameter.defaultValue == value ? nil : InitializerArgument(parameter.name, value)
    }
  }

  /// Checks arguments and tensor, and resolves every number; a tensor without elements needs nothing.
  /// - Throws: a diagnostic of the `R01` family that names the tensor.
  public func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    try check()
    try requireType(context, isConstant: isConstant)
    guard context.shape.count > 0 else { return .constant(0) }
    do throws(Diagnostic) {
      let draw = try resolve(for: context)
      try requireRepresentable(draw, in: context)
      return draw
    } catch { throw error.at(context.name) }
  }
}

/// A spread around 0, by standard deviation.
public enum Spread: String, Sendable, CaseIterable {
  /// Normal.
  case normal
  /// Normal cut at two standard deviations of the parent, which is widened to keep the standard deviation.
  case truncatedNormal = "truncated_normal"
  /// Uniform between ±√3 standard deviations.
  case uniform

  /// The draw of that spread with a standard deviation.
  func draw(std: Double) -> Draw {
    guard std != 0 else { return .constant(0) }
    switch self {
    case .normal: return .normal(std: std)
    case .uniform:
      let bound = 3.0.squareRoot() * std
      return .uniform(low: -bound, high: bound)
    case .truncatedNormal:
      let parent = std / TruncatedMoments.stdAtTwo
      return .truncatedNormal(mean: 0, std: parent, low: -2 * parent, high: 2 * parent)
    }
  }
}
