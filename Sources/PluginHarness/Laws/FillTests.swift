import Diagnostics

extension PluginTest {
  /// What is asked of each initializer.
  static let fillTests: [PluginTest] = fillsAtAll + fillsHonestly + fillsRobustly + fillsCertified

  private static func fill(
    _ id: String, _ tier: Tier, _ proves: String, _ code: ErrorCode, after requires: [String], crash: ErrorCode? = nil,
    reference: String? = nil, _ body: @escaping @Sendable (Bench) throws(Diagnostic) -> Verdict
  ) -> PluginTest {
    PluginTest(
      "init.\(id)", tier, .initializer, proves, code, requires: requires.map { "init.\($0)" }, crash: crash,
      reference: reference.map { "init.\($0)" }, body: body)
  }

  private static let fillsAtAll = [
    PluginTest(
      "init.fill", .works, .initializer, "matrices, kernels or vectors are filled: every element, all finite",
      .findingUnwritten, requires: ["load.entry"], body: FillLaws.fill),
    fill(
      "empty", .works, "ranges and tensors without elements are no error", .findingEmpty, after: ["fill"],
      crash: .findingEmpty, FillLaws.empty),
  ]

  private static let fillsHonestly = [
    fill(
      "range", .honest, "nothing outside of a range is written, and old values are not seen", .findingOutside,
      after: ["fill"], FillLaws.range),
    fill(
      "refusals", .honest, "what is refused is refused with a reason", .findingSilent, after: ["fill"],
      FillLaws.refusals),
    fill(
      "repeat", .honest, "the same call gives the same bits again", .findingNotRepeatable, after: ["range"],
      FillLaws.repeated),
    fill(
      "processes", .honest, "another process gives the same bits", .findingProcessDependent, after: ["repeat"],
      reference: "repeat", FillLaws.repeated),
    fill(
      "shards", .honest, "any partition of a tensor gives the bits of the whole", .findingShards, after: ["processes"],
      FillLaws.shards),
    fill(
      "streams", .honest, "the seed and the tensor's name both tell tensors apart, or neither does", .findingSeed,
      after: ["shards"], FillLaws.streams),
    fill(
      "parameters", .honest, "each parameter has an effect, unless it says that it may have none", .findingParameter,
      after: ["history"], FillLaws.parameters),
    fill(
      "fans", .honest, "fans come from the layer's axes", .findingFans, after: ["history"], FillLaws.fans),
    fill(
      "sources", .honest, "what is read has an effect, whatever type it has", .findingSourceMisread, after: ["shards"],
      FillLaws.sources),
    fill(
      "distribution", .honest, "the values are of the declared distribution", .findingDistribution,
      after: ["fans", "streams"], FillLaws.distribution),
    fill(
      "independence", .honest, "elements of a declared distribution are drawn independently", .findingDependent,
      after: ["distribution"], FillLaws.independence),
    fill(
      "dtypes", .honest, "each declared element type holds the rounded values", .findingDtype, after: ["shards"],
      crash: .findingDtype, FillLaws.dtypes),
    fill(
      "threads", .honest, "many threads at once give the bits of one", .findingNotReentrant, after: ["shards"],
      FillLaws.threads),
    fill(
      "parallel", .honest, "bodies of parallel on several threads give the bits of one", .findingNotReentrant,
      after: ["shards"], FillLaws.parallel),
    fill(
      "first", .honest, "threads whose calls are the first ones get the bits of one", .findingNotReentrant,
      after: ["shards"], FillLaws.first),
    fill(
      "interleaved", .honest, "calls with other arguments in between change nothing", .findingSharedState,
      after: ["threads"], FillLaws.interleaved),
    fill(
      "history", .honest, "other arguments, tensors and seeds before change nothing", .findingSharedState,
      after: ["interleaved"], FillLaws.history),
  ]

  private static let fillsRobustly = [
    fill(
      "guard", .robust, "pages before and after the range are never touched", .findingOutside, after: ["shards"],
      FillLaws.guardPages),
    fill(
      "offsets", .robust, "offsets past 2^32 are right", .findingPast32Bits,
      after: ["guard", "streams", "independence"], crash: .findingPast32Bits, FillLaws.offsets),
    fill(
      "large", .robust, "tensors of up to ten million elements are right, as a whole and in pieces", .findingPast32Bits,
      after: ["guard"], crash: .findingPast32Bits, FillLaws.large),
    fill(
      "fuzz", .robust, "strange parameters and shapes are refused, or filled with finite numbers", .findingLateRefusal,
      after: ["guard", "empty"], FillLaws.fuzz),
    fill(
      "failures", .robust, "a service that fails makes the call fail, and nothing else", .findingFailureIgnored,
      after: ["guard"], crash: .findingFailureIgnored, FillLaws.failures),
    fill(
      "services", .robust, "it does without optional services", .findingServiceNeeded, after: ["guard"],
      crash: .findingServiceNeeded, FillLaws.services),
    fill(
      "cancel", .robust, "a call that is told to stop comes back", .findingHung, after: ["guard"], FillLaws.cancel),
    fill(
      "stack", .robust, "256 KiB of stack are enough", .findingStack, after: ["guard"], crash: .findingStack,
      FillLaws.stack),
  ]

  private static let fillsCertified = [
    fill(
      "hosts", .certified, "a newer host changes nothing", .findingHostVersion, after: ["guard"],
      crash: .findingHostVersion, FillLaws.hosts),
    fill(
      "memory", .certified, "memory does not grow with the number of calls", .findingMemory, after: ["guard"],
      FillLaws.memory),
    fill(
      "stress", .certified, "a hundred rounds of threads, shards and streams at once", .findingNotReentrant,
      after: ["threads", "interleaved"], FillLaws.stress),
  ]
}

/// The laws of initializers.
enum FillLaws {}
