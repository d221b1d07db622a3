import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// Elements in one sample.
  private static let sampleSize = 20_000
  /// What a single look must be less likely than.
  private static let limit = 1e-4

  /// Values of tensors of many names, held against what `distribution` says, with defaults and with other arguments,
  /// fans and shapes; three samples have to fail.
  static func distribution(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    var isDeclared = false
    for fillCase in subject.cases {
      if try hold(fillCase, subject.arguments, bench) { isDeclared = true }
    }
    guard isDeclared else { return .skipped("it declares no distribution of its values") }
    for arguments in variations(of: subject) {
      for fillCase in try bench.accepted(FillLaws.places(of: subject), by: arguments).cases {
        _ = try hold(fillCase, arguments, bench)
      }
    }
    return .passed
  }

  /// Other values of each parameter, two of numbers and all words.
  private static func variations(of subject: FillSubject) -> [[InitializerArgument]] {
    subject.description.parameters.flatMap { parameter in
      ArgumentGuess.others(of: parameter, in: subject.arguments, count: max(2, parameter.choices.count - 1))
    }
  }

  /// Two tensors of other fans than one another.
  private static func places(of subject: FillSubject) -> [ParameterContext] {
    let contexts = subject.cases.map(\.context).filter { $0.shape.count > 8 }
    return Array(contexts.prefix(1)) + Array(contexts.dropFirst().suffix(1))
  }

  /// Whether a distribution is declared, to which the values then have to go.
  private static func hold(
    _ fillCase: FillCase, _ arguments: [InitializerArgument], _ bench: Bench
  ) throws(Diagnostic) -> Bool {
    guard let declared = try declared(bench, arguments, fillCase.context) else { return false }
    let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    let place = "\(fillCase.name) with (\(list))"
    bench.announcer.step("samples of \(place)")
    if declared.method == .constant {
      try requireConstant(declared, fillCase, place)
    } else if let distribution = Distribution(declared), distribution.variance > 0 {
      try require(distribution, fillCase, bench, place)
    }
    return true
  }

  /// What it says that the elements are drawn from.
  static func declared(
    _ bench: Bench, _ arguments: [InitializerArgument], _ context: ParameterContext
  ) throws(Diagnostic) -> Draw? {
    let initializer = try bench.catalog().initializers.initializer(parsing: bench.text(arguments))
    return try (initializer as? PluginInitializer)?.declaredDistribution(for: context)
  }

  private static func requireConstant(_ declared: Draw, _ fillCase: FillCase, _ place: String) throws(Diagnostic) {
    let value = Float(declared["value"] ?? .nan)
    let bits = try fillCase.whole()
    guard let index = bits.firstIndex(where: { Float(bitPattern: $0) != value }) else { return }
    throw Diagnostic(
      .findingDistribution, "the values are not the constant that is declared", at: place,
      expected: "\(value)", found: "element \(index): \(Float(bitPattern: bits[index]))")
  }

  private static func require(
    _ distribution: Distribution, _ fillCase: FillCase, _ bench: Bench, _ place: String
  ) throws(Diagnostic) {
    var failures: [Goodness] = []
    for round in 0..<3 {
      let sample = try sample(fillCase, seed: bench.order.seed &* 3 &+ UInt64(round))
      let goodness = Goodness.worst(of: sample, as: distribution)
      guard goodness.p < limit else { return }
      failures.append(goodness)
    }
    throw Diagnostic(
      .findingDistribution, "the values are not of the declared distribution, \(distribution.name)", at: place,
      expected: "\(failures[0].what) \(failures[0].expected)", found: failures[0].found,
      notes: failures.map { "p = \(Decimals.text($0.p)) by its \($0.what), \(sampleSize) values" })
  }

  /// Values of as many tensors as it takes, each of a name of its own.
  private static func sample(_ fillCase: FillCase, seed: UInt64) throws(Diagnostic) -> [Double] {
    var sample: [Double] = []
    var number = 0
    while sample.count < sampleSize {
      let bits = try fillCase.whole(stream: RandomStream(seed: seed, name: "sample.\(number)"))
      sample += bits.prefix(sampleSize - sample.count).map { Double(Float(bitPattern: $0)) }
      number += 1
    }
    return sample
  }

  /// Every type of the mask, held against the float32 values rounded to it.
  static func dtypes(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let item = try bench.initializer()
    let types = [DType.f64, .f16, .bf16].filter { item.dtypes & 1 << ($0.abi ?? 0) != 0 }
    guard !types.isEmpty else { return .skipped("it writes f32 alone, and the host rounds") }
    for fillCase in try bench.fillSubject().cases {
      let stream = RandomStream(seed: 1, name: fillCase.context.name)
      let floats = FillBuffer(fillCase.total, margin: fillCase.total)
      try fillCase.fill(floats, stream: stream)
      for type in types {
        bench.announcer.step("fill of \(fillCase.name) as \(type)")
        let buffer = FillBuffer(fillCase.total, dtype: type, margin: 8 * fillCase.total + 1024)
        do throws(Diagnostic) { try fillCase.fill(buffer, stream: stream) } catch {
          guard error.isRefusal else { throw error }
          throw Diagnostic(
            .findingDtype, "a type of the mask is refused: \(error.message)", at: "\(fillCase.name) as \(type)",
            expected: "elements of \(type)", found: error.found)
        }
        try buffer.requireMargin("\(fillCase.name) as \(type)")
        try requireRounded(buffer, floats, fillCase)
      }
    }
    return .passed
  }

  private static func requireRounded(
    _ buffer: FillBuffer, _ floats: FillBuffer, _ fillCase: FillCase
  ) throws(Diagnostic) {
    guard let index = buffer.firstFarther(from: floats) else { return }
    let (found, exact) = (buffer.values, floats.values)
    throw Diagnostic(
      .findingDtype, "an element is not the float32 value in \(buffer.dtype)",
      at: "\(fillCase.name) as \(buffer.dtype)",
      expected: "element \(index): \(Decimals.text(exact[index]))", found: Decimals.text(found[index]))
  }
}
