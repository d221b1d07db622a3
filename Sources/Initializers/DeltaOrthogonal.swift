import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// Where the middle of an even kernel is.
public enum KernelCenter: String, Sendable, CaseIterable {
  /// The tap before the middle, `(k − 1)/2`, as in Flux and JAX.
  case lower
  /// The tap behind the middle, `k/2`, as in torch.
  case upper

  /// The index of the middle tap.
  func index(of size: Int) -> Int { self == .lower ? (size - 1) / 2 : size / 2 }
}

/// A convolution that is an orthogonal map at the kernel's center and 0 elsewhere.
///
/// Xiao et al. 2018, algorithm 1.
public struct DeltaOrthogonal: CatalogInitializer {
  /// The length of the columns.
  public var gain: Double
  /// The center of even kernels.
  public var center: KernelCenter

  /// A delta-orthogonal initializer.
  public init(gain: Double = 1, center: KernelCenter = .lower) {
    self.gain = gain
    self.center = center
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(gain: try arguments.number("gain"), center: try arguments.word("center"))
  }

  static let described = InitializerDescriptor(
    "delta_orthogonal", summary: "an orthogonal matrix at the kernel's center, 0 elsewhere",
    formula: "W[:, :, center]ᵀ·W[:, :, center] = gain²·I, Haar-distributed; 0 at all other taps",
    parameters: [
      .init("gain", .number(1), "a factor, at least 0"),
      .init("center", .word("lower"), "of even kernels: lower, (k − 1)/2, or upper, k/2"),
    ],
    reference: "Xiao et al. 2018, algorithm 1; jax.nn.initializers.delta_orthogonal")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { DeltaOrthogonal.described }

  /// `gain`, `center`.
  public var values: [ArgumentValue] { [.number(gain), .word(center.rawValue)] }

  /// Refuses gains that are negative or not finite.
  public func check() throws(Diagnostic) { try requireDeviation("gain", gain) }

  /// The draw, with the layout of the matrices and the center.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let shape = context.shape
    guard (3...5).contains(shape.rank) else {
      throw unsuitable(context, expected: "a convolution's kernel, with 3 to 5 axes")
    }
    let layout = try matrixLayout(for: context)
    let inputs = shape[layout.inAxis] / layout.inPieces
    guard layout.rows(shape) >= inputs else {
      throw unsuitable(context, expected: "at least as many outputs as inputs, \(inputs) in each group")
    }
    guard gain > 0 else { return .constant(0) }
    return Draw(
      .deltaOrthogonal, [Draw.Number("gain", gain)] + layout.numbers + layout.centers(center, of: shape))
  }
}

extension Initializer where Self == DeltaOrthogonal {
  /// An orthogonal map at the kernel's center, 0 elsewhere.
  public static func deltaOrthogonal(gain: Double = 1, center: KernelCenter = .lower) -> DeltaOrthogonal {
    DeltaOrthogonal(gain: gain, center: center)
  }
}
