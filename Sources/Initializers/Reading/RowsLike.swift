import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// Rows that are all the mean of others: how new words begin that are to disturb a language model least.
///
/// Hewitt, "Initializing New Word Embeddings for Pretrained Language Models", 2021: with n old words, the divergence from the
/// old predictions is at most log(1 + 1/n) for one new word.
public struct MeanOf: CatalogInitializer {
  /// Which rows.
  public var rows: RowSource

  /// The mean of those rows.
  public init(_ rows: RowSource = .old) { self.rows = rows }

  init(_ arguments: Arguments) throws(Diagnostic) { rows = try RowSource(arguments) }

  static let described = InitializerDescriptor(
    "mean_of", summary: "in every row the mean of other rows", formula: "w_r = (1/n)·Σ_k v_k",
    parameters: RowSource.parameters,
    reference: "Hewitt, Initializing New Word Embeddings for Pretrained Language Models, 2021", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { MeanOf.described }

  /// `rows`, `from`, `tensor`.
  public var values: [ArgumentValue] { rows.values }

  /// The rows.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    Draw(.meanOf).reading(try rows.source(for: context, self))
  }
}

/// Rows drawn from a normal distribution with the mean and the covariance of other rows.
///
/// Hewitt 2021, whose new embeddings it is.
public struct NormalLike: CatalogInitializer {
  /// How much of the covariance there is.
  public enum Covariance: String, Sendable, CaseIterable {
    /// Each column by itself.
    case diagonal
    /// All of it.
    case full
  }

  /// Which rows.
  public var rows: RowSource
  /// How much of their covariance.
  public var covariance: Covariance
  /// A factor of the deviations from the mean.
  public var scale: Double

  /// Normal rows with the moments of others.
  public init(_ rows: RowSource = .old, covariance: Covariance = .full, scale: Double = 1) {
    (self.rows, self.covariance, self.scale) = (rows, covariance, scale)
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    rows = try RowSource(arguments)
    covariance = try arguments.word("cov")
    scale = try arguments.number("scale")
  }

  static let described = InitializerDescriptor(
    "normal_like", summary: "normal rows with the mean and covariance of other rows",
    formula: "w_r ~ N(μ, scale²·Σ), μ = (1/n)·Σ_k v_k, Σ = (1/n)·Σ_k (v_k − μ)(v_k − μ)ᵀ, or its diagonal",
    parameters: RowSource.parameters + [
      .init("cov", .word("full"), "full, or diagonal: each column by itself"),
      .init("scale", .number(1), "a factor of the standard deviations, at least 0"),
    ],
    reference: "Hewitt, Initializing New Word Embeddings for Pretrained Language Models, 2021", reads: ["old values"])

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { NormalLike.described }

  /// `rows`, `from`, `tensor`, `cov`, `scale`.
  public var values: [ArgumentValue] { rows.values + [.word(covariance.rawValue), .number(scale)] }

  /// Refuses what is no factor of a standard deviation.
  public func check() throws(Diagnostic) { try requireDeviation("scale", scale) }

  /// The rows, and what is wanted of their moments.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    Draw(.normalLike, [.init("covariance", covariance == .full ? 1 : 0), .init("scale", scale)])
      .reading(try rows.source(for: context, self))
  }
}

/// The rows (along the first axis) whose moments an initializer takes.
public struct RowSource: Sendable, Equatable {
  /// Which of them.
  public enum Choice: String, Sendable, CaseIterable {
    /// All, as they were.
    case old
    /// Those outside of the part that is filled.
    case rest
  }
  /// Which of the tensor's own.
  public var choice: Choice
  /// A checkpoint, or the path of another tensor; the tensor's own rows where it is empty.
  public var from: String
  /// The tensor of that checkpoint; the one of the same name where that is empty.
  public var tensor: String

  /// All rows as they were.
  public static let old = RowSource(choice: .old, from: "", tensor: "")

  /// The rows outside of the part that is filled.
  public static let rest = RowSource(choice: .rest, from: "", tensor: "")

  /// All rows of another tensor.
  public static func rows(from: String, tensor: String = "") -> RowSource {
    RowSource(choice: .old, from: from, tensor: tensor)
  }

  static let parameters: [CallParameter] = [
    .init("rows", .word("old"), "old: all, as they were; rest: those outside of the part that is filled"),
    .init("from", .word(""), "a checkpoint, or another tensor's path, to take the rows of"),
    .init("tensor", .word(""), "the checkpoint's tensor; by default the one of the same name"),
  ]

  var values: [ArgumentValue] { [.word(choice.rawValue), .word(from), .word(tensor)] }

  private init(choice: Choice, from: String, tensor: String) {
    (self.choice, self.from, self.tensor) = (choice, from, tensor)
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    choice = try arguments.word("rows")
    from = try arguments.text("from", expected: "a checkpoint or the path of a tensor")
    tensor = try arguments.text("tensor", expected: "the path of a tensor")
  }

  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` for rows of another length, or none.
  func source(for context: ParameterContext, _ initializer: some Initializer) throws(Diagnostic) -> DrawSource {
    let reference = from.isEmpty ? SourceReference.old : SourceReference(from, tensor: tensor)
    var source = try context.source("rows", reference)
    guard context.shape.rank >= 1 else { throw initializer.unsuitable(context, expected: "rows") }
    guard source.shape.count > 0, source.shape.sizes.dropFirst() == context.shape.sizes.dropFirst() else {
      throw Diagnostic(
        .unsuitableShape, "the rows of '\(source)' are not as those of '\(context.name)'", at: context.name,
        expected: "rows of \(Shape(Array(context.shape.sizes.dropFirst())))", found: "\(source.shape)")
    }
    if choice == .rest { source.rows = try rest(of: context, initializer) }
    return source
  }

  /// The rows outside of what is filled.
  private func rest(of context: ParameterContext, _ initializer: some Initializer) throws(Diagnostic) -> [Range<Int>] {
    guard let part = context.part, from.isEmpty, let filled = part.region.wholeRows(in: part.whole) else {
      throw initializer.unsuitable(context, expected: "a part that is whole rows, as in [50257:] or [rows where zero]")
    }
    var (rest, place): ([Range<Int>], Int) = ([], 0)
    for range in filled + [part.whole[0]..<part.whole[0]] {
      if range.lowerBound > place { rest.append(place..<range.lowerBound) }
      place = max(place, range.upperBound)
    }
    guard !rest.isEmpty else { throw initializer.unsuitable(context, expected: "rows outside of the part") }
    return rest
  }
}

extension Region {
  /// The rows that this is, in order; nil where it is none, or not all of some.
  fileprivate func wholeRows(in shape: Shape) -> [Range<Int>]? {
    switch elements {
    case .rows(let rows): return rows
    case .box(let slices):
      let isWhole = zip(slices, shape.sizes).dropFirst().allSatisfy { $0.start == 0 && $0.count == $1 && $0.step == 1 }
      guard isWhole, let rows = slices.first else { return nil }
      guard rows.step > 1 else { return [rows.start..<rows.start + rows.count] }
      return (0..<rows.count).map { rows.start + $0 * rows.step..<rows.start + $0 * rows.step + 1 }
    case .all, .mask: return nil
    }
  }
}

extension Initializer where Self == MeanOf {
  /// In every row the mean of others.
  public static func meanOf(_ rows: RowSource = .old) -> MeanOf { MeanOf(rows) }
}

extension Initializer where Self == NormalLike {
  /// Normal rows with the moments of others.
  public static func normalLike(
    _ rows: RowSource = .old, covariance: NormalLike.Covariance = .full, scale: Double = 1
  ) -> NormalLike { NormalLike(rows, covariance: covariance, scale: scale) }
}
