import Functors
import Initializers
import LayerVocabulary
import Tensors

/// The largest or the mean value under a moving window, without parameters.
public struct Pool: PrintableLayer {
  /// What is taken of a window.
  public enum Reduction: String, Sendable, CaseIterable {
    /// The largest value.
    case max
    /// The mean.
    case mean
  }
  /// What is taken of a window.
  public var reduction: Reduction
  /// The size of the window along each spatial axis; empty for an adaptive pool.
  public var kernel: [Int]
  /// The window's step along each spatial axis.
  public var stride: [Int]
  /// The margin before and after each spatial axis.
  public var padding: [Int]
  /// The output's spatial sizes, where the windows follow from them.
  public var output: [Int]?
  /// Whether a window that reaches beyond the end counts.
  public var ceilMode: Bool

  /// No parameters.
  public static let fields = FieldList<Pool>(ordered: [])

  /// A pool with windows of that size; the step is the window's size unless given.
  public init(
    _ reduction: Reduction, kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil, ceilMode: Bool = false
  ) {
    self.reduction = reduction
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding ?? kernel.map { _ in 0 }
    self.ceilMode = ceilMode
  }

  /// A pool whose windows divide the input into an output of those sizes.
  public init(_ reduction: Reduction, output: [Int]) {
    self.init(reduction, kernel: [])
    self.output = output
  }

  /// `Pool`.
  public var kind: LayerKind { .pool }

  /// `Pool(.max, kernel: [3, 3], stride: [2, 2], padding: [1, 1])`.
  public var code: String {
    if let output { return "Pool(.\(reduction.rawValue), output: \(output))" }
    return Call.text(
      "Pool",
      [
        ".\(reduction.rawValue)", "kernel: \(kernel)", Call.argument("stride", stride, unless: kernel),
        Call.argument("padding", padding, unless: kernel.map { _ in 0 }),
        Call.argument("ceilMode", ceilMode, unless: false),
      ])
  }
}
