import Diagnostics
import Functors
import Initializers
import LayerVocabulary

/// What ends the residual branches of an architecture: where it is 0, with its biases, a block adds nothing to its input.
public struct ResidualOutputs: Sendable {
  /// The layers and tensors; none where it is not known.
  let selectors: [Selector]
  /// What was asked for them: `the note 'bert'`; nil where nothing was there to ask.
  let source: String?

  /// What a note says, which may be nothing.
  public init(_ selectors: [Selector] = [], source: String? = nil) {
    (self.selectors, self.source) = (selectors, source)
  }
}

extension Selector {
  /// The word behind `@`, which alone means the same where it is no path.
  static let residualOut = "residual_out"

  /// Whether it begins with that word alone.
  var isResidualOutAlone: Bool {
    guard case .path(let parts, isForced: false) = steps.first?.target else { return false }
    return parts.literals == [Selector.residualOut]
  }

  /// Whether some step asks for what ends residual branches.
  package var asksForResidualOut: Bool { steps.contains { $0.target == .residualOut } }

  /// The same with `@residual_out` in its first step.
  var asResidualOut: Selector {
    var copy = self
    copy.steps[0].target = .residualOut
    return copy
  }
}

extension Inventory {
  /// For each entry, whether it is a layer or tensor that ends a residual branch.
  func residualOutMask() throws(Diagnostic) -> [Bool] {
    var mask = [Bool](repeating: false, count: entries.count)
    for selector in residualOut.selectors {
      for entry in try match(selector).entries { mask[entry] = true }
    }
    return mask
  }

  /// The error for a selector that asks for what ends the residual branches, where nobody has said it.
  func unknownResidualOut(_ selector: Selector, _ spelling: RuleSpelling) -> Diagnostic? {
    guard residualOut.selectors.isEmpty, selector.isResidualOutAlone || selector.asksForResidualOut else { return nil }
    let why = residualOut.source.map { "\($0) does not say" } ?? "no note says"
    return Diagnostic(
      .ruleMatchesNothing, "\(spelling.subject(selector)) reaches nothing: \(why) what ends the residual branches",
      expected: "a note with a line 'residual_out:'",
      hints: [
        "a note of your own says it: --notes mine.txt, with the lines 'architecture: mine', 'names: **.o_proj' and 'residual_out: **.o_proj, **.down_proj'",
        "or a rule for each name: '**.o_proj=zeros'",
      ])
  }
}

extension Initializer {
  /// Whether it means the same for a weight and for a bias: what is one value, or is copied, needs no fan and no scheme.
  var isForAnyRole: Bool { self is Constant || self is Copy || self is Scaled }
}
