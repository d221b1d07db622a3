import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// The old values made smaller, and fresh ones added: a trained network from which training goes on as from a fresh one.
///
/// Ash, Adams, "On Warm-Starting Neural Network Training", 2020, section 4.
public struct ShrinkPerturb: CatalogInitializer {
  /// The factor of the old values.
  public var shrink: Double
  /// The factor of the fresh values.
  public var perturb: Double
  /// What gives the fresh values.
  public var fresh: any Initializer

  /// `shrink`·old + `perturb`·fresh.
  public init(shrink: Double = 0.4, perturb: Double = 0.1, with fresh: any Initializer = LayerDefault()) {
    (self.shrink, self.perturb, self.fresh) = (shrink, perturb, fresh)
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    shrink = try arguments.number("shrink")
    perturb = try arguments.number("perturb")
    fresh = try arguments.initializer("with")
  }

  static let described = InitializerDescriptor(
    "shrink_perturb", summary: "the old values made smaller, and fresh values added",
    formula: "w ← shrink·w + perturb·p",
    parameters: [
      .init("shrink", .number(0.4), "factor of the old values"),
      .init("perturb", .number(0.1), "factor of the fresh values"),
      .init("with", .word("default"), "the initializer of the fresh values"),
    ],
    reference: "Ash, Adams, On Warm-Starting Neural Network Training, 2020, section 4", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { ShrinkPerturb.described }

  /// `shrink`, `perturb`, `with`.
  public var values: [ArgumentValue] { [.number(shrink), .number(perturb), .word(fresh.description)] }

  /// Whether that of the fresh values does.
  public var usesFans: Bool { fresh.usesFans }

  /// Equal if they print the same.
  public static func == (a: ShrinkPerturb, b: ShrinkPerturb) -> Bool { a.values == b.values }

  /// Refuses NaN and infinities.
  public func check() throws(Diagnostic) {
    try requireFinite("shrink", shrink)
    try requireFinite("perturb", perturb)
  }

  /// The old values, the other draw, and the factors; one of the two alone where that is all there is.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let old = try oldValues(of: context)
    guard perturb != 0 else {
      return shrink == 1 ? Draw(.copy).reading(old) : Draw(.scale, [.init("by", shrink)]).reading(old)
    }
    let other = try fresh.draw(for: context)
    guard (shrink, perturb) != (0, 1) else { return other }
    return Draw(.shrinkPerturb, [.init("shrink", shrink), .init("perturb", perturb)]).changing(other).reading(old)
  }
}

/// Fresh values with the mean and the standard deviation that the old ones have.
///
/// Whoever resets a layer of a trained network so leaves the scale of what it computes as it is.
public struct MatchOld: CatalogInitializer {
  /// What gives the fresh values.
  public var fresh: any Initializer

  /// Fresh values with the old mean and deviation.
  public init(with fresh: any Initializer = Normal(std: 1)) { self.fresh = fresh }

  init(_ arguments: Arguments) throws(Diagnostic) { fresh = try arguments.initializer("with") }

  static let described = InitializerDescriptor(
    "match_old", summary: "fresh values with the mean and standard deviation of the old ones",
    formula: "w ← mean(w) + std(w)·(p − mean(p))/std(p)",
    parameters: [.init("with", .word("normal"), "the initializer of the fresh values")],
    reference: "moment matching: both moments are those of the tensor, exact but for rounding", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { MatchOld.described }

  /// `with`.
  public var values: [ArgumentValue] {
    [.word(fresh.description)]
  }

  /// Whether that of the fresh values does.
  public var usesFans: Bool { fresh.usesFans }

  /// Equal if they print the same.
  public static func == (a: MatchOld, b: MatchOld) -> Bool { a.values == b.values }

  /// The old values and the other draw.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let other = try fresh.draw(for: context)
    return Draw(.matchOld).changing(other).reading(try context.source("old", .old))
  }
}

extension Initializer where Self == ShrinkPerturb {
  /// The old values made smaller, and fresh ones added; see ``ShrinkPerturb``.
  public static func shrinkPerturb(
    shrink: Double = 0.4, perturb: Double = 0.1, with fresh: any Initializer = LayerDefault()
  ) -> ShrinkPerturb { ShrinkPerturb(shrink: shrink, perturb: perturb, with: fresh) }
}

extension Initializer where Self == MatchOld {
  /// Fresh values with the mean and the standard deviation that the old ones have.
  public static func matchOld(with fresh: any Initializer = Normal(std: 1)) -> MatchOld { MatchOld(with: fresh) }
}
