import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// A map that gives back its input, times a gain, its outputs perhaps shifted: for matrices and convolutions.
///
/// Rectangular maps are filled up with zeros. Each packed part and group is an identity of its own.
public struct Identity: CatalogInitializer {
  /// The value on the diagonal.
  public var gain: Double
  /// By how much values are moved around, cyclically: the outputs by one number, or every axis by its own.
  public var shift: [Int]
  /// The center of even kernels.
  public var center: KernelCenter

  /// An identity initializer.
  public init(gain: Double = 1, shift: [Int] = [0], center: KernelCenter = .lower) {
    self.gain = gain
    self.shift = shift
    self.center = center
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    gain = try arguments.number("gain")
    center = try arguments.word("center")
    shift = []
    for number in try arguments.list("shift") {
      guard let step = Int(exactly: number) else {
        try require(false, "shift", number, "whole numbers")
        return
      }
      shift.append(step)
    }
  }

  static let described = InitializerDescriptor(
    "identity", aliases: ["eye", "identity_init"],
    summary: "a matrix or convolution that gives back its input",
    formula: "W[i, i, center] = gain, else 0; then moved cyclically by shift",
    parameters: [
      .init("gain", .number(1), "a finite number"),
      .init("shift", .number(0), "of the outputs: a whole number; or of every axis: numbers in brackets"),
      .init("center", .word("lower"), "of even kernels: lower, (k − 1)/2, or upper, k/2"),
    ],
    reference: "torch.nn.init.eye_; Flux.identity_init; Le, Jaitly and Hinton 2015")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Identity.described }

  /// `gain`, `shift`, `center`.
  public var values: [ArgumentValue] {
    let shifts = shift.map(Double.init)
    return [.number(gain), shifts.count == 1 ? .number(shifts[0]) : .list(shifts), .word(center.rawValue)]
  }

  /// Refuses gains that are not finite.
  public func check() throws(Diagnostic) { try requireFinite("gain", gain) }

  /// The places of the diagonal.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let shape = context.shape
    guard (2...5).contains(shape.rank) else {
      throw unsuitable(context, expected: "a matrix or a convolution's kernel, with 2 to 5 axes")
    }
    guard shift.count == 1 || shift.count == shape.rank else {
      throw unsuitable(context, expected: "as many axes as shifts, \(shift.count)")
    }
    let numbers = try agreed(context, "a map with") { geometry in
      Diagonal(
        shift.contains { $0 != 0 } ? MatrixLayout(geometry) : MatrixLayout(geometry).normalized(shape), self)
    }
    return Draw(
      .identity,
      [Draw.Number("gain", gain)] + numbers.layout.numbers + numbers.layout.centers(center, of: shape)
        + numbers.shifts)
  }

  private struct Diagonal: Equatable, CustomStringConvertible {
    let layout: MatrixLayout
    let shifts: [Draw.Number]

    init(_ layout: MatrixLayout, _ identity: Identity) {
      self.layout = layout
      let isOne = identity.shift.count == 1
      shifts = identity.shift.enumerated().filter { $0.element != 0 }.map {
        Draw.Number("shift_\(isOne ? layout.outAxis : $0.offset)", Double($0.element))
      }
    }

    var description: String { layout.description }
  }
}

extension Initializer where Self == Identity {
  /// A map that gives back its input.
  public static func identity(
    gain: Double = 1, shift: [Int] = [0], center: KernelCenter = .lower
  ) -> Identity {
    Identity(gain: gain, shift: shift, center: center)
  }
}
