import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// What is declared to be read has an effect, and is read as what it is.
  static func sources(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    guard !subject.description.sources.isEmpty else { return .skipped("it reads nothing") }
    for fillCase in subject.cases {
      for dtype in [DType.bf16, .f16, .f64] { try requireSame(dtype, fillCase, subject, bench) }
    }
    for source in subject.description.sources { try requireEffect(source, subject, bench) }
    return .passed
  }

  /// The same numbers in another type give the same values.
  private static func requireSame(
    _ dtype: DType, _ fillCase: FillCase, _ subject: FillSubject, _ bench: Bench
  ) throws(Diagnostic) {
    bench.announcer.step("fill of \(fillCase.name) with sources of type \(dtype)")
    let offered = OfferedSources(dtype: dtype)
    let other: FillCase
    do throws(Diagnostic) { other = try bench.drawn(subject.arguments, fillCase.context, reading: offered) } catch {
      guard error.isRefusal else { throw error }
      return
    }
    // Old values are of the type that is filled.
    let stream = RandomStream(seed: 1, name: fillCase.context.name)
    let (exact, found) = (
      FillBuffer(fillCase.total, margin: fillCase.total),
      FillBuffer(fillCase.total, dtype: dtype, margin: fillCase.total)
    )
    try fillCase.fill(exact, stream: stream)
    try other.fill(found, stream: stream)
    guard let index = found.firstFarther(from: exact) else { return }
    throw Diagnostic(
      .findingSourceMisread, "what is read as \(dtype) gives other values than the same numbers in f32",
      at: "\(fillCase.name) as \(dtype)",
      expected: "element \(index): \(Decimals.text(exact.values[index])), or a refusal by check",
      found: Decimals.text(found.values[index]), notes: ["tensor_read gives f32 or f64, whatever type the source has"])
  }

  /// Other numbers in one source give other values for some tensor.
  private static func requireEffect(
    _ source: SourceDescription, _ subject: FillSubject, _ bench: Bench
  ) throws(Diagnostic) {
    bench.announcer.step("fills with other values in source '\(source.name)'")
    let offered = OfferedSources(changed: source.name)
    for fillCase in subject.cases {
      let other = try bench.drawn(subject.arguments, fillCase.context, reading: offered)
      if try other.whole() != fillCase.whole() { return }
    }
    throw Diagnostic(
      .findingSourceUnread, "the source '\(source.name)' has no effect", at: subject.description.name,
      expected: "other values where the source has others", found: "equal bits for every tensor")
  }
}
