import CallText
import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// The numbers behind names in expressions, for one tensor.
struct StructureValues {
  private var numbers: [String: Double] = [:]
  private let context: ParameterContext

  /// Looks up names; what has no value here is told when it is needed.
  /// - Throws: ``Diagnostics/ErrorCode/noFan``, ``Diagnostics/ErrorCode/ambiguousLayout`` and others of fans.
  init(_ names: [String], of context: ParameterContext, for initializer: ComputedInitializer) throws(Diagnostic) {
    self.context = context
    for name in names where numbers[name] == nil {
      if let field = StructureVariable.field(name) {
        numbers[name] = context.config?.number(field)
      } else if let variable = StructureVariable(rawValue: name) {
        numbers[name] = try StructureValues.value(of: variable, context, initializer)
      }
    }
  }

  /// The number behind a name; nil where there is none.
  func number(_ name: String) -> Double? { numbers[name] }

  private static func value(
    of variable: StructureVariable, _ context: ParameterContext, _ initializer: ComputedInitializer
  ) throws(Diagnostic) -> Double? {
    switch variable {
    case .fanIn: try fan(.fanIn, context, initializer)
    case .fanOut: try fan(.fanOut, context, initializer)
    case .inputs: try size(variable, context, initializer) { $0.inputs(of: $1) }
    case .outputs: try size(variable, context, initializer) { $0.outputs(of: $1) }
    case .blocks: context.blocks.map(Double.init)
    case .block: (context.repeatedBlock?.index).map(Double.init)
    case .width:
      ["hidden_size", "d_model", "n_embd", "dim"].lazy.compactMap { context.config?.number($0) }.first
        ?? context.embeddingWidth.map(Double.init)
    }
  }

  private static func fan(
    _ mode: FanMode, _ context: ParameterContext, _ initializer: ComputedInitializer
  ) throws(Diagnostic) -> Double {
    if context.geometry == nil, context.role == .bias, let fans = context.weightFans { return mode(fans) }
    return try initializer.fan(mode, by: .layer, of: context)
  }

  /// A size of the layer: of the weight itself, or of the one that a bias stands beside.
  private static func size(
    _ variable: StructureVariable, _ context: ParameterContext, _ initializer: ComputedInitializer,
    _ size: (Geometry, Shape) -> Int
  ) throws(Diagnostic) -> Double? {
    if context.geometry == nil { return context.weight.map { Double(size($0.geometry, $0.shape)) } }
    return try initializer.agreed(context, variable.rawValue) { Double(size($0, context.shape)) }
  }

  private func missing(_ variable: StructureVariable) -> Diagnostic {
    let expected =
      switch variable {
      case .fanIn, .fanOut, .inputs, .outputs: "a weight of a layer whose axes are known"
      case .blocks: "numbered blocks somewhere in the model"
      case .block: "a tensor inside of numbered blocks"
      case .width: "hidden_size in config.json, or an embedding in the model"
      }
    return Diagnostic(
      .valueOfExpression, "'\(variable.rawValue)' has no value for '\(context.name)'", at: context.name,
      expected: expected)
  }

  /// What is wrong with an expression's value.
  func diagnostic(_ failure: Expression.Failure, of text: String) -> Diagnostic {
    if let variable = failure.name.flatMap(StructureVariable.init) { return missing(variable) }
    guard let name = failure.name, let field = StructureVariable.field(name) else {
      return Diagnostic(
        .valueOfExpression, failure.problem, at: context.name, expected: "a finite number", found: "'\(text)'")
    }
    return context.config.missing(
      field, at: context.name, expected: "a number, or what else to take: (\(name) ?? 0.02)")
  }
}
