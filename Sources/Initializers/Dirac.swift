import CallText
import Diagnostics
import Functors
import LayerVocabulary
import Tensors

/// A convolution that gives back its input: 1 at the kernel's center from each input to the same output.
///
/// With groups, each group's outputs begin with its own inputs. Channels without a counterpart are 0.
public struct Dirac: CatalogInitializer {
  /// The number of groups; nil for the layer's.
  public var groups: Int?
  /// The center of even kernels.
  public var center: KernelCenter

  /// A Dirac initializer.
  public init(groups: Int? = nil, center: KernelCenter = .upper) {
    self.groups = groups
    self.center = center
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    groups =
      try arguments.number("groups", or: "layer") == nil
      ? nil : try arguments.integer("groups", in: 1...1 << 31)
    center = try arguments.word("center")
  }

  static let described = InitializerDescriptor(
    "dirac", summary: "a convolution that gives back its input",
    formula: "W[g·out/groups + i, i, center] = 1 for i < min(in, out)/groups, else 0",
    parameters: [
      .init("groups", .word("layer"), "the layer's number of groups, or a number"),
      .init("center", .word("upper"), "of even kernels: upper, k/2, or lower, (k − 1)/2"),
    ],
    reference: "torch.nn.init.dirac_ (groups: 1); Zagoruyko and Komodakis 2017")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Dirac.described }

  /// `groups`, `center`.
  public var values: [ArgumentValue] {
    [groups.map { .number(Double($0)) } ?? .word("layer"), .word(center.rawValue)]
  }

  /// Refuses numbers of groups below 1.
  public func check() throws(Diagnostic) {
    if let groups { try require(groups > 0, "groups", Double(groups), "a whole number, at least 1") }
  }

  /// The places of the ones.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard (3...5).contains(context.shape.rank) else {
      throw unsuitable(context, expected: "a convolution's kernel, with 3 to 5 axes")
    }
    var context = context
    if let groups { context.geometry = try regrouped(context, groups) }
    let layout = try matrixLayout(for: context)
    return Draw(
      .dirac, [Draw.Number("gain", 1)] + layout.numbers + layout.centers(center, of: context.shape))
  }

  private func regrouped(_ context: ParameterContext, _ groups: Int) throws(Diagnostic) -> Geometry {
    var geometry = context.geometry ?? Geometry()
    geometry.groups = groups
    guard geometry.fits(context.shape) else {
      throw unsuitable(context, expected: "a number of outputs that \(groups) groups divide")
    }
    return geometry
  }
}

extension MatrixLayout {
  /// The numbers `center_…` of a draw: the middle of each axis of the kernel.
  func centers(_ center: KernelCenter, of shape: Shape) -> [Draw.Number] {
    shape.sizes.indices.filter { $0 != outAxis && $0 != inAxis }.map {
      Draw.Number("center_\($0)", Double(center.index(of: shape[$0])))
    }
  }
}

extension Initializer where Self == Dirac {
  /// A convolution that gives back its input.
  public static func dirac(groups: Int? = nil, center: KernelCenter = .upper) -> Dirac {
    Dirac(groups: groups, center: center)
  }
}
