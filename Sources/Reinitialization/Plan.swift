import Diagnostics
import Functors
import Initializers
import Tensors

/// Who gets what: rules held against a tree, with every number resolved and nothing written yet.
public struct Plan: Sendable {
  /// What became of one rule.
  public struct RuleReport: Sendable {
    /// The rule as it is printed.
    public let text: String
    /// Whether it fills; else it keeps, or asserts something.
    public let isFill: Bool
    /// Whether it asserts something.
    public let isAssertion: Bool
    /// The recipe that it comes from; nil if it stands by itself.
    public let recipe: String?
    /// Whether it reached anything, later rules aside.
    public internal(set) var isReached = true
    /// Tensors for which it was the last that matched, tied ones once.
    public internal(set) var tensors = 0
    /// Their elements; those of buffers do not count.
    public internal(set) var parameters = 0
    /// The first of them.
    public internal(set) var example: String?
  }

  /// The seed that keys all streams.
  public let seed: UInt64
  /// What is to be filled, in the order of the tree.
  public let steps: Steps
  /// The rules with what each came to.
  public let rules: [RuleReport]
  /// The leaves that a keep covers, tied ones once, with the index of the rule.
  public let kept: [(leaf: Int, rule: Int)]
  /// The leaves that no rule reached, tied ones once.
  public let untouched: [Int]
  /// Things worth saying that are no errors, such as a keep that a later fill overrides.
  public let warnings: [String]
  /// What has to be finite after the run.
  public let finite: [FiniteClaim]
  /// The tree that was planned for.
  public let inventory: Inventory

  /// The tensors that will be filled, or parts of them.
  public var tensors: Int { steps.tensors }

  /// The elements that will be filled; those of buffers do not count.
  public var parameters: Int { rules.reduce(0) { $0 + ($1.isFill ? $1.parameters : 0) } }
}
