/// `R0930` on: what a test finds of an initializer.
let fillFindings: [Code] = [
  .findingDefaults, .findingUnwritten, .findingNotFinite, .findingNotRepeatable, .findingProcessDependent,
  .findingShards, .findingSeed, .findingName, .findingParameter, .findingDistribution, .findingFans,
  .findingOutside, .findingOldValues, .findingEmpty, .findingPast32Bits, .findingDtype, .findingLateRefusal,
]

extension Code {
  /// An initializer fills nothing with its defaults.
  public static let findingDefaults = Code(
    "R0930", .no, "an initializer fills nothing with its defaults",
    cause: """
      Matrices, kernels of several sizes, vectors and scales were offered, with its defaults, and all were \
      refused.
      """,
    fix: """
      Give defaults that fit usual weights. What is made for special tensors, or has parameters without a \
      default, is told to the tests by --with.
      """,
    advice: Advice(
      c: "Look at check: the text that the finding quotes is its own.",
      cxx: "Look at check: the text that the finding quotes is its own.",
      rust: "Look at check: the text that the finding quotes is its own.",
      swift: "Look at check: the text that the finding quotes is its own."))

  /// An initializer leaves elements unwritten.
  public static let findingUnwritten = Code(
    "R0931", .no, "an initializer leaves elements unwritten",
    cause: """
      Elements of the range had the value that was in the memory before. Memory is not zeroed: users get what \
      was there.
      """,
    fix: "Write each of out[0] to out[count - 1], zeros included.",
    advice: Advice(
      c: "Loop to f->count, and handle the rest of blocks of 4 or 8.",
      cxx: "Loop over range.out().",
      rust: "Loop over the slice that fill is given.",
      swift: "Loop over range.out.indices."))

  /// An initializer writes what is not finite.
  public static let findingNotFinite = Code(
    "R0932", .no, "an initializer writes what is not finite",
    cause: """
      NaN or infinity was written for a tensor and parameters that had been accepted: a division by a size that \
      is 0, the root of a negative number, an overflow.
      """,
    fix: "Refuse such combinations in check, or give parameters a range that keeps them out.",
    advice: Advice(
      c: """
        RI_PARAM_MIN and RI_PARAM_MAX in the parameter; in check return host->fail(f->call, RI_INVALID, …).
        """,
      cxx: ".min(…), .above(…) and .max(…) of ri::param; throw in check.",
      rust: ".min(…), .above(…) and .max(…) of Param; Err in check.",
      swift: ".atLeast, .above and .between for parameters; throw in check."))

  /// An initializer is not repeatable.
  public static let findingNotRepeatable = Code(
    "R0933", .no, "an initializer is not repeatable",
    cause: """
      The same call gave other bits when it was made again: rand(), a counter, memory that was never written.
      """,
    fix: "Draw from the stream that the call is given, by the element's index.",
    advice: Advice(
      c: "host->random_normal(&f->random, f->offset, f->count, …) instead of rand(); initialize buffers.",
      cxx: "range.normal or range.random() instead of std::mt19937 and std::random_device.",
      rust: "range.random() instead of the crate rand.",
      swift: "range.random instead of Float.random and SystemRandomNumberGenerator."))

  /// Results depend on the process.
  public static let findingProcessDependent = Code(
    "R0934", .no, "results depend on the process",
    cause: """
      Another process, a second later, with another environment and other addresses, came to other bits: the \
      time, the process's number, an address, a variable, the seed of a hash table.
      """,
    fix: "Compute from arguments, seed and name alone.",
    advice: Advice(
      c: "No time(), getpid(), getenv() or pointers as numbers.",
      cxx: "No std::chrono clocks, no order of std::unordered_map or of pointers.",
      rust: "HashMap is seeded anew in each process: use BTreeMap or Vec where the order matters.",
      swift: "Hasher, Set and Dictionary are seeded anew in each process: sort keys, or use arrays."))

  /// An initializer breaks the shard law.
  public static let findingShards = Code(
    "R0935", .no, "an initializer breaks the shard law",
    cause: """
      Filled in pieces, a tensor has other bits than filled at once. Typically the offset is ignored, a pair of \
      values is made of neighbors that a cut separates, or something is computed over the range.
      """,
    fix: """
      Make element i of the tensor from i alone: index = offset + position in the range. What needs the whole \
      tensor declares itself whole.
      """,
    advice: Advice(
      c: """
        Pass f->offset to the random functions; for pairs draw pair i/2 and take the half that i asks for; \
        RI_INITIALIZER_WHOLE asks for the tensor at once.
        """,
      cxx: """
        range.normal, uniform and truncated_normal do it; with random() begin at range.offset(); \
        RI_INITIALIZER_WHOLE in .flags.
        """,
      rust: "Begin at range.offset(); .whole() asks for the tensor at once.",
      swift: """
        range.normal, uniform and truncatedNormal do it; with random begin at range.offset; .whole asks for the \
        tensor at once.
        """))

  /// An initializer ignores the seed.
  public static let findingSeed = Code(
    "R0936", .no, "an initializer ignores the seed",
    cause: """
      The values depend on the tensor's name and not on the seed: every run is the same, whatever the user says.
      """,
    fix: "Draw from the stream that is given, whose seed and name both count.",
    advice: Advice(
      c: "Use &f->random as it is; hash f->path only for what is not chance.",
      cxx: "Use range.random().",
      rust: "Use range.random().",
      swift: "Use range.random."))

  /// An initializer ignores the tensor's name.
  public static let findingName = Code(
    "R0937", .no, "an initializer ignores the tensor's name",
    cause: "The values depend on the seed and not on the tensor's name: all tensors of one shape begin alike.",
    fix: "Draw from the stream that is given, whose seed and name both count.",
    advice: Advice(
      c: "Use &f->random as it is, not its seed for a generator of your own.",
      cxx: "Use range.random().",
      rust: "Use range.random().",
      swift: "Use range.random."))

  /// A parameter has no effect.
  public static let findingParameter = Code(
    "R0938", .no, "a parameter has no effect",
    cause: """
      Other values of the parameter gave equal bits for every tensor that was tried, under every word and switch \
      of the others. Probably it is read under another index, or not at all.
      """,
    fix: "Use it, remove it, or say that it may have no effect.",
    advice: Advice(
      c: """
        Parameters come in the descriptor's order, in f->params; RI_PARAM_MAY_HAVE_NO_EFFECT says that it is \
        meant.
        """,
      cxx: "Look at the member that ri::param names; .may_have_no_effect() says that it is meant.",
      rust: "Look at the name in params; .may_have_no_effect() says that it is meant.",
      swift: "Look at the name in Arguments; .withoutEffectAtTimes() says that it is meant."))

  /// The values are not of the declared distribution.
  public static let findingDistribution = Code(
    "R0939", .no, "the values are not of the declared distribution",
    cause: """
      Mean, variance or shape of 20,000 values did not go with what distribution says, for three independent \
      seeds, each with a probability below 1 in 10,000. Typical: a variance where a deviation was meant, half a \
      width where a width was, no truncation.
      """,
    fix: "Make fill and distribution say the same; std of a truncated normal is the one before truncation.",
    advice: Advice(
      c: "With distribution alone, and fill left NULL, the host draws the values itself.",
      cxx: "With distribution alone, and no fill, the host draws the values itself.",
      rust: "With distribution alone, and no fill, the host draws the values itself.",
      swift: "With distribution(of:) alone, and no fill, the host draws the values itself."))

  /// An initializer does not follow the fans.
  public static let findingFans = Code(
    "R0940", .no, "an initializer does not follow the fans",
    cause: """
      It declares that it needs fans, and layers of one shape and different fans (transposed, grouped, packed) \
      got equal values; or a mode that names one fan followed the other. Probably it computes fans from the \
      shape.
      """,
    fix: "Take the fans that the call is given: the layer knows groups and orientation, the shape does not.",
    advice: Advice(
      c: "f->fan_in and f->fan_out instead of products of f->shape.",
      cxx: "range.fan_in() and range.fan_out() instead of range.shape().",
      rust: "range.fan_in() and range.fan_out() instead of range.shape().",
      swift: "range.fanIn and range.fanOut instead of range.shape."))

  /// An initializer touches memory outside of its range.
  public static let findingOutside = Code(
    "R0941", .no, "an initializer touches memory outside of its range",
    cause: """
      Memory before or behind the range was written, or read. Typical: total instead of count, an element more, \
      blocks of 8 at the end.
      """,
    fix: "Stay within out[0] to out[count - 1].",
    advice: Advice(
      c: "f->count is the length of f->out, f->total that of the tensor.",
      cxx: "range.out() is a span of the right length: index it, not its data().",
      rust: "The slice is of the right length: look at unsafe code.",
      swift: "range.out is of the right length: look at UnsafeMutablePointer arithmetic."))

  /// An initializer sees old values.
  public static let findingOldValues = Code(
    "R0942", .no, "an initializer sees old values",
    cause: """
      The result depended on what was in the memory before. Filling is write-only: the host gives any memory.
      """,
    fix: "Assign instead of adding or scaling in place.",
    advice: Advice(
      c: "out[i] = value; not out[i] += value;.",
      cxx: "out[i] = value; not out[i] += value;.",
      rust: "out[i] = value; not out[i] += value;.",
      swift: "out[i] = value; not out[i] += value;."))

  /// An initializer fails where there is nothing to fill.
  public static let findingEmpty = Code(
    "R0943", .no, "an initializer fails where there is nothing to fill",
    cause: """
      A range of no elements, or a tensor without elements, was an error or a crash. Typical: a division by the \
      count, the first element of nothing.
      """,
    fix: "Return RI_OK at once for a count of 0.",
    advice: Advice(
      c: "if (f->count == 0) return RI_OK; before anything is divided or indexed.",
      cxx: "if (range.out().empty()) return;",
      rust: "if out.is_empty() { return Ok(()) }",
      swift: "guard range.count > 0 else { return }"))

  /// An initializer is wrong for large tensors.
  public static let findingPast32Bits = Code(
    "R0944", .no, "an initializer is wrong for large tensors",
    cause: """
      Around element 2^31 or 2^32 it failed, repeated values, or gave other bits in one piece than in two. \
      Offsets are kept in 32 bits or as floats somewhere, or an index of signed 32 bits overflows.
      """,
    fix: "Keep indices in 64 bits.",
    advice: Advice(
      c: """
        uint64_t for offsets and products of sizes; double holds whole numbers up to 2^53, float up to 2^24.
        """,
      cxx: "uint64_t or size_t; no int loops, no static_cast<int>.",
      rust: "u64 or usize; no as u32, as i32 or as f32.",
      swift: "Int and UInt64; no Int32 and no Float for indices."))

  /// An element type is claimed and not written.
  public static let findingDtype = Code(
    "R0945", .no, "an element type is claimed and not written",
    cause: """
      The mask dtypes has a type whose elements were refused, not written, or are not the float32 values rounded \
      to it.
      """,
    fix: "Leave dtypes 0, and the host rounds; or write what f->dtype says.",
    advice: Advice(
      c: "switch (f->dtype); half and bfloat16 round to nearest, ties to even.",
      cxx: "Leave it out of about: the host rounds.",
      rust: "The kit writes f32, and the host rounds.",
      swift: "The kit writes f32, and the host rounds."))

  /// An initializer refuses too late.
  public static let findingLateRefusal = Code(
    "R0946", .no, "an initializer refuses too late",
    cause: """
      check had accepted the tensor, and fill then failed. The run is planned by then, and the user has waited \
      for it.
      """,
    fix: "Refuse in check whatever depends on shape, role and parameters.",
    advice: Advice(
      c: "Move the condition into a function that check calls; check has everything but out.",
      cxx: "void check(const ri::Fill &) const, and throw there.",
      rust: "fn check, and return Err there.",
      swift: "func check(_ tensor: Fill) throws(PluginError), and throw there."))
}
