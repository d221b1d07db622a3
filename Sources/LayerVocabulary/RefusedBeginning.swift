import Diagnostics

/// What a layer says of a tensor that no initializer is made for, such as one that its weight is computed from.
///
/// `default` tells what it says; rules for weights and scales, which do not reach it, do as well where they reach nothing.
package protocol RefusedBeginning: Initializer {
  /// Why, and how to go about it.
  func refusal(of name: String) -> Diagnostic
}

extension RefusedBeginning {
  package func draw(for context: ParameterContext) throws(Diagnostic) -> Draw { throw refusal(of: context.name) }
}
