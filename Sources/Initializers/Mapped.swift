import CallText
import Diagnostics
import Glibc
import LayerVocabulary
import Tensors

/// A function of each value that another initializer gives: `inverse_softplus(log_uniform(0.001, 0.1))`.
///
/// The other one is `uniform`, `log_uniform`, `range`, `linspace`, a constant, or such a function.
public struct Mapped: Initializer {
  /// The function.
  public enum Function: String, Sendable, CaseIterable {
    /// The natural logarithm.
    case logarithm
    /// x with softplus(x) = y: how a bias begins whose softplus is a time step (Gu, Dao, "Mamba", 2023).
    case inverseSoftplus = "inverse_softplus"

    func callAsFunction(_ y: Double) -> Double {
      switch self {
      case .logarithm: log(y)
      // log(exp(y) − 1), without overflow.
      case .inverseSoftplus: y + log(-expm1(-y))
      }
    }

    var descriptor: InitializerDescriptor {
      let parameter = CallParameter("of", nil, "an initializer: uniform, log_uniform, range, linspace")
      switch self {
      case .logarithm:
        return InitializerDescriptor(
          "logarithm", summary: "logarithms of another initializer's values", formula: "w = log(y), y as said",
          parameters: [parameter], reference: "Gu, Dao, Mamba, 2023: A_log")
      case .inverseSoftplus:
        return InitializerDescriptor(
          "inverse_softplus", summary: "what softplus makes another initializer's values of",
          formula: "w = log(exp(y) − 1), y as said", parameters: [parameter], reference: "Gu, Dao, Mamba, 2023: dt_bias"
        )
      }
    }
  }

  /// The function.
  public let function: Function
  /// What gives its arguments.
  public let inner: any Initializer

  init(_ function: Function, _ arguments: Arguments) throws(Diagnostic) {
    guard case .word(let text) = arguments["of"] else {
      throw arguments.wrongKind("of", expected: "an initializer, such as uniform(1, 16)")
    }
    self.function = function
    inner = try InitializerRegistry.standard.initializer(parsing: text)
  }

  /// That of the function.
  public var descriptor: InitializerDescriptor { function.descriptor }

  /// The other initializer, as a word.
  public var arguments: [InitializerArgument] { [InitializerArgument("of", .word(inner.description))] }

  /// As it is written.
  public var description: String { "\(function.rawValue)(\(inner))" }

  /// The other's draw, with the function behind it.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` for an initializer of which no functions are taken,
  ///   ``Diagnostics/ErrorCode/argumentOutOfRange`` where it gives what has no value.
  public func draw(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.shape.count > 0 else { return .constant(0) }
    try requireType(context, isConstant: false)
    let draw = try inner.draw(for: context)
    let mapped: Draw
    switch draw.method {
    case .constant: mapped = .constant(function(draw["value"] ?? .nan))
    case .uniform:
      mapped = Draw(.mapped, [.init("source", 0)] + draw.numbers + [.init(function.rawValue, 1)])
    case .mapped where draw[function.rawValue] == nil:
      mapped = Draw(.mapped, draw.numbers + [.init(function.rawValue, 1)])
    default:
      throw Diagnostic(
        .argumentKind, "'\(descriptor.name)' cannot be taken of '\(inner)'", at: context.name,
        expected: "uniform, log_uniform, range, linspace, or another function of these")
    }
    guard mapped.mappedEnds(context.shape).allSatisfy({ $0.isFinite && context.dtype.holds($0) }) else {
      throw Diagnostic(
        .argumentOutOfRange, "'\(self)' has values that '\(context.dtype)' does not hold", at: context.name,
        expected: "arguments above 0, from which the function is finite")
    }
    return mapped
  }
}

/// Uniform in the logarithm: as many values between 0.001 and 0.01 as between 0.01 and 0.1.
public struct LogUniform: CatalogInitializer {
  /// The smallest value.
  public var low: Double
  /// The bound above all values.
  public var high: Double
  /// What values are at least, after they were drawn.
  public var floor: Double

  init(_ arguments: Arguments) throws(Diagnostic) {
    low = try arguments.number("low")
    high = try arguments.number("high")
    floor = try arguments.number("floor")
  }

  static let described = InitializerDescriptor(
    "log_uniform", aliases: ["loguniform"], summary: "uniform in the logarithm between two bounds",
    formula: "w = max(exp(u), floor), u ~ U[log(low), log(high))",
    parameters: [
      .init("low", nil, "above 0", takesNumbersAlone: true),
      .init("high", nil, "at least low", takesNumbersAlone: true),
      .init("floor", .number(0), "values below become this"),
    ],
    reference: "scipy.stats.loguniform; Gu, Dao, Mamba, 2023: time steps")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { LogUniform.described }

  /// `low`, `high`, `floor`.
  public var values: [ArgumentValue] { [.number(low), .number(high), .number(floor)] }

  /// Refuses bounds that have no logarithm, or are in the wrong order.
  public func check() throws(Diagnostic) {
    try require(low > 0 && low.isFinite, "low", low, "a finite number above 0")
    try require(high >= low && high.isFinite, "high", high, "a finite number, at least low")
    try requireFinite("floor", floor)
  }

  /// A uniform draw of logarithms, and their exponentials.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    var numbers: [Draw.Number] = [
      .init("source", 0), .init("low", log(low)), .init("high", log(high)), .init("exp", 1),
    ]
    if floor > 0 { numbers.append(.init("floor", floor)) }
    return Draw(.mapped, numbers)
  }
}

/// Whole numbers along an axis: start, start + 1, and so on.
public struct IndexRange: CatalogInitializer {
  /// The first.
  public var start: Double
  /// The axis; a negative one counts from the end.
  public var axis: Int

  init(_ arguments: Arguments) throws(Diagnostic) {
    start = try arguments.number("start")
    axis = try arguments.integer("axis", in: -8...7)
  }

  static let described = InitializerDescriptor(
    "range", aliases: ["arange"], summary: "whole numbers along an axis", formula: "w = start + index along the axis",
    parameters: [
      .init("start", .number(0), "the first number"), .init("axis", .number(-1), "the axis; negative from the end"),
    ],
    reference: "torch.arange; Gu et al., S4D, 2022: A_log is its logarithm")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { IndexRange.described }

  /// `start`, `axis`.
  public var values: [ArgumentValue] { [.number(start), .number(Double(axis))] }

  /// Refuses what is no number.
  public func check() throws(Diagnostic) { try requireFinite("start", start) }

  /// The numbers along that axis.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` for a tensor without it.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let rank = context.shape.rank
    let axis = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(axis) else { throw unsuitable(context, expected: "an axis \(self.axis)") }
    return Draw(.mapped, [.init("source", 1), .init("start", start), .init("axis", Double(axis))])
  }
}

/// Places between two numbers along an axis, evenly or along a power: start + (stop − start) · (i/n)^exponent.
public struct Linspace: CatalogInitializer {
  /// The first value.
  public var start: Double
  /// The last one; without ``endpoint`` the one that would follow.
  public var stop: Double
  /// The power of the place: 1 is even, above 1 the steps grow.
  public var exponent: Double
  /// Whether ``stop`` is the last value.
  public var endpoint: Bool
  /// The axis; a negative one counts from the end.
  public var axis: Int

  init(_ arguments: Arguments) throws(Diagnostic) {
    start = try arguments.number("start")
    stop = try arguments.number("stop")
    exponent = try arguments.number("exponent")
    endpoint = try arguments.integer("endpoint", in: 0...1) == 1
    axis = try arguments.integer("axis", in: -8...7)
  }

  static let described = InitializerDescriptor(
    "linspace", summary: "places between two numbers along an axis",
    formula: "w = start + (stop − start)·(i/n)^exponent, n the size of the axis, less 1 with the endpoint",
    parameters: [
      .init("start", nil, "the first value", takesNumbersAlone: true),
      .init("stop", nil, "the last value", takesNumbersAlone: true),
      .init("exponent", .number(1), "above 0; 1 is even"),
      .init("endpoint", .number(1), "0 leaves the last value out"),
      .init("axis", .number(-1), "the axis; negative from the end"),
    ],
    reference: "numpy.linspace; Peng et al., RWKV, 2023: decays and mixing vectors")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Linspace.described }

  /// `start`, `stop`, `exponent`, `endpoint`, `axis`.
  public var values: [ArgumentValue] {
    [.number(start), .number(stop), .number(exponent), .number(endpoint ? 1 : 0), .number(Double(axis))]
  }

  /// Refuses what is no number, and powers that are not above 0.
  public func check() throws(Diagnostic) {
    try requireFinite("start", start)
    try requireFinite("stop", stop)
    try require(exponent > 0 && exponent.isFinite, "exponent", exponent, "a finite number above 0")
  }

  /// The numbers along that axis.
  /// - Throws: ``Diagnostics/ErrorCode/unsuitableShape`` for a tensor without it.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let rank = context.shape.rank
    let axis = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(axis) else { throw unsuitable(context, expected: "an axis \(self.axis)") }
    return Draw(
      .mapped,
      [
        .init("source", 2), .init("start", start), .init("axis", Double(axis)), .init("stop", stop),
        .init("exponent", exponent), .init("endpoint", endpoint ? 1 : 0),
      ])
  }
}

extension Draw {
  /// How many numbers say what is mapped; functions, in order, are behind them.
  private var mappedSource: Int { self["source"] == 2 ? 6 : 3 }

  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit the shape.
  func checkMapped(_ shape: Shape) throws(Diagnostic) {
    let source = try integer("source", in: 0...2)
    if source > 0 {
      _ = try integer("axis", in: 0...max(0, shape.rank - 1))
      guard shape.rank > 0, try number("start").isFinite else { throw malformed("\(shape)") }
      if source == 2 { try checkLinspace() }
    } else {
      let (low, high) = (try number("low"), try number("high"))
      guard low <= high, Float(low).isFinite, Float(high).isFinite else { throw malformed("\(low) to \(high)") }
    }
    for step in numbers.dropFirst(mappedSource)
    where step.name != "exp" && step.name != "floor" && Mapped.Function(rawValue: step.name) == nil {
      throw malformed("a function '\(step.name)'")
    }
  }

  private func checkLinspace() throws(Diagnostic) {
    let (stop, exponent) = (try number("stop"), try number("exponent"))
    _ = try integer("endpoint", in: 0...1)
    guard stop.isFinite, exponent > 0, exponent.isFinite else { throw malformed("\(stop), \(exponent)") }
  }

  /// The source's value at a place of the axis, whose size is given.
  private func place(_ index: Int, of size: Int) -> Double {
    let start = self["start"] ?? .nan
    guard let stop = self["stop"] else { return start + Double(index) }
    let steps = self["endpoint"] == 1 ? max(1, size - 1) : size
    return start + (stop - start) * pow(Double(index) / Double(steps), self["exponent"] ?? .nan)
  }

  /// A value after all functions.
  private func mapped(_ value: Double) -> Double {
    numbers.dropFirst(mappedSource).reduce(value) { value, step in
      switch step.name {
      case "exp": exp(value)
      case "floor": max(value, step.value)
      default: Mapped.Function(rawValue: step.name)?(value) ?? .nan
      }
    }
  }

  /// The values at the ends: all functions grow.
  func mappedEnds(_ shape: Shape) -> [Double] {
    guard method == .mapped else { return [self["value"] ?? .nan] }
    if let low = self["low"], let high = self["high"] { return [mapped(low), mapped(high)] }
    let size = shape[Int(self["axis"] ?? 0)]
    return [mapped(place(0, of: size)), mapped(place(size - 1, of: size))]
  }

  /// Values of the system's exp and log, computed in double precision.
  /// - Parameter first: the element that the first of the values is.
  package func writeMapped(
    _ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ stream: RandomStream, from first: Int = 0
  ) throws(Diagnostic) {
    if let low = self["low"], let high = self["high"] {
      stream.uniform(values, from: first, low: Float(low), high: Float(high))
      for index in values.indices { values[index] = Float(mapped(Double(values[index]))) }
    } else {
      let axis = try integer("axis", in: 0...max(0, shape.rank - 1))
      let (stride, size) = (shape.strides[axis], shape[axis])
      let line = (0..<size).map { Float(mapped(place($0, of: size))) }
      for index in values.indices { values[index] = line[(first + index) / stride % size] }
    }
  }
}
