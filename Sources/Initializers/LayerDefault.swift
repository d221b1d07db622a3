import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// Every parameter's own fresh state, as its layer or plugin says it; where it does not, by role.
///
/// Biases begin at 0, scales at 1. A weight or a buffer (position indices, a mask) has no value that is right
/// without its layer.
public struct LayerDefault: Initializer, Equatable {
  /// The layer's own state.
  public init() {}

  static let described = InitializerDescriptor(
    "default", aliases: ["fresh"], summary: "each parameter's and buffer's fresh state, as its layer says",
    formula: "the layer's own initializer; without one: bias 0, scale 1; a weight, buffer or other is an error",
    reference: "reset_parameters() in torch")

  /// Name, formula.
  public var descriptor: InitializerDescriptor { LayerDefault.described }
  /// None.
  public var arguments: [InitializerArgument] { [] }
  /// It knows a value for every role.
  public var reachesEveryRole: Bool { true }

  /// The draw of the layer's own initializer, or the constant that goes with the role.
  /// - Throws: ``Diagnostics/ErrorCode/noFreshState`` for a weight, buffer or other whose layer says nothing.
  public func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    if let fresh = context.fresh, !(fresh is LayerDefault) { return try draw(fresh, for: context) }
    switch context.role {
    case .bias: return try Constant(0).draw(for: context)
    case .scale: return try Constant(1).draw(for: context)
    case .weight, .buffer, .other:
      guard context.shape.count > 0 else { return .constant(0) }
      throw unknown(context)
    }
  }
}

extension LayerDefault {
  private func unknown(_ context: ParameterContext) -> Diagnostic {
    let ways: [String] =
      switch context.role {
      case .weight: ["'\(context.name)=kaiming_normal' names an initializer"]
      case .other:
        [
          "'\(context.name)=constant(0.1)' gives it a value",
          "--type 'PATH=RMSNorm' says what a layer of a file is that was not understood",
        ]
      default: []
      }
    return Diagnostic(
      .noFreshState,
      "the layer of '\(context.name)' does not say how this \(context.role == .other ? "parameter" : context.role.rawValue) begins",
      at: context.name, hints: ways + ["--keep '\(context.name)' leaves it as it is"])
  }

  /// What a layer says of itself is held to the same rules as what a person says.
  private func draw(_ fresh: any Initializer, for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.shape.count > 0 else { return .constant(0) }
    let draw = try fresh.draw(for: context)
    try requireType(context, isConstant: draw.fitsIntegers)
    try requireRepresentable(draw, in: context)
    return draw
  }
}

extension Initializer where Self == LayerDefault {
  /// Every parameter's own fresh state.
  public static var `default`: LayerDefault { LayerDefault() }
}
