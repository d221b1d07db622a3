import CKernels

/// One endless sequence of random words: a function of seed, name and lane alone.
///
/// Element `i` of a tensor is made of word `i` of lane 0, so that any range of it can be filled by itself, in
/// any order, with the same bits. As a `RandomNumberGenerator` the stream is read one word after the other
/// from `position` on. docs/random.md specifies every value.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// The hash of the name, as `hash(of:)` gives it.
  public let nameHash: UInt64
  /// Which of the 16 independent sequences of seed and name.
  public let lane: Int
  /// The index, modulo 2^62, of the word that is read next.
  public var position = 0

  /// Whether values are written around the processor's caches, however few they are; changes no value.
  package var writesPastCaches = false

  private var words = SIMD16<UInt32>()
  private var group = Int.min

  /// The stream of a tensor's path, as it stands in the file; `lane` is taken modulo 16.
  public init(seed: UInt64, name: String, lane: Int = 0) {
    self.init(seed: seed, nameHash: Self.hash(of: name.utf8), lane: lane)
  }

  /// The stream of a name hashed before; `lane` is taken modulo 16.
  public init(seed: UInt64, nameHash: UInt64, lane: Int = 0) {
    self.seed = seed
    self.nameHash = nameHash
    self.lane = lane & 15
  }

  /// The instruction set random numbers are made with on this machine: "AVX-512", "AVX2", "NEON" or "portable".
  public static var kernelLevel: String {
    switch rk_level() {
    case RK_LEVEL_AVX512: "AVX-512"
    case RK_LEVEL_AVX2: "AVX2"
    case RK_LEVEL_NEON: "NEON"
    default: "portable"
    }
  }

  /// The hash of a name's UTF-8 bytes: XXH64 with seed 0.
  public static func hash(of name: some Collection<UInt8>) -> UInt64 {
    let hash = name.withContiguousStorageIfAvailable { rk_name_hash($0.baseAddress, $0.count) }
    return hash ?? Array(name).withUnsafeBufferPointer { rk_name_hash($0.baseAddress, $0.count) }
  }

  /// What the kernels take.
  package var cValue: rk_stream {
    rk_stream(seed: seed, name_hash: nameHash, lane: UInt32(lane), past_caches: writesPastCaches)
  }
}

extension RandomStream {
  /// The next word.
  public mutating func nextWord() -> UInt32 {
    if position >> 4 != group { readGroup() }
    let word = words[position & 15]
    position &+= 1
    return word
  }

  /// The next two words, the first as the lower half.
  public mutating func next() -> UInt64 {
    let low = nextWord()
    let high = nextWord()
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The next word as a uniform value in [low, high), both finite.
  public mutating func nextUniform(low: Float = 0, high: Float = 1) -> Float {
    var word = nextWord()
    var value: Float = 0
    rk_uniform_from_words(&value, &word, 1, low, high)
    return value
  }

  /// The next word as a normal value.
  public mutating func nextNormal(mean: Float = 0, std: Float = 1) -> Float {
    var word = nextWord()
    var value: Float = 0
    rk_normal_from_words(&value, &word, 1, mean, std)
    return value
  }

  private mutating func readGroup() {
    group = position >> 4
    var stream = cValue
    withUnsafeMutableBytes(of: &words) { bytes in
      rk_words(bytes.assumingMemoryBound(to: UInt32.self).baseAddress, 16, Self.unsigned(group << 4), &stream)
    }
  }

  private static func unsigned(_ index: Int) -> UInt64 { UInt64(bitPattern: Int64(index)) }
}

/// Ranges, independent of `position`.
extension RandomStream {
  /// Fills the buffer with the words from index `first` on.
  public func fillWords(_ buffer: UnsafeMutableBufferPointer<UInt32>, from first: Int) {
    var stream = cValue
    rk_words(buffer.baseAddress, buffer.count, Self.unsigned(first), &stream)
  }

  /// Fills the buffer with elements `first` and following, uniform in [low, high), both finite.
  ///
  /// - Parameter range: the smallest and the largest value, where they are others than f32 has.
  public func uniform(
    _ buffer: UnsafeMutableBufferPointer<Float>, from first: Int, low: Float, high: Float,
    within range: ClosedRange<Float>? = nil
  ) {
    var stream = cValue
    guard let range else {
      return rk_uniform_f32(buffer.baseAddress, buffer.count, Self.unsigned(first), &stream, low, high)
    }
    rk_uniform_within_f32(
      buffer.baseAddress, buffer.count, Self.unsigned(first), &stream, low, high, range.lowerBound, range.upperBound)
  }

  /// Fills the buffer with elements `first` and following, normal.
  public func normal(
    _ buffer: UnsafeMutableBufferPointer<Float>, from first: Int, mean: Float, std: Float
  ) {
    var stream = cValue
    rk_normal_f32(buffer.baseAddress, buffer.count, Self.unsigned(first), &stream, mean, std)
  }

  /// Fills the buffer with elements `first` and following, truncated normal.
  public func truncatedNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, from first: Int, _ truncation: Truncation
  ) {
    var stream = cValue
    var prepared = truncation.cValue
    rk_truncated_f32(buffer.baseAddress, buffer.count, Self.unsigned(first), &stream, &prepared)
  }
}

/// A normal distribution cut to an open interval, prepared for filling; 5 to 40 microseconds to make.
public struct Truncation: Sendable {
  /// What the kernels take.
  package private(set) var cValue: rk_truncation

  /// The normal distribution with `mean` and `std` cut to (low, high), which may be infinite.
  ///
  /// Nil if an argument is not a number, `mean` or `std` is not finite, `std` is not positive, no `Float` lies
  /// in the interval, or it holds less than 2^-40 of the mass.
  public init?(low: Float, high: Float, mean: Float, std: Float) {
    var truncation = rk_truncation()
    guard rk_truncation_make(&truncation, low, high, mean, std) else { return nil }
    cValue = truncation
  }

  /// Moves values outside of a range, where rounding to another type would take them over a bound, to its ends.
  package mutating func narrow(to range: ClosedRange<Float>) {
    cValue.first = Swift.max(cValue.first, range.lowerBound)
    cValue.last = Swift.min(cValue.last, range.upperBound)
  }

  /// The probability of a standard normal value between `low` and `high`, also far out to full precision.
  public static func mass(low: Double, high: Double) -> Double {
    rk_normal_mass(low, high)
  }
}
